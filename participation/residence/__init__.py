"""Where people are registered as living: yes or no, and nothing else of it."""
