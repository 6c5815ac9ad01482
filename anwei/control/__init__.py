"""The control node itself: what is wrong with it, its backup, and what may run with the service account's rights."""
