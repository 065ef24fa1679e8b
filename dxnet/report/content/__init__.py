"""What a result states: each result as parts, worded once."""
