"""One tablet, from its first answer to its end."""
