"""Shared by all pages: the session, the frame and the charts."""
