"""The Network page: what the network states, and edits of it."""
