"""Provision: a bench that turns donated tablets into hospital tablets."""
