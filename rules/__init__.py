"""What COUNTS as debt: one rule a file, each with its card, its story and its examples. No rule imports another."""
