"""The Cohort page: a table of cases, mapped and answered."""
