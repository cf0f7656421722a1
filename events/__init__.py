"""The vocabulary: frozen facts and what their values mean. Imports nothing of ours."""
