"""The models: common effect and random effects, with or without moderators.

Takes effects `yi` and variances `vi` (and any design matrix X), gives a `Fit` with every number a report
needs. One analysis here; `batch` runs the same `solve` on many at once, so both always agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr, stdtr

from . import intervals
from .algebra import (
    Array,
    PoolError,
    Rows,
    check,
    cross,
    dot,
    estimate,
    from_vectors,
    quadratic,
    to_coefficients,
    weights,
)
from .fitted import COMMON, Fit
from .tau2 import METHODS, named

TESTS = ("z", "t", "knha", "adhoc")

ONE_STUDY = "one study: its own interval, nothing is pooled"
TWO_STUDIES = "too few studies for a prediction interval"
NO_SPREAD = "the common-effect model has no heterogeneity to give an interval for"


class Solution(NamedTuple):
    """What `solve` gives, one analysis a row."""

    beta: Array  # (n, p)
    vcov: Array  # (n, p, p)
    tau2: Array
    se_tau2: Array
    q: Array
    typical: Array  # typical sampling variance
    rss: Array  # weighted residual sum of squares of the model itself


def fit(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    X: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    prediction: str | None = "t(k-1)",
    tau2_interval: str | None = "QP",
    min_k_prediction: int = 3,
    labels: Sequence[object] | None = None,
) -> Fit:
    """Fit one meta-analysis or meta-regression.

    Parameters
    ----------
    yi, vi : (k,) array_like
        Effects and sampling variances.
    X : (k, p) array_like, optional
        Design matrix, intercept included; without it the model has an intercept only.
    weights : (k,) array_like, optional
        Weights of your own for the estimate (tau2 is unaffected).
    method : str
        "EE" (common effect) or a name in `tau2.METHODS`.
    test : str
        "z", "t", "knha" (Hartung & Knapp 2001, doi:10.1002/sim.1009; Sidik & Jonkman 2002,
        doi:10.1002/sim.1262) or "adhoc" (the same, its factor never below 1).
    prediction, tau2_interval : str or None
        Names in `intervals.PREDICTION` and `intervals.TAU2_INTERVALS`; None leaves them out.
    labels : sequence, optional
        Names of the studies, used in error messages.

    Raises
    ------
    PoolError
        Unusable rows (all named at once), an unknown name, or no more studies than coefficients.
    """
    y, v = check(yi, vi, labels)
    check_names(method, test, prediction, tau2_interval)
    if y.size == 1 and X is None:
        return _one_study(y, v, method, level)
    design = None if X is None else np.asarray(X, dtype=float)
    own = None if weights is None else _own_weights(weights, y.size)
    if own is not None and design is None:
        design = np.ones((y.size, 1))  # keeps the order of the studies
    rows = from_vectors(y, v, design)
    if rows.df[0] < 1:
        raise PoolError(f"the model needs more studies than coefficients: k = {y.size}, p = {rows.p}")
    s = solve(rows, method, test, own)
    f = _assemble(rows, s, y, v, X, method, test, level, prediction, tau2_interval, min_k_prediction)
    return f if own is None else replace(f, own_weights=own[0])


def solve(rows: Rows, method: str, test: str, own: Array | None = None) -> Solution:
    """Estimates of every row at once; rows need more studies than coefficients."""
    nothing = np.zeros(rows.n)
    t, se_t = (nothing, np.full(rows.n, np.nan)) if method == COMMON else named(method)(rows)
    w = weights(rows, t)
    if method == "GENQ":
        own = 1.0 / rows.v
    b, resid = estimate(rows, w if own is None else own)
    rss = dot(w * resid, resid)
    inverse = _inverse(cross(rows, w if own is None else own))
    if own is not None:
        spread = np.where(w > 0, own * own / np.where(w > 0, w, 1.0), 0.0)
        inverse = inverse @ cross(rows, spread) @ inverse
    if test in ("knha", "adhoc"):
        factor = (rss if own is None else quadratic(rows, w)) / rows.df
        inverse = inverse * (np.maximum(factor, 1.0) if test == "adhoc" else factor)[:, None, None]
    beta, vcov = to_coefficients(rows, b, inverse)
    q = intervals.cochran_q(rows)
    return Solution(beta, vcov, t, se_t, q, intervals.typical_variance(rows), rss)


def p_value(stat: Array, df: Array | None) -> Array:
    """Two-sided p of a z (df None) or t statistic."""
    return np.asarray(2 * (ndtr(-np.abs(stat)) if df is None else stdtr(df, -np.abs(stat))))


def heterogeneity(q: Array, df: Array, tau2: Array, typical: Array, method: str) -> tuple[Array, Array]:
    """I2 (percent) and H2 as the model defines them: from Q for the common effect, from tau2 otherwise."""
    if method == COMMON:
        return intervals.i2_from_q(q, df), q / df
    return intervals.i2_from_tau2(tau2, typical), intervals.h2_from_tau2(tau2, typical)


def _assemble(
    rows: Rows,
    s: Solution,
    y: Array,
    v: Array,
    X: ArrayLike | None,
    method: str,
    test: str,
    level: float,
    prediction: str | None,
    tau2_interval: str | None,
    min_k: int,
) -> Fit:
    beta, vcov, df = s.beta[0], s.vcov[0], rows.df
    freedom = None if test == "z" else df
    se = np.sqrt(np.diagonal(vcov))
    stat = _ratio(beta, se)
    half = float(np.ravel(intervals.critical(level, freedom))[0]) * se
    i2, h2 = heterogeneity(s.q, df, s.tau2, s.typical, method)
    low, high = _tau2_bounds(rows, method, level, tau2_interval)
    pi, note = _prediction(rows, s, se, method, test, level, prediction, min_k)
    q, tau2, typical = float(s.q[0]), float(s.tau2[0]), float(s.typical[0])
    return Fit(
        method=method,
        test=test,
        level=level,
        k=y.size,
        beta=beta,
        se=se,
        ci=np.stack([beta - half, beta + half], axis=1),
        stat=stat,
        p=p_value(stat, freedom),
        df=None if freedom is None else float(df[0]),
        vcov=vcov,
        tau2=tau2,
        se_tau2=float(s.se_tau2[0]),
        tau2_low=low,
        tau2_high=high,
        q=q,
        q_df=int(df[0]),
        q_p=float(chdtrc(df[0], q)),
        i2=float(i2[0]),
        i2_low=100 * low / (low + typical),
        i2_high=100 * high / (high + typical),
        i2_q=100 * max(q - df[0], 0.0) / q if q > 0 else 0.0,
        h2=float(h2[0]),
        h2_low=low / typical + 1,
        h2_high=high / typical + 1,
        pi=pi,
        rss=float(s.rss[0]),
        note=note,
        yi=y,
        vi=v,
        X=None if X is None else np.asarray(X, dtype=float),
    )


def _prediction(
    rows: Rows,
    s: Solution,
    se: Array,
    method: str,
    test: str,
    level: float,
    convention: str | None,
    min_k: int,
) -> tuple[Array, str]:
    if method == COMMON:
        return np.full(2, np.nan), NO_SPREAD
    if convention is None or se.size > 1:
        return np.full(2, np.nan), "no prediction interval asked for" if convention is None else ""
    low, high = intervals.prediction(
        s.beta[:, 0], se, s.tau2, rows.df, convention=convention, test=test, level=level, min_k=min_k
    )
    return np.concatenate([low, high]), TWO_STUDIES if np.isnan(low[0]) else ""


def _tau2_bounds(rows: Rows, method: str, level: float, kind: str | None) -> tuple[float, float]:
    if kind is None or method == COMMON:
        return np.nan, np.nan
    low, high = intervals.tau2_interval(rows, kind, method, level)
    return float(low[0]), float(high[0])


def _one_study(y: Array, v: Array, method: str, level: float) -> Fit:
    nan, se = float("nan"), np.sqrt(v)
    half = float(intervals.critical(level, None)) * se
    return Fit(
        method=method,
        test="z",
        level=level,
        k=1,
        beta=y.copy(),
        se=se,
        ci=np.stack([y - half, y + half], axis=1),
        stat=y / se,
        p=p_value(y / se, None),
        df=None,
        vcov=v[:, None].copy(),
        tau2=nan,
        se_tau2=nan,
        tau2_low=nan,
        tau2_high=nan,
        q=0.0,
        q_df=0,
        q_p=nan,
        i2=nan,
        i2_low=nan,
        i2_high=nan,
        i2_q=nan,
        h2=nan,
        h2_low=nan,
        h2_high=nan,
        pi=np.full(2, nan),
        rss=0.0,
        note=ONE_STUDY,
        yi=y,
        vi=v,
        X=None,
    )


def check_names(method: str, test: str, prediction: str | None, tau2_interval: str | None) -> None:
    """Refuse a name that stands for nothing, before any work is done."""
    if method != COMMON and method not in METHODS:
        raise PoolError(f"unknown method {method!r}; one of {COMMON}, {', '.join(METHODS)}")
    if test not in TESTS:
        raise PoolError(f"unknown test {test!r}; one of {', '.join(TESTS)}")
    if prediction is not None and prediction not in intervals.PREDICTION:
        raise PoolError(f"unknown prediction interval {prediction!r}; one of {', '.join(intervals.PREDICTION)}")
    if tau2_interval is not None and tau2_interval not in intervals.TAU2_INTERVALS:
        raise PoolError(f"unknown tau2 interval {tau2_interval!r}; one of {', '.join(intervals.TAU2_INTERVALS)}")


def _own_weights(values: ArrayLike, k: int) -> Array:
    w = np.asarray(values, dtype=float)
    bad = np.flatnonzero(~(np.isfinite(w) & (w >= 0)))
    if w.shape != (k,) or bad.size or not w.sum() > 0:
        named_rows = ", ".join(f"row {i}: {w.ravel()[i]}" for i in bad)
        raise PoolError(f"weights must be {k} numbers, none negative, not all zero; {named_rows or w.shape}")
    return w[None, :]


def _inverse(a: Array) -> Array:
    return 1.0 / a if a.shape[-1] == 1 else np.linalg.inv(a)


def _ratio(b: Array, se: Array) -> Array:
    # identical studies: Knapp-Hartung's SE is zero and the statistic infinite (NaN for a zero effect)
    with np.errstate(divide="ignore", invalid="ignore"):
        return b / se
