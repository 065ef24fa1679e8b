"""Cohorts: tables of many cases, in memory and in files."""
