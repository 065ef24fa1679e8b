"""The Evidence & limits page: what the numbers rest on and how far they reach."""
