"""Attempts in the user's place: what is tried, before and after locking, and what came of it."""
