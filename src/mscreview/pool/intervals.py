"""Intervals around a pooled answer: for a new study (prediction) and for the heterogeneity itself.

Takes estimates or `Rows`, gives lower and upper bounds, one analysis a row; every convention has a name. Used
by `models` for one analysis and by `batch` for many.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import chdtri, ndtri, stdtrit

from . import roots
from .algebra import Array, PoolError, Rows, quadratic, terms, trace, weights
from .likelihood import Index, log_likelihood, maximise
from .tau2 import q_root


def critical(level: float, df: Array | None) -> Array:
    """Two-sided critical value: normal, or t where `df` is given."""
    if not 0 < level < 1:
        raise PoolError(f"level must lie between 0 and 1, got {level}")
    tail = 0.5 + level / 2
    return np.asarray(ndtri(tail)) if df is None else np.asarray(stdtrit(df, tail))


def prediction(
    est: Array,
    se: Array,
    tau2: Array,
    df: Array,
    *,
    convention: str,
    test: str,
    level: float = 0.95,
    min_k: int = 3,
) -> tuple[Array, Array]:
    """Where the true effect of a new study is expected: est +- crit sqrt(se^2 + tau2).

    Parameters
    ----------
    df : array
        k - p of each analysis.
    convention : str
        A name in `PREDICTION`: "z"; "t(k-1)", i.e. k - p degrees of freedom (Partlett & Riley 2017,
        doi:10.1002/sim.7140); "t(k-2)", one less (Higgins, Thompson & Spiegelhalter 2009,
        doi:10.1111/j.1467-985X.2008.00552.x); "metafor", z where the test is z and t(k - p) otherwise.
    min_k : int
        Fewest studies for which an interval is given; below, and without degrees of freedom, both bounds are
        NaN.
    """
    freedom = PREDICTION[convention](df, test)
    enough = df + 1 >= min_k
    if freedom is None:
        crit = np.where(enough, critical(level, None), np.nan)
    else:
        crit = np.where(enough & (freedom > 0), critical(level, np.maximum(freedom, 1.0)), np.nan)
    half = crit * np.sqrt(se**2 + tau2)
    return est - half, est + half


def q_profile(rows: Rows, level: float = 0.95) -> tuple[Array, Array]:
    """Bounds of tau2 where Q(tau2) meets the chi-square quantiles (Viechtbauer 2007, doi:10.1002/sim.2514).

    Both bounds are zero where even Q(0) is below the lower quantile.
    """
    tail = (1 - level) / 2
    twice = rows.take(np.concatenate([np.arange(rows.n), np.arange(rows.n)]))
    quantiles = np.concatenate([chdtri(rows.df, tail), chdtri(rows.df, 1 - tail)])
    bounds = q_root(twice, quantiles)
    return bounds[: rows.n], bounds[rows.n :]


def profile_likelihood(rows: Rows, kind: str, level: float = 0.95) -> tuple[Array, Array]:
    """Bounds of tau2 where the profile log-likelihood ("ML" or "REML") is half a chi-square(1) quantile down.

    With several maxima the interval is the piece around the highest one (Hardy & Thompson 1996,
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A).
    """
    peak = maximise(rows, kind)
    target = log_likelihood(rows, peak, kind) - 0.5 * chdtri(1, 1 - level)
    offset, zero = rows.v_min, np.zeros(rows.n)
    far = _beyond(rows, kind, peak, target)

    def crossing(low: Array, high: Array, sign: float) -> Array:
        def value_and_slope(t: Array, index: Index) -> tuple[Array, Array]:
            part = rows.take(index)
            piece = terms(part, t, slope=False)
            slope = 0.5 * (piece.ypp_y - (piece.sum_w if kind == "ML" else piece.trace))
            return sign * (log_likelihood(part, t, kind) - target[index]), sign * slope

        return roots.falling(value_and_slope, low, high, 0.5 * (low + high), offset)

    at_zero = log_likelihood(rows, zero, kind) >= target
    lower = np.where(at_zero, 0.0, crossing(zero, peak, -1.0))
    return lower, crossing(peak, far, 1.0)


def typical_variance(rows: Rows) -> Array:
    """The "typical" sampling variance (k - p) / tr(P) (Higgins & Thompson 2002, doi:10.1002/sim.1186)."""
    return rows.df / trace(rows, 1.0 / rows.v)


def i2_from_tau2(tau2: Array, typical: Array) -> Array:
    """I2 in percent as the share of tau2 in the total variance of a typical study."""
    return 100 * tau2 / (tau2 + typical)


def i2_from_q(q: Array, df: Array) -> Array:
    """I2 in percent as (Q - df) / Q, not below zero (Higgins & Thompson 2002); the same only for DL."""
    return 100 * np.maximum(q - df, 0.0) / np.where(q > 0, q, 1.0)


def h2_from_tau2(tau2: Array, typical: Array) -> Array:
    """H2, total over sampling variance of a typical study."""
    return tau2 / typical + 1


def cochran_q(rows: Rows) -> Array:
    """Q: weighted residual sum of squares at inverse-variance weights."""
    return quadratic(rows, weights(rows, np.zeros(rows.n)))


def _beyond(rows: Rows, kind: str, peak: Array, target: Array) -> Array:
    """A tau2 past the upper bound: the log-likelihood falls without end, so widening always arrives."""
    far = 2 * peak + rows.v_max
    for _ in range(2000):
        short = log_likelihood(rows, far, kind) > target
        if not short.any():
            return far
        far = np.where(short, 2 * far, far)
    raise PoolError("the profile likelihood does not fall: tau2 has no upper bound")


PREDICTION: dict[str, Callable[[Array, str], Array | None]] = {
    "z": lambda df, test: None,
    "t(k-1)": lambda df, test: df,
    "t(k-2)": lambda df, test: df - 1,
    "metafor": lambda df, test: None if test == "z" else df,
}

TAU2_INTERVALS = ("QP", "PL")


def tau2_interval(rows: Rows, kind: str, method: str, level: float = 0.95) -> tuple[Array, Array]:
    """Interval of tau2 by name: "QP" (Q-profile) or "PL" (profile likelihood; REML's unless it is ML)."""
    if kind == "QP":
        return q_profile(rows, level)
    return profile_likelihood(rows, "ML" if method == "ML" else "REML", level)
