"""Views of what an assessment found, for the people who read it."""
