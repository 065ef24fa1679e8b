"""The Compare page: two cases, settings or networks side by side."""
