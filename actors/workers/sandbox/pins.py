"""Pins the numeric libraries to one thread; imported before them, since they read it only once.

One thread keeps the supervisor free to fork, the sessions fair to each other, and sums in one order.
"""

import os

PINS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "JOBLIB_MULTIPROCESSING": "0",
    "LOKY_MAX_CPU_COUNT": "1",
}
"""Environment variables and what they must say."""

os.environ.update(PINS)
