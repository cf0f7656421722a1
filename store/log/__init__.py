"""The event log: JSONL in segments, appended in chained batches, read without a lock."""
