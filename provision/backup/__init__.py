"""One encrypted file of a whole bench home, and a home made of it again."""
