"""Concurrency, and the skill of each actor. Imports store and events."""
