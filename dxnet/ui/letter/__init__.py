"""The Letter page: findings that a letter proposes, for a person to decide."""
