"""Every analysis of a table in one call: effects in, a row of `pooled` for each group out.

Groups are laid side by side in blocks of similar size (an absent study has weight zero), and one vectorised
pass of `models.solve`, with one root iteration for all of them, fits the block. The same code fits single
analyses, so the results are the same. Memory stays proportional to the number of effects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from . import intervals
from .algebra import Array, PoolError, Rows, check, from_segments
from .fitted import COMMON, model_name
from .models import check_names, heterogeneity, p_value, solve

Index = NDArray[np.integer[Any]]

BLOCK = 1 << 15  # numbers in a block: it stays in the processor's cache

STATISTICS = [
    "est",
    "se",
    "ci_low",
    "ci_high",
    "p",
    "pi_low",
    "pi_high",
    "tau2",
    "tau2_low",
    "tau2_high",
    "q",
    "q_df",
    "q_p",
    "i2",
    "i2_low",
    "i2_high",
]


def groups(
    effects: pd.DataFrame,
    by: Sequence[str],
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    prediction: str | None = "t(k-1)",
    tau2_interval: str | None = "QP",
    min_k_prediction: int = 3,
) -> pd.DataFrame:
    """Pool each group of an effects table; options as in `models.fit`.

    Parameters
    ----------
    effects : DataFrame
        Columns `yi`, `vi`, those in `by`, and where present `n_t`, `n_c`, `effect_id`.
    by : sequence of str
        Columns that define an analysis; a missing value is a group of its own.

    Returns
    -------
    DataFrame
        One row a group, sorted by `by`: the columns of `by`, k, n, model, tau2_method, ci_method, the
        statistics of the table `pooled`, effect_ids. A group of one study shows that study's own normal
        interval and the model "single study".

    Raises
    ------
    PoolError
        A missing column, an unknown name, or rows that cannot be pooled (all named at once).
    """
    missing = [c for c in ("yi", "vi", *by) if c not in effects.columns]
    if missing or not by:
        raise PoolError(f"effects lacks column(s) {', '.join(missing)}" if missing else "`by` names no column")
    check_names(method, test, prediction, tau2_interval)
    if effects.empty:
        return pd.DataFrame(columns=[*by, *_HEAD, *STATISTICS, "effect_ids"])
    labels = effects["effect_id"].tolist() if "effect_id" in effects else None
    y, v = check(effects["yi"], effects["vi"], labels)
    code = effects.groupby(list(by), dropna=False, sort=True).ngroup().to_numpy()
    order = np.argsort(code, kind="stable")
    counts = np.bincount(code)
    starts = np.cumsum(counts) - counts
    keys = effects.iloc[order[starts]][list(by)].reset_index(drop=True)
    head = _head(counts, method, test) | {"n": _patients(effects, code, counts.size)}
    numbers = segments(
        y[order],
        v[order],
        counts,
        method=method,
        test=test,
        level=level,
        prediction=prediction,
        tau2_interval=tau2_interval,
        min_k_prediction=min_k_prediction,
    )
    keys = keys.assign(**{name: head[name] for name in _HEAD})
    return keys.assign(**numbers, effect_ids=_ids(labels, order, starts, counts))


def segments(
    y: Array,
    v: Array,
    counts: Index,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    prediction: str | None = "t(k-1)",
    tau2_interval: str | None = "QP",
    min_k_prediction: int = 3,
) -> dict[str, Array]:
    """The same for checked vectors in which analyses stand end to end, `counts` studies each: statistic -> array."""
    starts = np.cumsum(counts) - counts
    out = {name: np.full(counts.size, np.nan) for name in STATISTICS}
    single = np.flatnonzero(counts == 1)
    for name, values in _single(y[starts[single]], v[starts[single]], level).items():
        out[name][single] = values
    for block in _blocks(counts):
        rows = from_segments(y, v, starts[block], counts[block])
        found = _block(rows, method, test, level, prediction, tau2_interval, min_k_prediction)
        for name, values in found.items():
            out[name][block] = values
    return out


def _block(
    rows: Rows,
    method: str,
    test: str,
    level: float,
    prediction: str | None,
    tau2_interval: str | None,
    min_k: int,
) -> dict[str, Array]:
    s = solve(rows, method, test)
    est, se, df = s.beta[:, 0], np.sqrt(s.vcov[:, 0, 0]), rows.df
    freedom = None if test == "z" else df
    half = intervals.critical(level, freedom) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = p_value(est / se, freedom)
    out = {"est": est, "se": se, "ci_low": est - half, "ci_high": est + half, "p": p, "tau2": s.tau2}
    out |= {"q": s.q, "q_df": df, "q_p": chdtrc(df, s.q)}
    out["i2"] = heterogeneity(s.q, df, s.tau2, s.typical, method)[0]
    if method == COMMON:
        return out
    if prediction is not None:
        out["pi_low"], out["pi_high"] = intervals.prediction(
            est, se, s.tau2, df, convention=prediction, test=test, level=level, min_k=min_k
        )
    if tau2_interval is not None:
        low, high = intervals.tau2_interval(rows, tau2_interval, method, level)
        out |= {"tau2_low": low, "tau2_high": high}
        out["i2_low"] = intervals.i2_from_tau2(low, s.typical)
        out["i2_high"] = intervals.i2_from_tau2(high, s.typical)
    return out


def _single(y: Array, v: Array, level: float) -> dict[str, Array]:
    se = np.sqrt(v)
    half = intervals.critical(level, None) * se
    zero = np.zeros(y.size)
    own = {"est": y, "se": se, "ci_low": y - half, "ci_high": y + half, "p": p_value(y / se, None)}
    return own | {"q": zero, "q_df": zero}


def _blocks(counts: Index) -> Iterator[Index]:
    """Groups of two or more studies in blocks of like size, so that padding at most doubles the work."""
    many = np.flatnonzero(counts > 1)
    order = many[np.argsort(counts[many], kind="stable")]
    at = 0
    while at < order.size:
        smallest = counts[order[at]]
        widest = max(int(1.25 * smallest), smallest + 1)
        end = int(np.searchsorted(counts[order], widest, side="right"))
        end = min(end, at + max(1, BLOCK // int(smallest)))
        yield order[at:end]
        at = end


def _head(counts: Index, method: str, test: str) -> dict[str, Any]:
    """How each group was analysed, in the words of the table `pooled`."""
    estimator = None if method == COMMON else method
    return {
        "k": counts,
        "model": [model_name(int(k), method) for k in counts],
        "tau2_method": [None if k == 1 else estimator for k in counts],
        "ci_method": np.where(counts == 1, "z", test),
    }


def _patients(effects: pd.DataFrame, code: Index, n: int) -> Array:
    if not {"n_t", "n_c"} <= set(effects.columns):
        return np.full(n, np.nan)
    total = effects[["n_t", "n_c"]].astype(float).sum(axis=1, min_count=1).to_numpy()
    return np.bincount(code, weights=total, minlength=n).astype(float)


def _ids(labels: list[str] | None, order: Index, starts: Index, counts: Index) -> list[str | None]:
    if labels is None:
        return [None] * counts.size
    ordered = [str(labels[i]) for i in order]
    return ["; ".join(ordered[a : a + k]) for a, k in zip(starts.tolist(), counts.tolist(), strict=True)]


_HEAD = ("k", "n", "model", "tau2_method", "ci_method")
