"""Anwei: reviewed, repeatable and reversible maintenance of government IT estates."""
