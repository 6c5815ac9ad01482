"""State documents: how they are brought to hostkit, and what it answers."""
