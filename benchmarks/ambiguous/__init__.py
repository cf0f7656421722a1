"""Ambiguous questions written by hand, each with a settled twin (JSON), and the programs that they are."""
