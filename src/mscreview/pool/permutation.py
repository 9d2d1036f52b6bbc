"""Permutation test: the same model on shuffled data, all arrangements where feasible, a seeded sample otherwise.

Without moderators the signs of the effects are flipped, with moderators the rows of the design are shuffled
(Higgins & Thompson 2004, doi:10.1002/sim.1752; Follmann & Proschan 1999, doi:10.1111/j.0006-341x.1999.00732.x).
All arrangements are fitted in vectorised blocks by `models.solve`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import models
from .algebra import Array, PoolError, check, from_matrix, from_segments

BLOCK = 4096
SLACK = 1e-10  # relative: arrangements that tie with the data up to rounding count as ties


class Permuted(NamedTuple):
    """p-value of each coefficient and of the omnibus test (NaN without moderators)."""

    p: Array
    p_omnibus: float
    arrangements: int
    exact: bool


def permutation(
    yi: ArrayLike,
    vi: ArrayLike,
    X: ArrayLike | None = None,
    *,
    method: str = "REML",
    test: str = "z",
    seed: int,
    most: int = 10_000,
) -> Permuted:
    """Two-sided permutation p-values.

    Parameters
    ----------
    X : (k, p) array_like, optional
        Design with its intercept; without it the test is of the mean effect.
    seed : int
        Seed of the sample, used only where there are more than `most` arrangements.
    most : int
        Most arrangements to fit; the data themselves are one of a sample.

    Notes
    -----
    p = share of arrangements whose |statistic| reaches the observed one. Arrangements of a design with equal rows are
    counted with their multiplicity, which leaves p unchanged.

    Raises
    ------
    PoolError
        As `models.fit`; `most` below 2.
    """
    y, v = check(yi, vi)
    if most < 2:
        raise PoolError(f"most must be at least 2, got {most}")
    if X is None:
        return _flip(y, v, method, test, seed, most)
    return _shuffle(y, v, np.asarray(X, dtype=float), method, test, seed, most)


def _flip(y: Array, v: Array, method: str, test: str, seed: int, most: int) -> Permuted:
    models.check_names(method, test, None, None)
    k = y.size
    if k < 2:
        raise PoolError("one study: there is nothing to permute")
    exact = 2**k <= most
    if exact:
        signs = 1.0 - 2.0 * ((np.arange(2**k)[:, None] >> np.arange(k)) & 1)
    else:
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(most, k))
        signs[0] = 1.0
    stat = np.concatenate([_mean_statistic(s * y, v, method, test) for s in _parts(signs)])
    return Permuted(np.array([_share(stat, stat[0])]), float("nan"), signs.shape[0], exact)


def _mean_statistic(y: Array, v: Array, method: str, test: str) -> Array:
    n, k = y.shape
    rows = from_segments(y.ravel(), np.tile(v, n), np.arange(n) * k, np.full(n, k))
    s = models.solve(rows, method, test)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.abs(s.beta[:, 0] / np.sqrt(s.vcov[:, 0, 0]))


def _shuffle(y: Array, v: Array, x: Array, method: str, test: str, seed: int, most: int) -> Permuted:
    observed = models.fit(y, v, X=x, method=method, test=test, prediction=None, tau2_interval=None)
    k = y.size
    exact = math.factorial(k) <= most if k < 170 else False
    if exact:
        orders = np.array(list(permutations(range(k))))
    else:
        orders = np.random.default_rng(seed).permuted(np.tile(np.arange(k), (most, 1)), axis=1)
        orders[0] = np.arange(k)
    tested = [i for i in range(x.shape[1]) if not (x[:, i] == 1).all()]
    found = [_design_statistics(y[o], v[o], x, method, test, tested) for o in _parts(orders)]
    stat, joint = (np.concatenate(part) for part in zip(*found, strict=True))
    p = np.array([_share(stat[:, i], stat[0, i]) for i in range(observed.beta.size)])
    return Permuted(p, _share(joint, joint[0]) if tested else float("nan"), orders.shape[0], exact)


def _design_statistics(y: Array, v: Array, x: Array, method: str, test: str, tested: list[int]) -> tuple[Array, Array]:
    # shuffling the pairs (yi, vi) against a fixed design is shuffling the rows of the design
    s = models.solve(from_matrix(y, v, x), method, test)
    stat = np.abs(s.beta) / np.sqrt(np.diagonal(s.vcov, axis1=1, axis2=2))
    b, part = s.beta[:, tested], s.vcov[:, tested][:, :, tested]
    joint = np.einsum("ni,ni->n", b, np.linalg.solve(part, b[..., None])[..., 0])
    return stat, joint


def _parts(rows: Array) -> Iterator[Array]:
    for start in range(0, rows.shape[0], BLOCK):
        yield rows[start : start + BLOCK]


def _share(values: Array, observed: float) -> float:
    return float(np.mean(values >= observed * (1 - SLACK)))
