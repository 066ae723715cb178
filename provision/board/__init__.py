"""The terminal board a technician looks at."""
