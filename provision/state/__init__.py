"""What one bench remembers from run to run."""
