"""How probable is each diagnosis, given the findings of a case?"""
