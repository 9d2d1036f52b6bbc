"""Between-study variance, one plain function an estimator, under the field's names.

Each function takes `Rows` and gives tau2 and its standard error, one value a row; tau2 is never negative.
`METHODS` holds them by name; `estimate` is the call for a single analysis. Used by `models`.

Sources: DL DerSimonian & Laird 1986 (doi:10.1016/0197-2456(86)90046-2); HE Hedges & Olkin 1985, ch. 9; HS
Schmidt & Hunter 2004, ch. 9, and Viechtbauer, Lopez-Lopez, Sanchez-Meca & Marin-Martinez 2015
(doi:10.1037/met0000023) for HSk; SJ Sidik & Jonkman 2005 (doi:10.1111/j.1467-9876.2005.00489.x); ML, REML
Viechtbauer 2005 (doi:10.3102/10769986030003261); EB Morris 1983 (doi:10.1080/01621459.1983.10477920); PM
Paule & Mandel 1982 (doi:10.6028/jres.087.022); PMM Viechtbauer 2021 (doi:10.1007/978-3-030-67920-5_10); GENQ
Jackson 2013 (doi:10.1002/jrsm.1081).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri

from . import roots
from .algebra import (
    Array,
    PoolError,
    Rows,
    check,
    dot,
    estimate as least_squares,
    from_vectors,
    ols_ss,
    present,
    quadratic,
    trace,
    trace2,
    weights,
)
from .likelihood import maximise

Index = NDArray[np.intp]
Estimator = Callable[[Rows], tuple[Array, Array]]


def estimate(yi: ArrayLike, vi: ArrayLike, X: ArrayLike | None = None, method: str = "REML") -> tuple[float, float]:
    """tau2 and its standard error for one analysis; `method` is a name in `METHODS`.

    Raises
    ------
    PoolError
        Unusable rows, an unknown method, or no more studies than coefficients.
    """
    y, v = check(yi, vi)
    rows = from_vectors(y, v, None if X is None else np.asarray(X, dtype=float))
    if rows.df[0] < 1:
        raise PoolError(f"tau2 needs more studies than coefficients: k = {y.size}, p = {rows.p}")
    t, se = named(method)(rows)
    return float(t[0]), float(se[0])


def named(method: str) -> Estimator:
    """The estimator of that name, or an error that lists the names."""
    if method not in METHODS:
        raise PoolError(f"unknown tau2 method {method!r}; one of {', '.join(METHODS)}")
    return METHODS[method]


def dersimonian_laird(rows: Rows) -> tuple[Array, Array]:
    """Q at inverse-variance weights set equal to its expectation."""
    return _moments(rows, 1.0 / rows.v)


def hedges(rows: Rows) -> tuple[Array, Array]:
    """Unweighted sum of squares set equal to its expectation (variance component, Hedges-Olkin)."""
    return _moments(rows, present(rows))


def generalised_q(rows: Rows) -> tuple[Array, Array]:
    """Jackson's generalised Q with weights 1/vi: tau2 as in DL; the model keeps the weights."""
    return _moments(rows, 1.0 / rows.v)


def hunter_schmidt(rows: Rows) -> tuple[Array, Array]:
    """(Q - k) / sum(w)."""
    return _hunter_schmidt(rows, np.ones(rows.n))


def hunter_schmidt_small(rows: Rows) -> tuple[Array, Array]:
    """Hunter-Schmidt with the small-sample factor k / (k - p) on Q."""
    return _hunter_schmidt(rows, rows.k / rows.df)


def sidik_jonkman(rows: Rows) -> tuple[Array, Array]:
    """Two steps from the crude variance of yi; positive unless all yi are equal."""
    ones = present(rows)
    crude = _variance(rows, ones)
    safe = np.where(crude > 0, crude, 1.0)
    w = weights(rows, safe)
    t = np.where(crude > 0, crude * quadratic(rows, w) / rows.df, 0.0)
    return t, crude / rows.df * np.sqrt(2 * trace2(rows, w, rows.v + t[:, None]))


