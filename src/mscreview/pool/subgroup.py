"""Subgroups: effects with a level each in, an estimate a level and the test between them out.

Each level can have its own tau2 (as separate analyses would) or all share one (as a meta-regression on the levels
does). Stands on `batch` and `regression`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from . import batch, regression
from .algebra import Array, PoolError, check

TAU2 = ("separate", "common")


class Between(NamedTuple):
    """Test of no difference between levels, one value an analysis."""

    q: Array
    df: Array
    p: Array


class Subgroups(NamedTuple):
    """One row a level, sorted by level, and the test between the levels."""

    table: pd.DataFrame  # level, k, est, se, ci_low, ci_high, p, tau2, q, q_df, q_p, i2
    statistic: float  # Q between (chi-square); F with a common tau2 and a t test
    df: tuple[float, float | None]
    p: float


def q_between(est: ArrayLike, se: ArrayLike, analysis: ArrayLike | None = None) -> Between:
    """Q between the levels' estimates with weights 1 / SE2, for many analyses at once.

    Parameters
    ----------
    est, se : (n,) array_like
        Estimate of each level; a level without a standard error takes no part.
    analysis : (n,) array_like, optional
        Which analysis each level belongs to (any labels); by default all belong to one.

    Returns
    -------
    Between
        One value an analysis, in sorted order of the labels; NaN where fewer than two levels take part.

    Notes
    -----
    Q = sum w (est - mean)^2 with w = 1 / SE^2 (Borenstein, Hedges, Higgins & Rothstein 2009, ch. 19,
    doi:10.1002/9780470743386).
    """
    y, s = np.asarray(est, dtype=float), np.asarray(se, dtype=float)
    code = np.zeros(y.size, dtype=int) if analysis is None else np.unique(np.asarray(analysis), return_inverse=True)[1]
    part = np.isfinite(y) & np.isfinite(s) & (s > 0)
    w = np.where(part, 1 / np.where(part, s, 1.0) ** 2, 0.0)
    y = np.where(part, y, 0.0)
    total = np.bincount(code, weights=w)
    mean = np.bincount(code, weights=w * y) / np.where(total > 0, total, 1.0)
    q = np.bincount(code, weights=w * (y - mean[code]) ** 2)
    df = np.bincount(code, weights=part.astype(float)) - 1
    fine = df >= 1
    p = np.where(fine, chdtrc(np.maximum(df, 1), q), np.nan)
    return Between(np.where(fine, q, np.nan), np.where(fine, df, np.nan), p)


def subgroups(
    yi: ArrayLike,
    vi: ArrayLike,
    level: Sequence[object],
    *,
    tau2: str = "separate",
    method: str = "REML",
    test: str = "z",
    confidence: float = 0.95,
) -> Subgroups:
    """Estimates by level and the test between levels.

    Parameters
    ----------
    level : sequence
        The level of each study; none may be missing.
    tau2 : str
        "separate" or "common".

    Raises
    ------
    PoolError
        Unusable rows, a study without a level, fewer than two levels, an unknown `tau2`.
    """
    y, v = check(yi, vi)
    named = pd.Series(list(level), dtype="object")
    missing = named.index[named.isna()].tolist()
    if missing or named.size != y.size:
        raise PoolError(f"studies without a level: rows {missing}" if missing else f"{named.size} levels, {y.size} yi")
    code, levels = pd.factorize(named.astype(str), sort=True)
    if tau2 not in TAU2 or len(levels) < 2:
        raise PoolError(
            f"tau2 must be one of {', '.join(TAU2)}" if tau2 not in TAU2 else f"one level only: {levels[0]}"
        )
    order = np.argsort(code, kind="stable")
    counts = np.bincount(code)
    found = batch.segments(
        y[order], v[order], counts, method=method, test=test, level=confidence, prediction=None, tau2_interval=None
    )
    head = pd.DataFrame({"level": levels, "k": counts})
    columns = ["est", "se", "ci_low", "ci_high", "p", "tau2", "q", "q_df", "q_p", "i2"]
    table = head.assign(**{c: found[c] for c in columns})
    if tau2 == "separate":
        q, df, p = q_between(table["est"], table["se"])
        return Subgroups(table, float(q[0]), (float(df[0]), None), float(p[0]))
    return _common(y, v, code, table, method, test, confidence)


def _common(
    y: Array, v: Array, code: NDArray[np.intp], table: pd.DataFrame, method: str, test: str, level: float
) -> Subgroups:
    cells = (code[:, None] == np.arange(len(table))).astype(float)
    fit = regression.regress(y, v, cells, method=method, test=test, level=level, tau2_interval=None).fit
    shared = {"est": fit.beta, "se": fit.se, "ci_low": fit.ci[:, 0], "ci_high": fit.ci[:, 1], "p": fit.p}
    # treatment contrasts: the first level is the reference, the others are the tested differences
    contrasts = np.column_stack([np.ones(y.size), cells[:, 1:]])
    tested = regression.regress(y, v, contrasts, method=method, test=test, level=level, tau2_interval=None)
    return Subgroups(table.assign(**shared, tau2=fit.tau2), tested.qm, tested.qm_df, tested.qm_p)
