"""Pictures as bytes: looked into, made again, and kept in the var folder. Knows nothing of what they show."""
