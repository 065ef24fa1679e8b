"""How well does a learner do, on a published case that is revealed step by step?"""
