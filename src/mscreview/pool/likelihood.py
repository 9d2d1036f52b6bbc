"""The heterogeneity variance that maximises the (restricted) likelihood, anywhere on [0, inf).

Takes `Rows`, gives tau2 and log-likelihoods. The likelihood of a meta-analysis can have several maxima, so
none is trusted by itself: the score's sign is read on a grid fine enough for its shape, every fall through
zero is refined, and the highest of all these points (zero among them) wins. Used by `tau2` and by the
profile-likelihood interval.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import roots
from .algebra import Array, Rows, cross, ols_ss, quadratic, terms, weights

Index = NDArray[np.intp]

# Grid step in log(vi_min + tau2); one study's share of the score changes over a width of about 1 there.
STEP = 0.5
BLOCK = 1 << 16  # numbers handled at once: they stay in the processor's cache, and memory stays O(k)


def maximise(rows: Rows, kind: str) -> Array:
    """Global maximiser of the log-likelihood ("ML") or restricted log-likelihood ("REML") over tau2 >= 0.

    Every maximum lies below `_bound`, which is proven, so the search cannot miss one beyond its range.
    """
    low, high = rows.v_min, _bound(rows, kind)
    points = np.ceil(np.log1p(high / low) / STEP).astype(int)
    row = np.repeat(np.arange(rows.n), points + 1)
    place = np.arange(row.size) - np.repeat(np.cumsum(points + 1) - points - 1, points + 1)
    fraction = place / np.maximum(points, 1)[row]
    t = low[row] * np.expm1(fraction * np.log1p(high / low)[row])
    score = _in_blocks(rows, row, t, kind)
    falls = np.flatnonzero((score[:-1] > 0) & (score[1:] <= 0) & (row[:-1] == row[1:]))
    owner = row[falls]
    with np.errstate(invalid="ignore"):
        start = t[falls] + (t[falls + 1] - t[falls]) * score[falls] / (score[falls] - score[falls + 1])
    found = _refine(rows.take(owner), kind, t[falls], t[falls + 1], start)
    at_zero = np.flatnonzero((place == 0) & (score <= 0))
    owner, found = np.concatenate([owner, row[at_zero]]), np.concatenate([found, np.zeros(at_zero.size)])
    return _best(rows, kind, owner, found)


def log_likelihood(rows: Rows, t: Array, kind: str) -> Array:
    """Log-likelihood at tau2 = t with the coefficients best there ("ML" or "REML"), with all constants."""
    return log_likelihood_at(rows, t, kind, quadratic(rows, weights(rows, t)))


def log_likelihood_at(rows: Rows, t: Array, kind: str, rss: Array) -> Array:
    """The same for coefficients whose weighted residual sum of squares is `rss`.

    The restricted likelihood carries the constant + log|X'X|/2, so it does not depend on the scale of X
    (Harville 1974, doi:10.1093/biomet/61.2.383).
    """
    w = weights(rows, t)
    log_w = np.log(np.where(w > 0, w, 1.0)).sum(axis=1)
    if kind == "ML":
        return 0.5 * (log_w - rss - rows.k * np.log(2 * np.pi))
    inner = cross(rows, w)
    log_det = np.log(inner[:, 0, 0] / rows.k) if rows.basis is None else np.linalg.slogdet(inner)[1]
    return 0.5 * (log_w - rss - log_det - rows.df * np.log(2 * np.pi))


def score(rows: Rows, t: Array, kind: str) -> Array:
    """Twice the derivative of the log-likelihood with respect to tau2."""
    piece = terms(rows, t, slope=False)
    return piece.ypp_y - (piece.sum_w if kind == "ML" else piece.trace)


def _bound(rows: Rows, kind: str) -> Array:
    """A tau2 above which the score is negative.

    With s the OLS mean square: y'PPy <= s d / (vmin + t)^2 and the other term >= d / (vmax + t), d = k or k -
    p; the score is negative once s (vmax + t) < (vmin + t)^2.
    """
    s = ols_ss(rows) / (rows.k if kind == "ML" else rows.df)
    low, high = rows.v_min, rows.v_max
    bound = 0.5 * (s - 2 * low + np.sqrt(s * (s + 4 * (high - low))))
    return np.maximum(bound * (1 + 1e-6), 0.0)  # with equal variances the bound is the root itself: step past it


def _refine(rows: Rows, kind: str, low: Array, high: Array, start: Array) -> Array:
    def value_and_slope(t: Array, index: Index) -> tuple[Array, Array]:
        part = rows if index.size == rows.n else rows.take(index)
        piece = terms(part, t)
        if kind == "ML":
            return piece.ypp_y - piece.sum_w, piece.sum_w2 - 2 * piece.yppp_y
        return piece.ypp_y - piece.trace, piece.trace2 - 2 * piece.yppp_y

    return roots.falling(value_and_slope, low, high, start, rows.v_min)


def _in_blocks(rows: Rows, row: Index, t: Array, kind: str) -> Array:
    many = max(1, BLOCK // rows.y.shape[1])
    if rows.n == 1 and row.size <= many:
        return score(rows.take(row), t, kind)
    parts = [slice(i, i + many) for i in range(0, row.size, many)]
    return np.concatenate([score(rows.take(row[part]), t[part], kind) for part in parts])


def _best(rows: Rows, kind: str, owner: Index, found: Array) -> Array:
    out = np.zeros(rows.n)
    out[owner] = found
    rivals = np.flatnonzero(np.bincount(owner, minlength=rows.n)[owner] > 1)
    if rivals.size:
        height = log_likelihood(rows.take(owner[rivals]), found[rivals], kind)
        order = rivals[np.lexsort((-found[rivals], height))]
        out[owner[order]] = found[order]  # the last write of a row is its highest point
    return out
