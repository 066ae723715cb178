"""French and English texts for people, one catalogue."""
