"""The linear algebra under every model: studies in, weighted least-squares pieces out.

Takes effect sizes `yi` with sampling variances `vi` (many analyses at once, one a row) and gives the
quantities all estimators are made of: residuals, quadratic forms and traces of P = W - WX(X'WX)^-1X'W.
Nothing of size k x k is ever built. It stands at the bottom of `pool`; every other module of the stage calls
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]

LONG = 8192  # studies in a row from which BLAS would use threads


class PoolError(ValueError):
    """Input that cannot be pooled; the message names every offending row and value."""


@dataclass(frozen=True)
class Rows:
    """Analyses as rows of equal width; an absent study has infinite variance, hence weight zero.

    In the intercept-only layout (`basis` is None) the most precise study stands first and `y` is centred on
    it: with variances of very different size, sums over the other studies then lose no digits.
    """

    y: Array  # (n, width), centred
    v: Array  # (n, width)
    k: Array  # (n,) studies in each row
    centre: Array  # (n,)
    basis: Array | None = None  # (width, p), orthonormal columns spanning X
    r: Array | None = None  # (p, p) upper triangular, X = basis @ r

    @property
    def n(self) -> int:
        return self.y.shape[0]

    @property
    def p(self) -> int:
        return 1 if self.basis is None else self.basis.shape[1]

    @property
    def df(self) -> Array:
        return self.k - self.p

    @property
    def v_min(self) -> Array:
        return self.v[:, 0] if self.basis is None else self.v.min(axis=1)

    @property
    def v_max(self) -> Array:
        return np.where(np.isfinite(self.v), self.v, 0.0).max(axis=1)

    def take(self, index: NDArray[np.intp]) -> Rows:
        """Chosen rows, repeated or not."""
        pick = (self.y[index], self.v[index], self.k[index], self.centre[index])
        return Rows(*pick, self.basis, self.r)


class Terms(NamedTuple):
    """Pieces of the (restricted) likelihood's score and of its slope, one value a row."""

    sum_w: Array
    trace: Array
    ypp_y: Array
    sum_w2: Array
    trace2: Array
    yppp_y: Array


def check(yi: ArrayLike, vi: ArrayLike, labels: Sequence[object] | None = None) -> tuple[Array, Array]:
    """Effects and variances as float vectors, or one error naming every row that cannot be used.

    Raises
    ------
    PoolError
        Unequal lengths, no rows, a missing or infinite value, a variance that is not positive.
    """
    try:
        y, v = np.atleast_1d(np.asarray(yi, dtype=float)), np.atleast_1d(np.asarray(vi, dtype=float))
    except (TypeError, ValueError) as error:
        raise PoolError(f"yi and vi must be numbers: {error}") from None
    if y.ndim != 1 or y.shape != v.shape:
        raise PoolError(f"yi and vi must be vectors of one length, got shapes {y.shape} and {v.shape}")
    if y.size == 0:
        raise PoolError("no studies: yi is empty")
    fine = np.isfinite(y) & np.isfinite(v) & (v > 0)
    if not fine.all():
        raise PoolError("; ".join(_complaint(int(i), y[i], v[i], labels) for i in np.flatnonzero(~fine)))
    return y, v


def from_vectors(y: Array, v: Array, design: Array | None = None) -> Rows:
    """One analysis (checked vectors) as a single row, with any design matrix (k, p)."""
    if design is None:
        return from_segments(y, v, np.array([0]), np.array([y.size]))
    return from_matrix(y[None, :], v[None, :], design)


def from_matrix(y: Array, v: Array, design: Array) -> Rows:
    """Several analyses (n, k) that share one design matrix (k, p): permutations, simulations.

    Raises
    ------
    PoolError
        A design of the wrong height, with missing values, or with columns that depend on each other.
    """
    x = np.asarray(design, dtype=float)
    k = y.shape[1]
    if x.ndim != 2 or x.shape[0] != k or not np.isfinite(x).all():
        raise PoolError(f"X must be a finite matrix with {k} rows, got shape {x.shape}")
    norm = np.sqrt((x * x).sum(axis=0))
    if x.shape[1] == 0 or x.shape[1] > k or np.linalg.matrix_rank(x / np.where(norm > 0, norm, 1.0)) < x.shape[1]:
        raise PoolError(f"X ({x.shape[0]} x {x.shape[1]}) has columns that depend on each other")
    basis, r = np.linalg.qr(x)
    n = y.shape[0]
    return Rows(y, np.broadcast_to(v, y.shape), np.full(n, float(k)), np.zeros(n), basis, r)


