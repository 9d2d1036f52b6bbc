"""Every reasonable way to pool the same studies, in one table.

Takes planned effects and named choices, gives one row a combination of measure, inclusion rule, model, tau2 estimator
and interval (Steegen, Tuerlinckx, Gelman & Vanpaemel 2016, doi:10.1177/1745691616658637). All data sets go through
`batch.segments` side by side, once for each model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from . import batch, models
from .algebra import Array, PoolError, check
from .fitted import COMMON, model_name

CHOICES = ("measure", "rule", "model", "tau2_method", "ci_method")
STATISTICS = ("est", "se", "ci_low", "ci_high", "p", "pi_low", "pi_high", "tau2", "q", "q_df", "q_p", "i2")
ALL = "all"
NO_STUDY = "no study meets the rule"
ONE_STUDY = "one study: nothing is pooled, all models are the same"


def multiverse(
    effects: pd.DataFrame,
    *,
    by: Sequence[str] = (),
    rules: Mapping[str, ArrayLike] | None = None,
    methods: Sequence[str] = (COMMON, "DL", "REML", "PM", "SJ"),
    tests: Sequence[str] = ("z", "t", "knha", "adhoc"),
    level: float = 0.95,
    prediction: str | None = "t(k-1)",
) -> pd.DataFrame:
    """Pool every combination of choices.

    Parameters
    ----------
    effects : DataFrame
        Columns yi, vi, measure and those in `by`; one effect a study within each analysis and measure.
    by : sequence of str
        Columns that tell analyses apart (outcome, window); measures are never pooled together.
    rules : mapping of str to boolean vector, optional
        Which effects each inclusion rule keeps; all effects are always one of the rules, named "all".
    methods, tests : sequences of str
        As in `models.fit`. The common-effect model takes the test "z" only, whatever `tests` says: its studies leave
        no spread for the others to measure.

    Returns
    -------
    DataFrame
        `by`, the columns in `CHOICES`, k, the columns in `STATISTICS` and `note`; sorted by the choices in the order
        given. A rule that keeps no study of an analysis has a row of its own, k = 0.

    Raises
    ------
    PoolError
        Missing columns, unknown names, rules of the wrong length, rows that cannot be pooled.
    """
    _check(effects, by, methods, tests, prediction)
    kept = _masks(effects, rules or {})
    labels = effects["effect_id"].tolist() if "effect_id" in effects else None
    y, v = check(effects["yi"], effects["vi"], labels)
    keys = [*by, "measure"]
    code = effects.groupby(keys, dropna=False, sort=True).ngroup().to_numpy()
    first = np.unique(code, return_index=True)[1]
    names = list(kept)
    cell = np.concatenate([code * len(names) + i for i in range(len(names))])[np.concatenate(list(kept.values()))]
    at = np.tile(np.arange(y.size), len(names))[np.concatenate(list(kept.values()))]
    order = np.argsort(cell, kind="stable")
    at, counts = at[order], np.bincount(cell, minlength=first.size * len(names))
    head = effects.iloc[np.repeat(first, len(names))][keys].reset_index(drop=True)
    head = head.assign(rule=np.tile(names, first.size), k=counts)
    parts = []
    for method, test in _pairs(methods, tests):
        found = _fit(y[at], v[at], counts, method, test, level, prediction)
        part = head.assign(model=[model_name(max(int(k), 2), method) for k in counts])
        part = part.assign(tau2_method=None if method == COMMON else method, ci_method=test)
        parts.append(part.assign(**found, note=np.select([counts == 0, counts == 1], [NO_STUDY, ONE_STUDY], "")))
    table = pd.concat(parts, keys=range(len(parts)), names=["way", "set"]).sort_index(level="set", sort_remaining=False)
    return table.reset_index(drop=True)[[*by, *CHOICES, "k", *STATISTICS, "note"]]


def _fit(
    y: Array, v: Array, counts: batch.Index, method: str, test: str, level: float, prediction: str | None
) -> dict[str, Array]:
    some = counts > 0
    found = batch.segments(
        y, v, counts[some], method=method, test=test, level=level, prediction=prediction, tau2_interval=None
    )
    out = {name: np.full(counts.size, np.nan) for name in STATISTICS}
    for name in STATISTICS:
        out[name][some] = found[name]
    return out


def _pairs(methods: Sequence[str], tests: Sequence[str]) -> Iterator[tuple[str, str]]:
    for method in methods:
        for test in ("z",) if method == COMMON else tests:
            yield method, test


def _masks(effects: pd.DataFrame, rules: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    masks = {ALL: np.ones(len(effects), dtype=bool)}
    for name, rule in rules.items():
        mask = np.asarray(rule)
        if mask.shape != (len(effects),) or mask.dtype != bool:
            raise PoolError(f"rule {name!r} must be {len(effects)} true or false values, got {mask.dtype} {mask.shape}")
        masks[str(name)] = mask
    return masks


def _check(
    effects: pd.DataFrame, by: Sequence[str], methods: Sequence[str], tests: Sequence[str], prediction: str | None
) -> None:
    missing = [c for c in ("yi", "vi", "measure", *by) if c not in effects.columns]
    if missing or effects.empty or not methods or not tests:
        reason = f"effects lacks column(s) {', '.join(missing)}" if missing else "no effects, no methods or no tests"
        raise PoolError(reason)
    for method, test in _pairs(methods, tests):
        models.check_names(method, test, prediction, None)
