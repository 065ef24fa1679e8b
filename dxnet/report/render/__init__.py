"""How it is shown: parts as HTML, PDF, Markdown and in a terminal."""
