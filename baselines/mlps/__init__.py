"""The MLPS catalogue: units of the standard, and for each type of object its checks, commands and functions."""
