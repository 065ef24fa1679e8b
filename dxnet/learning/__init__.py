"""What do the cases of a cohort say about the numbers of a network?"""
