"""Measurements: commands that print figures, and tests that hold the bars."""
