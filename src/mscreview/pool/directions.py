"""Synthesis without effect sizes: directions and p-values in, combined p-values and the sign test out.

Takes the `directions` table, gives one row a group (Cochrane Handbook ch. 12, McKenzie & Brennan 2019,
doi:10.1002/9781119536604.ch12). A combined p says whether any study shows benefit, the sign test whether more studies
point one way; neither says how large an effect is.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb, factorial, floor
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import bdtr, chdtrc, ndtr, ndtri

from .algebra import Array, PoolError
from .harms import clopper_pearson

BY = ("outcome", "window", "contrast")
SIGN = {"better": 1.0, "worse": -1.0}
NO_P = "no p-value: counts in the sign test only"
NO_SIGN = "no direction: counts in neither test"
ZERO = "p = 0 as printed cannot be combined: counts in the sign test only"


class Synthesis(NamedTuple):
    """`table`: one row a group; `skipped`: study, group and why it is missing from a test."""

    table: pd.DataFrame
    skipped: pd.DataFrame


class SignTest(NamedTuple):
    """Share of studies that point to benefit, exact interval and two-sided p; arrays, one value a group."""

    share: Array
    low: Array
    high: Array
    p: Array


def synthesise(directions: pd.DataFrame, by: Sequence[str] = BY, *, level: float = 0.95) -> Synthesis:
    """Sign test and combined p-values of each group.

    Parameters
    ----------
    directions : DataFrame
        Columns of the `directions` contract: study_id, direction, p, p_operator, n and those in `by`.

    Returns
    -------
    Synthesis
        `table`: `by`, k (studies), better, worse, undirected; share, share_low, share_high, sign_p; k_p (studies with
        p), p_fisher, p_stouffer, p_edgington; k_weighted, p_weighted (Stouffer, weights sqrt(n)). The combined p are
        one-sided, for benefit. NaN where no study can take part.

    Raises
    ------
    PoolError
        Missing columns, a p outside [0, 1], an unknown direction, or a study twice in one group; all named.
    """
    _check(directions, by, level)
    frame = directions.assign(_one=one_sided(directions["p"], directions["direction"], directions["p_operator"]))
    frame["_sign"] = frame["direction"].map(SIGN).fillna(0.0)
    rows = []
    for key, group in frame.groupby(list(by), dropna=False, sort=True):
        rows.append(dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True)) | _group(group))
    table = pd.DataFrame(rows, columns=[*by, *_COUNTS, *_COMBINED])
    test = sign_test(table["better"], table["worse"], level)
    for name, values in zip(("share", "share_low", "share_high", "sign_p"), test, strict=True):
        table[name] = values
    return Synthesis(
        table[[*by, *_COUNTS, "share", "share_low", "share_high", "sign_p", *_COMBINED]], _skipped(frame, by)
    )


def one_sided(p: ArrayLike, direction: ArrayLike, operator: ArrayLike | None = None) -> Array:
    """One-sided p for benefit from a two-sided p and the direction; NaN where there is none to have.

    Notes
    -----
    p / 2 for "better", 1 - p / 2 for "worse". `p < 0.05` enters as 0.05, which understates the study's evidence
    whichever way it points; `p > 0.05` enters as no evidence, 0.5. Without a direction there is no one-sided p.
    """
    two = pd.to_numeric(pd.Series(p), errors="coerce").to_numpy(float)
    sign = pd.Series(direction).map(SIGN).to_numpy(float)
    above = np.zeros(two.shape, dtype=bool) if operator is None else (pd.Series(operator) == ">").to_numpy(bool)
    two = np.where(above & np.isfinite(two), 1.0, two)
    return np.where(two > 0, np.where(sign > 0, two / 2, 1 - two / 2), np.nan) + 0 * sign


def sign_test(better: ArrayLike, worse: ArrayLike, level: float = 0.95) -> SignTest:
    """Exact binomial test that as many studies point to benefit as to harm, with the Clopper-Pearson interval."""
    a, b = np.asarray(better, dtype=float), np.asarray(worse, dtype=float)
    n = a + b
    some = n > 0
    share = np.where(some, a / np.where(some, n, 1), np.nan)
    low, high = clopper_pearson(a, n, level)
    fewer = np.minimum(a, b)
    p = np.minimum(1.0, 2 * bdtr(fewer, np.maximum(n, 1).astype(int), 0.5))
    return SignTest(share, np.where(some, low, np.nan), np.where(some, high, np.nan), np.where(some, p, np.nan))


def fisher(p: ArrayLike) -> float:
    """Fisher's combined p: -2 sum log p is chi-square with 2 k degrees of freedom."""
    x = _p_values(p)
    return float(chdtrc(2 * x.size, -2 * np.log(x).sum()))


