"""The default backend: bucket elimination in machine code."""
