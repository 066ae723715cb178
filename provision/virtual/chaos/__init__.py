"""Chaos on a training bench: a story drawn from a seed, and the judgement of what it left behind."""
