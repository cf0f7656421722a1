"""Students: what an attempt of one earns, and how one is trained; the only room that loads torch."""
