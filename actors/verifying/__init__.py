"""Judgement: what a question's program holds on other tables, and whether traces bear an answer out."""