def from_segments(y: Array, v: Array, starts: NDArray[np.integer[Any]], counts: NDArray[np.integer[Any]]) -> Rows:
    """Analyses laid end to end (checked vectors) as rows, intercept only; width is the longest segment."""
    n, width = len(starts), int(counts.max())
    here = np.arange(width) < counts[:, None]
    at = (np.minimum(np.arange(width), counts[:, None] - 1) + starts[:, None]).astype(np.intp)
    vv, yy = np.where(here, v[at], np.inf), y[at]
    first, row = vv.argmin(axis=1), np.arange(n)
    for a in (vv, yy):
        a[row, first], a[:, 0] = a[:, 0].copy(), a[row, first].copy()
    centre = yy[:, 0].copy()
    yy = np.where(np.isfinite(vv), yy - centre[:, None], 0.0)
    return Rows(yy, vv, counts.astype(float), centre)


def weights(rows: Rows, t: Array) -> Array:
    """Inverse-variance weights 1 / (v + t), shape (n, width); `t` holds one tau2 a row."""
    return 1.0 / (rows.v + t[:, None])


def present(rows: Rows) -> Array:
    """1 for a study that is there, 0 for padding."""
    return np.isfinite(rows.v).astype(float)


def estimate(rows: Rows, w: Array) -> tuple[Array, Array]:
    """Weighted least squares: coefficients in the working basis (n, p) and residuals (n, width)."""
    if rows.basis is None:
        mean = dot(w, rows.y) / _sum(w)
        return mean[:, None], rows.y - mean[:, None]
    b = np.linalg.solve(cross(rows, w), ((w * rows.y) @ rows.basis)[..., None])[..., 0]
    return b, rows.y - b @ rows.basis.T


def quadratic(rows: Rows, w: Array) -> Array:
    """y'Py = sum of w times squared residuals, one value a row."""
    _, resid = estimate(rows, w)
    return dot(w * resid, resid)


def cross(rows: Rows, u: Array) -> Array:
    """X' diag(u) X in the working basis, shape (n, p, p)."""
    if rows.basis is None:
        return _sum(u)[:, None, None]
    p = rows.p
    products = (rows.basis[:, :, None] * rows.basis[:, None, :]).reshape(-1, p * p)
    return (u @ products).reshape(-1, p, p)


def trace(rows: Rows, w: Array, s: Array | float = 1.0) -> Array:
    """tr(P diag(s)) for P with weights `w`."""
    if rows.basis is None:
        return _sum(w * _spread(s, rows) * _one_minus_leverage(w))
    return _sum(w * _spread(s, rows) * (1 - _leverage(rows, w)))


def trace2(rows: Rows, w: Array, s: Array | float = 1.0) -> Array:
    """tr(P diag(s) P diag(s)); twice this is the variance of y'Py when s is the variance of y."""
    ws = w * _spread(s, rows)
    if rows.basis is None:
        own = ws * _one_minus_leverage(w)
        off = w * ws
        rest, first = _sum(off[:, 1:]), off[:, 0]
        between = 2 * first * rest + rest**2 - dot(off[:, 1:], off[:, 1:])
        return dot(own, own) + between / _sum(w) ** 2
    inverse = np.linalg.inv(cross(rows, w))
    middle = inverse @ cross(rows, w * ws)
    return dot(ws, ws) - 2 * _pair(inverse, cross(rows, w * ws * ws)) + _pair(middle, middle.transpose(0, 2, 1))


def terms(rows: Rows, t: Array, slope: bool = True) -> Terms:
    """Score pieces at tau2 = t; the three slope pieces are left at zero when not asked for."""
    w = weights(rows, t)
    return _terms_mean(rows, w, slope) if rows.basis is None else _terms_design(rows, w, slope)


def to_coefficients(rows: Rows, b: Array, cov: Array) -> tuple[Array, Array]:
    """Coefficients (n, p) and covariance (n, p, p) on the scale of the user's design."""
    if rows.r is None:
        return b + rows.centre[:, None], cov
    inverse = np.linalg.inv(rows.r)
    return b @ inverse.T, inverse @ cov @ inverse.T


