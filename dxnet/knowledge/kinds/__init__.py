"""In which ways can a variable get its table P(state | parents)? Each way is a ``CptKind``."""
