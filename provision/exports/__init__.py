"""What the house gives to other programs, in their formats."""
