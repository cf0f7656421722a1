"""What every session finds already imported, and the digest of what numbers come out of it."""

import platform
from typing import Any

import numpy as np
import pandas as pd
import scipy
import scipy.stats
import sklearn
import sklearn.cluster
import sklearn.decomposition
import sklearn.ensemble
import sklearn.linear_model
import sklearn.metrics
import sklearn.model_selection
import sklearn.preprocessing
import statsmodels
import statsmodels.api
import statsmodels.formula.api
import threadpoolctl  # type: ignore[import-untyped]  # it ships no types
from numpy.lib.introspect import opt_func_info

from events.identity import identify

_LIBRARIES: tuple[Any, ...] = (np, pd, scipy, statsmodels, sklearn)


def environment() -> dict[str, str]:
    """What decides the last bits of a result: versions of the libraries, and the kernels this CPU gets."""
    found = {library.__name__: str(library.__version__) for library in _LIBRARIES}
    found["python"] = platform.python_version()
    found["machine"] = platform.machine()
    found["blas"] = ", ".join(sorted({_kernel(pool) for pool in threadpoolctl.threadpool_info()}))
    found["simd"] = ", ".join(sorted(_dispatched()))
    return found


def fingerprint(found: dict[str, str]) -> str:
    """The digest of an environment."""
    return identify("environment", found)


def warm() -> None:
    """Use once what is imported at first use, so that no session pays for it."""
    frame = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": ["x", "y", "x"]})
    repr(frame)
    repr(frame["a"])
    frame.groupby("b")["a"].agg(["mean", "std"]).sort_values("mean")
    frame.describe().to_string()
    scipy.stats.ttest_ind(frame["a"], frame["a"] + 1)
    np.random.seed(0)  # of which each session has a copy


def _dispatched() -> set[str]:
    """The instruction sets for which NumPy chose its own loops over float64."""
    chosen = opt_func_info(signature="float64")
    return {str(kind["current"]) for kinds in chosen.values() for kind in kinds.values()}


def _kernel(pool: dict[str, Any]) -> str:
    return " ".join(str(pool.get(key)) for key in ("internal_api", "version", "architecture", "num_threads"))
