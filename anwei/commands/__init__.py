"""One module per noun of the command: its words, the one call it makes, and how the answer is printed."""
