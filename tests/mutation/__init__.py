"""Broken copies of the three parties to the vectors: each must be caught by that party's own run over them."""
