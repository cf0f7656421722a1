"""Measurements that anyone can repeat: `make bench`, or one of `python -m benchmarks.{cells,questions,log}`."""