def maximum_likelihood(rows: Rows) -> tuple[Array, Array]:
    """Global maximum of the likelihood; SE from the expected information."""
    t = maximise(rows, "ML")
    return t, np.sqrt(2 / (weights(rows, t) ** 2).sum(axis=1))


def restricted_maximum_likelihood(rows: Rows) -> tuple[Array, Array]:
    """Global maximum of the restricted likelihood; SE from the expected information."""
    t = maximise(rows, "REML")
    return t, np.sqrt(2 / trace2(rows, weights(rows, t)))


def paule_mandel(rows: Rows) -> tuple[Array, Array]:
    """The tau2 at which Q equals its degrees of freedom; empirical Bayes and iterated DL end there too."""
    return _paule_mandel(rows, rows.df)


def paule_mandel_median(rows: Rows) -> tuple[Array, Array]:
    """The tau2 at which Q equals the median of its chi-square: median-unbiased."""
    return _paule_mandel(rows, chdtri(rows.df, 0.5))


def q_root(rows: Rows, c: Array) -> Array:
    """The tau2 >= 0 at which Q(tau2) = c; zero where Q(0) <= c.

    Q falls steadily, and ss / (vmax + t) <= Q(t) <= ss / (vmin + t) with ss the unweighted sum of squares,
    which brackets the root. Newton works on c / Q, close to a straight line in t.
    """
    out = np.zeros(rows.n)
    above = np.flatnonzero(quadratic(rows, weights(rows, out)) > c)
    if above.size == 0:
        return out
    some = rows if above.size == rows.n else rows.take(above)
    target, ss = c[above], ols_ss(some)
    high = np.maximum(ss / target - some.v_min, 0.0)
    low = np.clip(ss / target - some.v_max, 0.0, high)
    typical = np.where(np.isfinite(some.v), some.v, 0.0).sum(axis=1) / some.k

    def value_and_slope(t: Array, index: Index) -> tuple[Array, Array]:
        part = some if index.size == some.n else some.take(index)
        w = weights(part, t)
        resid = least_squares(part, w)[1]
        z = w * resid
        q = dot(z, resid)
        aim = target[index]
        return 1 - aim / q, -aim * dot(z, z) / q**2

    out[above] = roots.falling(value_and_slope, low, high, ss / target - typical, some.v_min)
    return out


def _moments(rows: Rows, a: Array) -> tuple[Array, Array]:
    """(Q_a - tr(P V)) / tr(P) for fixed weights `a`, SE from the variance of Q_a under normality."""
    slope = trace(rows, a)
    t = np.maximum((quadratic(rows, a) - trace(rows, a, rows.v)) / slope, 0.0)
    return t, np.sqrt(2 * trace2(rows, a, rows.v + t[:, None])) / slope


def _hunter_schmidt(rows: Rows, factor: Array) -> tuple[Array, Array]:
    w = 1.0 / rows.v
    total = w.sum(axis=1)
    t = np.maximum((factor * quadratic(rows, w) - rows.k) / total, 0.0)
    return t, factor * np.sqrt(2 * trace2(rows, w, rows.v + t[:, None])) / total


def _paule_mandel(rows: Rows, c: Array) -> tuple[Array, Array]:
    t = q_root(rows, c)
    return t, np.sqrt(2 * rows.k**2 / rows.df) / weights(rows, t).sum(axis=1)


def _variance(rows: Rows, ones: Array) -> Array:
    """Variance of yi about its mean, divided by k."""
    mean = (ones * rows.y).sum(axis=1) / rows.k
    return (ones * (rows.y - mean[:, None]) ** 2).sum(axis=1) / rows.k


METHODS: dict[str, Estimator] = {
    "DL": dersimonian_laird,
    "HE": hedges,
    "HS": hunter_schmidt,
    "HSk": hunter_schmidt_small,
    "SJ": sidik_jonkman,
    "ML": maximum_likelihood,
    "REML": restricted_maximum_likelihood,
    "EB": paule_mandel,
    "PM": paule_mandel,
    "PMM": paule_mandel_median,
    "DLIT": paule_mandel,
    "GENQ": generalised_q,
}
