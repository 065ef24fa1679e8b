"""Letters and reports in plain words: which findings do they state, and in which words?"""
