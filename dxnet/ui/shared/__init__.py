"""Shared by all pages: the case as entered, the networks and the letter that are open, frame and charts."""
