"""How is a result put into words, once, for the terminal, HTML, PDF, Markdown and the app?"""
