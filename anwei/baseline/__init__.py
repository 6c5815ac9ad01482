"""The catalogue of clauses and checks, and how checks are held against evidence."""
