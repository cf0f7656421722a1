"""Folds, owed work and supervision. Knows no data analysis."""
