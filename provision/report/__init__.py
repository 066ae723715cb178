"""Documents rendered for people (jinja2)."""
