"""Captures: what one device says of itself, without what tells it from another of its model."""
