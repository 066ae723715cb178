"""All tablets at once, and the books that are kept of them."""
