"""How good are the answers, on cases whose diagnosis is known?"""
