"""The hospital's own settings and its secrets."""
