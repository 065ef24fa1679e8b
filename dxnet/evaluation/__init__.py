"""How good are the answers where the diagnosis is known, and in which order to test?"""