def stouffer(p: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Stouffer's combined p, sum of w z over the root of the sum of w squared; equal weights by default."""
    x = _p_values(p)
    w = np.ones(x.size) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != x.shape or not (np.isfinite(w) & (w > 0)).all():
        raise PoolError(f"weights must be {x.size} positive numbers")
    # exactly zero or one would give an infinite z: one is no evidence at all, but it must stay finite to be weighed
    z = -ndtri(np.clip(x, 1e-300, 1 - 1e-16))
    return float(ndtr(-(w * z).sum() / np.sqrt((w * w).sum())))


def edgington(p: ArrayLike) -> float:
    """Edgington's combined p, from the sum of the p-values (1972, doi:10.1080/00223980.1972.9924813).

    The alternating sum is exact rational arithmetic: it loses no digits for many studies.
    """
    x = _p_values(p)
    k, total = x.size, sum((Fraction(float(v)) for v in x), Fraction(0))
    turned = 2 * total > k  # the distribution is symmetric: sum fewer terms
    s = k - total if turned else total
    below = sum(((-1) ** j * comb(k, j) * (s - j) ** k for j in range(floor(s) + 1)), Fraction(0)) / factorial(k)
    return float(1 - below if turned else below)


def albatross(directions: pd.DataFrame) -> pd.DataFrame:
    """What an albatross plot shows: study_id, n, p (two-sided), sign (1 benefit, -1 harm), bound ("", "<" or ">").

    Studies without p, n or direction cannot be drawn and are left out here; `synthesise` lists them. Harrison et al.
    2017 (doi:10.1002/jrsm.1239).
    """
    _check(directions, (), 0.95)
    sign = directions["direction"].map(SIGN)
    drawn = directions["p"].gt(0) & directions["n"].gt(0) & sign.notna()
    bound = directions["p_operator"].where(directions["p_operator"].isin(["<", ">"]), "")
    table = pd.DataFrame({"study_id": directions["study_id"], "n": directions["n"], "p": directions["p"]})
    return table.assign(sign=sign, bound=bound)[drawn].reset_index(drop=True)


def contour(
    effect: float, p: ArrayLike, *, measure: str = "SMD", ratio: float = 1.0, risk: float | None = None
) -> Array:
    """Sample size at which a two-sided p is what the true `effect` is expected to give (Harrison 2017).

    Parameters
    ----------
    effect : float
        Standardised mean difference, or log odds ratio.
    ratio : float
        Patients treated for each control.
    risk : float
        Overall risk of the event, for the odds ratio.

    Notes
    -----
    n = (z / effect)^2 (1 + r)^2 / r, for the log odds ratio divided by risk (1 - risk).
    """
    if measure not in ("SMD", "OR") or effect == 0 or not ratio > 0:
        raise PoolError(f"measure SMD or OR, effect not zero, ratio positive; got {measure!r}, {effect}, {ratio}")
    if measure == "OR" and not (risk is not None and 0 < risk < 1):
        raise PoolError(f"the odds ratio needs a risk between 0 and 1, got {risk}")
    z = -ndtri(np.asarray(p, dtype=float) / 2)
    spread = (1 + ratio) ** 2 / ratio / (1.0 if measure == "SMD" or risk is None else risk * (1 - risk))
    return np.asarray((z / effect) ** 2 * spread)


def _group(group: pd.DataFrame) -> dict[str, object]:
    better, worse = int((group["_sign"] > 0).sum()), int((group["_sign"] < 0).sum())
    p = group["_one"].dropna().to_numpy(float)
    n = pd.to_numeric(group["n"], errors="coerce")
    weighed = group["_one"].notna() & n.gt(0)
    out: dict[str, object] = {"k": len(group), "better": better, "worse": worse}
    out |= {"undirected": len(group) - better - worse, "k_p": p.size, "k_weighted": int(weighed.sum())}
    if p.size:
        out |= {"p_fisher": fisher(p), "p_stouffer": stouffer(p), "p_edgington": edgington(p)}
    if weighed.any():
        out["p_weighted"] = stouffer(group.loc[weighed, "_one"], np.sqrt(n[weighed]))
    return out


def _skipped(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    reason = np.select([frame["_sign"] == 0, frame["p"].isna(), frame["p"] == 0], [NO_SIGN, NO_P, ZERO], "")
    table = frame[["study_id", *by]].assign(reason=reason)
    return table[table["reason"] != ""].reset_index(drop=True)


def _check(directions: pd.DataFrame, by: Sequence[str], level: float) -> None:
    needed = ("study_id", "direction", "p", "p_operator", "n", *by)
    missing = [c for c in needed if c not in directions.columns]
    if missing or not 0 < level < 1:
        raise PoolError(
            f"directions lacks column(s) {', '.join(missing)}" if missing else f"level must lie in (0, 1): {level}"
        )
    known = {*SIGN, "no difference", "mixed"}
    bad = directions["p"].notna() & ~directions["p"].between(0, 1)
    problems = [f"{s}: p = {p}" for s, p in directions.loc[bad, ["study_id", "p"]].itertuples(index=False)]
    odd = directions.loc[~directions["direction"].isin(known), ["study_id", "direction"]]
    problems += [f"{s}: direction {d!r}" for s, d in odd.itertuples(index=False)]
    if by:
        twice = directions[directions.duplicated(["study_id", *by])]
        problems += [f"{s}: twice in one group" for s in twice["study_id"]]
    if problems:
        raise PoolError("directions: " + "; ".join(problems))


def _p_values(p: ArrayLike) -> Array:
    x = np.atleast_1d(np.asarray(p, dtype=float))
    bad = x[~((x > 0) & (x <= 1))]
    if bad.size or x.size == 0:
        raise PoolError(f"p-values must lie in (0, 1], got {bad.tolist()}" if bad.size else "no p-values to combine")
    return x


_COUNTS = ("k", "better", "worse", "undirected")
_COMBINED = ("k_p", "p_fisher", "p_stouffer", "p_edgington", "k_weighted", "p_weighted")
