"""Raw bytes in append-only packs: written by the one holder of the home's lock, read without a lock."""
