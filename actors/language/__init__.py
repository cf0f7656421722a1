"""The question language: typed programs, their wording, their code. Pure: no await, clock or disk."""
