"""Papers for hands: labels, sheets and reports as PDF and PNG (typst, segno)."""
