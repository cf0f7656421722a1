"""The program inside the wall. Imports nothing of ours but events, and the table reader and perturber."""
