"""Renderers of parts: HTML, PDF, Markdown and the terminal."""
