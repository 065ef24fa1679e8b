"""Delimited text (CSV): which cells does a table of cases hold, and in which line does each row begin?"""
