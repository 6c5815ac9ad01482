"""Evidence: what read-only commands printed on an object, how it is fetched, and how checks read it."""
