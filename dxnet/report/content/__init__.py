"""What is said: results as parts, without a form."""
