"""A station as a service of systemd: its unit, its account, and what it tells systemd while it works."""