def ols_ss(rows: Rows) -> Array:
    """Unweighted residual sum of squares."""
    return quadratic(rows, present(rows))


def others(x: Array) -> Array:
    """Sum of all elements but each one, without subtracting: a giant leaves the rest their digits."""
    before = np.concatenate([[0.0], np.cumsum(x[:-1])])
    after = np.concatenate([np.cumsum(x[:0:-1])[::-1], [0.0]])
    return before + after


def _terms_mean(rows: Rows, w: Array, slope: bool) -> Terms:
    # the most precise study stands first: every difference below is of numbers at most a factor 2 apart
    first, others = w[:, 0], w[:, 1:]
    rest, rest2 = _sum(others), dot(others, others)
    total = first + rest
    mean = dot(w, rows.y) / total
    z = w * (rows.y - mean[:, None])
    trace_p, ypp_y = rest * (1 + first / total) - rest2 / total, dot(z, z)
    if not slope:
        return Terms(total, trace_p, ypp_y, total, total, total)
    w2 = w * w
    sum_w2, wz = first * first + rest2, w * z
    trace_pp = sum_w2 - 2 * dot(w2, w) / total + (sum_w2 / total) ** 2
    return Terms(total, trace_p, ypp_y, sum_w2, trace_pp, dot(wz, z) - _sum(wz) ** 2 / total)


def _terms_design(rows: Rows, w: Array, slope: bool) -> Terms:
    assert rows.basis is not None
    inverse = np.linalg.inv(cross(rows, w))
    b = (inverse @ ((w * rows.y) @ rows.basis)[..., None])[..., 0]
    z = w * (rows.y - b @ rows.basis.T)
    total, w2 = _sum(w), w * w
    middle = inverse @ cross(rows, w2)
    trace_p, ypp_y = total - np.trace(middle, axis1=1, axis2=2), dot(z, z)
    if not slope:
        return Terms(total, trace_p, ypp_y, total, total, total)
    sum_w2, wz = dot(w, w), w * z
    trace_pp = sum_w2 - 2 * _pair(inverse, cross(rows, w2 * w)) + _pair(middle, middle.transpose(0, 2, 1))
    c = wz @ rows.basis
    return Terms(total, trace_p, ypp_y, sum_w2, trace_pp, dot(wz, z) - np.einsum("ni,nij,nj->n", c, inverse, c))


def _one_minus_leverage(w: Array) -> Array:
    total = w.sum(axis=1, keepdims=True)
    out = (total - w) / total
    out[:, 0] = _sum(w[:, 1:]) / total[:, 0]
    return out


def _leverage(rows: Rows, w: Array) -> Array:
    # by QR, not by normal equations: next to one study of enormous weight those lose half the digits of 1 - h
    assert rows.basis is not None
    q = np.linalg.qr(np.sqrt(w)[:, :, None] * rows.basis)[0]
    return np.vecdot(q, q)


def _spread(s: Array | float, rows: Rows) -> Array:
    # padding has infinite variance and weight zero; give it variance zero so that the product is zero, not
    # NaN
    return np.where(np.isfinite(rows.v), s, 0.0)


def dot(a: Array, b: Array) -> Array:
    """Sum of products of each row, shape (n,)."""
    # vecdot is the fastest for short rows; on long ones it wakes BLAS threads, which cost more than they give
    return np.vecdot(a, b) if a.shape[1] < LONG else np.einsum("ij,ij->i", a, b)


def _sum(a: Array) -> Array:
    # matrix times ones is the fastest sum of many short rows, a plain reduction that of a few
    return np.add.reduce(a, axis=1) if a.shape[0] < 64 else a @ np.ones(a.shape[1])


def _pair(a: Array, b: Array) -> Array:
    """tr(AB) for symmetric B, matrix by matrix."""
    return np.einsum("nij,nij->n", a, b)


def _complaint(i: int, y: float, v: float, labels: Sequence[object] | None) -> str:
    name = f"row {i}" if labels is None else f"row {i} ({labels[i]})"
    if not np.isfinite(y):
        return f"{name}: yi = {y} is not a finite number"
    return f"{name}: vi = {v} is not a positive finite variance"
