"""Is a network sound, and what changed between two of them?"""
