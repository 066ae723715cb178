"""All tablets at once, and the one thread that records them."""
