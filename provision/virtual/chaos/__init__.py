"""Chaos on a training bench: a scenario drawn from a seed, and the judgement of what it left behind."""
