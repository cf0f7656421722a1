"""The generators: streams are pure sequences of proposals, and the court decides what becomes a question."""
