"""Present state of a tablet: one command and one pure parser a fact."""
