"""Content of each result as parts, worded once."""
