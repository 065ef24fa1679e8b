"""The Learn page: published cases step by step, and how well the learner does on them."""
