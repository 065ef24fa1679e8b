"""Why this ranking of one case, how sure is it, and what should be done next?"""
