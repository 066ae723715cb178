"""What is: one command and one pure parser a fact."""
