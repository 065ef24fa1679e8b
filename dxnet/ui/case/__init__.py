"""The Case page: findings in, ranked diagnoses out."""
