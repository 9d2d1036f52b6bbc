"""Does the answer hang on single studies: leave-one-out, cumulative, and all subsets (GOSH).

Takes vectors, gives tables; every refit of one call runs in one vectorised pass of `models.solve`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from . import intervals, models
from .algebra import Array, PoolError, Rows, check, from_segments

EXHAUSTIVE = 20  # studies up to which all subsets are fitted
BLOCK = 1 << 13


class Gosh(NamedTuple):
    """`table`: k, est, tau2, q, i2, h2, one row a subset; `members`: (n, k) which studies are in it."""

    table: pd.DataFrame
    members: np.ndarray
    exact: bool


def leave_one_out(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    labels: Sequence[object] | None = None,
) -> pd.DataFrame:
    """The pooled result without each study: label (of the one left out), k, est, se, stat, p, ci, q, tau2, i2, h2."""
    y, v = check(yi, vi, labels)
    if y.size < 2:
        raise PoolError("one study: none can be left out")
    return _refits(y, v, ~np.eye(y.size, dtype=bool), method, test, level, labels)


def cumulative(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    order: ArrayLike | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    labels: Sequence[object] | None = None,
) -> pd.DataFrame:
    """The pooled result as studies are added one by one; columns as in `leave_one_out`.

    Parameters
    ----------
    order : array_like, optional
        What to sort by (year, precision); ties keep the order given. Default: the order given.
    """
    y, v = check(yi, vi, labels)
    by = np.arange(y.size) if order is None else np.asarray(order)
    if by.shape != y.shape:
        raise PoolError(f"order has shape {by.shape}, yi {y.shape}")
    at = np.argsort(by, kind="stable")
    names = None if labels is None else [labels[i] for i in at]
    return _refits(y[at], v[at], np.tri(y.size, dtype=bool), method, test, level, names)


def gosh(
    yi: ArrayLike, vi: ArrayLike, *, method: str = "REML", subsets: int = 1_000_000, seed: int | None = None
) -> Gosh:
    """Results of all subsets of the studies (Olkin, Dahabreh & Trikalinos 2012, doi:10.1002/jrsm.1053).

    Parameters
    ----------
    subsets : int
        Subsets to draw where there are more than `EXHAUSTIVE` studies; each study is in or out with probability 1/2.
    seed : int
        Seed of that sample; needed then.

    Notes
    -----
    A subset of one study shows that study, with no heterogeneity. A sample may draw a subset twice.
    """
    y, v = check(yi, vi)
    models.check_names(method, "z", None, None)
    k = y.size
    if k < 2:
        raise PoolError("one study: it has no subsets to pool")
    if k > EXHAUSTIVE and seed is None:
        raise PoolError(f"{k} studies have too many subsets: give a seed for a sample")
    members = _all_subsets(k) if k <= EXHAUSTIVE else _sample(k, subsets, seed)
    counts = members.sum(axis=1)
    out = {name: np.zeros(counts.size) for name in ("est", "tau2", "q", "i2")} | {"h2": np.ones(counts.size)}
    single = np.flatnonzero(counts == 1)
    out["est"][single] = y[members[single].argmax(axis=1)]
    for part in _blocks(counts):
        rows = _rows(y, v, members[part])
        s = models.solve(rows, method, "z")
        out["est"][part], out["tau2"][part], out["q"][part] = s.beta[:, 0], s.tau2, s.q
        out["i2"][part], out["h2"][part] = models.heterogeneity(s.q, rows.df, s.tau2, s.typical, method)
    return Gosh(pd.DataFrame({"k": counts, **out}), members, k <= EXHAUSTIVE)


def _refits(
    y: Array, v: Array, members: np.ndarray, method: str, test: str, level: float, labels: Sequence[object] | None
) -> pd.DataFrame:
    """One row a subset of the studies; a subset of one shows that study, with no heterogeneity between itself."""
    models.check_names(method, test, None, None)
    counts = members.sum(axis=1)
    many, one = counts > 1, counts == 1
    out = {name: np.empty(counts.size) for name in ("est", "se", "stat", "p", "ci_low", "ci_high", "q", "q_p")}
    out |= {"tau2": np.zeros(counts.size), "i2": np.zeros(counts.size), "h2": np.ones(counts.size)}
    single = members[one].argmax(axis=1)
    _fill(out, one, y[single], np.sqrt(v[single]), None, level)
    out["q"][one], out["q_p"][one] = 0.0, 1.0
    if many.any():
        rows = _rows(y, v, members[many])
        s = models.solve(rows, method, test)
        _fill(out, many, s.beta[:, 0], np.sqrt(s.vcov[:, 0, 0]), None if test == "z" else rows.df, level)
        out["q"][many], out["q_p"][many], out["tau2"][many] = s.q, chdtrc(rows.df, s.q), s.tau2
        out["i2"][many], out["h2"][many] = models.heterogeneity(s.q, rows.df, s.tau2, s.typical, method)
    names = list(range(y.size)) if labels is None else list(labels)
    return pd.DataFrame({"label": names, "k": counts, **out})


def _fill(out: dict[str, Array], at: Array, est: Array, se: Array, df: Array | None, level: float) -> None:
    half = intervals.critical(level, df) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        stat = est / se
    values = {"est": est, "se": se, "stat": stat, "p": models.p_value(stat, df)}
    for name, value in {**values, "ci_low": est - half, "ci_high": est + half}.items():
        out[name][at] = value


def _rows(y: Array, v: Array, members: np.ndarray) -> Rows:
    at, counts = np.nonzero(members)[1], members.sum(axis=1)
    return from_segments(y[at], v[at], np.cumsum(counts) - counts, counts)


def _all_subsets(k: int) -> np.ndarray:
    codes = np.arange(1, 2**k, dtype=np.uint32)
    return ((codes[:, None] >> np.arange(k, dtype=np.uint32)) & 1).astype(bool)


def _sample(k: int, subsets: int, seed: int | None) -> np.ndarray:
    rng = np.random.default_rng(seed)
    members = rng.random((subsets, k)) < 0.5
    while (empty := ~members.any(axis=1)).any():
        members[empty] = rng.random((int(empty.sum()), k)) < 0.5
    return members


def _blocks(counts: np.ndarray) -> Iterator[np.ndarray]:
    """Subsets of one size together, so that no row is padded."""
    for size in range(2, int(counts.max()) + 1):
        here = np.flatnonzero(counts == size)
        for start in range(0, here.size, BLOCK):
            yield here[start : start + BLOCK]
