"""Wiping a tablet that leaves the house: two persons, and a signed record of what was seen."""
