"""`python -m benchmarks.log`: appending, replaying, opening, looking up and telling, beside other stores."""
