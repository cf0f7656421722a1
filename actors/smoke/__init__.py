"""The program at work on one small table, end to end and offline: what the gate wants to have seen pass."""
