"""Each analysis again under other reasonable choices: planned effects in, the `sensitivity` table out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from . import multiverse, robustness
from .analyses import KEYS
from .batch import groups

COLUMNS = "analysis_id variant what_changed k est ci_low ci_high tau2".split()
MODELS: dict[str, tuple[str, dict[str, str]]] = {
    "DL, Wald": ("estimator and interval as in RevMan 5.4", {"method": "DL", "test": "z"}),
    "PM, HKSJ": ("estimator", {"method": "PM", "test": "knha"}),
    "REML, HKSJ ad hoc": ("interval never shorter than Wald's", {"method": "REML", "test": "adhoc"}),
    "common effect": ("no between-study variance", {"method": "EE", "test": "z"}),
}


def sensitivity(
    planned: pd.DataFrame, outcomes: pd.DataFrame, *, method: str = "REML", test: str = "knha"
) -> pd.DataFrame:
    """The `sensitivity` table.

    Parameters
    ----------
    planned : effects with `analysis_id`, from `analyses.plan`, with the moderator `randomised`.
    outcomes : the table of that name, which tells how counts were come by.
    method, test : main model, for the variants that change which effects are pooled.

    Notes
    -----
    A variant that leaves an analysis whole, or leaves nothing of it, has no row.
    """
    several = planned[planned.groupby("analysis_id")["effect_id"].transform("size") > 1]
    parts = [
        groups(several, KEYS, **model).assign(variant=name, what_changed=what)  # type: ignore[arg-type]
        for name, (what, model) in MODELS.items()
    ]
    for name, (what, kept) in _kept(planned, outcomes).items():
        before = planned.groupby("analysis_id").size()
        after = planned[kept].groupby("analysis_id").size().reindex(before.index, fill_value=0)
        changed = after.index[(after < before) & (after > 0)]
        subset = planned[kept & planned["analysis_id"].isin(changed)]
        parts.append(groups(subset, KEYS, method=method, test=test).assign(variant=name, what_changed=what))
    parts.append(leave_one_out(several, method=method, test=test))
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True).loc[:, COLUMNS] if filled else pd.DataFrame(columns=COLUMNS)


def _kept(planned: pd.DataFrame, outcomes: pd.DataFrame) -> dict[str, tuple[str, pd.Series]]:
    """Variant -> (what changes, which effects stay)."""
    own = outcomes["source"].str.split("; ").str[0]  # what else is named told its time or decided about it
    derived = set(own[outcomes["events_from"].eq("percent")])
    recovered = set(own[outcomes["mean"].notna() & outcomes["sd_from"].ne("reported")])
    sources = planned["sources"].str.split("; ")
    return {
        "randomised only": ("non-randomised studies leave", planned["randomised"].eq(True).fillna(False)),
        "counts as printed": (
            "counts derived from percentages leave", ~sources.map(lambda s: not derived.isdisjoint(s)).astype(bool)
        ),
        "SDs as printed": (
            "values with a recovered SD leave", ~sources.map(lambda s: not recovered.isdisjoint(s)).astype(bool)
        ),
        "tables only": ("values read in abstracts leave", ~planned["sources"].str.contains("fact:")),
    }  # fmt: skip


def grown(
    effects: pd.DataFrame, order: str, labels: Mapping[str, str], *, method: str = "REML", test: str = "z"
) -> pd.DataFrame:
    """One analysis as its studies came, by the column `order`; no rows where there is nothing to pool.

    Parameters
    ----------
    effects : planned effects of one analysis.
    labels : study_id -> what to call its step.
    method, test : as in `models.fit`; Wald, because the first steps have too few studies for any other interval.
    """
    known = effects[effects[order].notna()]
    if known.empty:
        return pd.DataFrame(columns=["label", "est", "ci_low", "ci_high"])
    names = [labels[study] for study in known["study_id"]]
    year = known[order].astype(float)
    return robustness.cumulative(known["yi"], known["vi"], order=year, labels=names, method=method, test=test)


def every_choice(effects: pd.DataFrame) -> pd.DataFrame:
    """The multiverse of one analysis, with all studies and with randomised ones only; no rows without effects."""
    if effects.empty:
        return pd.DataFrame(columns=[*multiverse.CHOICES, "k", "est", "ci_low", "ci_high"])
    rules = {"randomised": effects["randomised"].eq(True).fillna(False).to_numpy(bool)}
    return multiverse.multiverse(effects, rules=rules).dropna(subset="est")


def choices_of(planned: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """What the multiverse says of several outcomes: every measure, model, estimator, interval and rule of inclusion.

    Parameters
    ----------
    planned : effects with `analysis_id` and the moderator `randomised`.
    pairs : `outcome` and `window` of the comparisons to walk through.

    Returns
    -------
    DataFrame
        One row an outcome, window and measure: how many combinations, the lowest and highest estimate on the
        analysis scale, and the percentage whose interval excludes no effect.
    """
    columns = "outcome window measure combinations lowest highest excludes".split()
    plain = planned["outcome"] + "-" + planned["window"] + "-" + planned["measure"]
    compared = planned[planned["analysis_id"].eq(plain)].merge(pairs[["outcome", "window"]], on=["outcome", "window"])
    if compared.empty:
        return pd.DataFrame(columns=columns)
    rules = {"randomised": compared["randomised"].eq(True).fillna(False).to_numpy(bool)}
    walked = multiverse.multiverse(compared, by=["outcome", "window"], rules=rules).dropna(subset="est")
    walked = walked.assign(excludes=100.0 * ((walked["ci_low"] > 0) | (walked["ci_high"] < 0)))
    grouped = walked.groupby(["outcome", "window", "measure"], sort=False)
    table = grouped.agg(
        combinations=("est", "size"), lowest=("est", "min"), highest=("est", "max"), excludes=("excludes", "mean")
    )
    return table.reset_index().loc[:, columns]


def leave_one_out(planned: pd.DataFrame, *, method: str = "REML", test: str = "knha") -> pd.DataFrame:
    """Every analysis without each of its effects in turn, all in one pass; `variant` names the study left out."""
    sizes = planned.groupby("analysis_id")["effect_id"].transform("size")
    table = planned[sizes > 2]
    if table.empty:
        return pd.DataFrame(columns=[*COLUMNS])
    left = table[["analysis_id", "effect_id"]].rename(columns={"effect_id": "left"})
    pairs = table.merge(left, on="analysis_id")
    rest = pairs[pairs["effect_id"] != pairs["left"]]
    result = groups(rest, [*KEYS, "left"], method=method, test=test)
    return result.assign(variant="without " + result["left"], what_changed="one effect left out")
