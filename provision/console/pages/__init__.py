"""What the console shows: one module a page; `table.py` has them all."""
