"""The planned analyses of a review: which effects belong together, and all of them pooled in one pass.

Takes `effects`, gives `pooled`, `weights` and `subgroups`. An analysis is an outcome in a time window on one measure;
its id says so: `<outcome>-<window>-<measure>`, with a suffix for baseline balance, for change within single arms and
for single proportions, which never mix with comparisons between arms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from . import bayes
from .batch import groups
from .regression import regress
from .subgroup import q_between

KEYS = ["analysis_id", "outcome", "window", "measure"]
SUFFIX = {"baseline": "-baseline", "pre-post": "-prepost"}
SINGLE = "-single"
SHORTER = "HKSJ interval shorter than Wald's; see the ad hoc interval"
NOTES = {
    1: "one study: its own interval",
    2: "two studies: no prediction interval; read the Bayesian interval beside it",
}


def plan(effects: pd.DataFrame) -> pd.DataFrame:
    """Effects of the main analyses with their `analysis_id`, one effect a study and analysis.

    Arms that share a control are taken combined. For mean differences a study's final value stands before its change
    from baseline (both estimate the same difference, Cochrane Handbook 10.5.2); standardised ones use final values
    only.
    """
    main = effects[effects["shared_control"].isna() | effects["shared_control"].eq("")].copy()
    main = main[~(main["measure"].eq("SMD") & main["effect_from"].eq("change"))]
    single = main["arm_c"].isna() & main["effect_from"].eq("events")
    suffix = main["effect_from"].map(SUFFIX).fillna("").where(~single, SINGLE)
    main["analysis_id"] = main["outcome"] + "-" + main["window"] + "-" + main["measure"] + suffix
    main["_order"] = main["effect_from"].map({"final": 0, "events": 0, "change": 1}).fillna(0)
    main = main.sort_values(["analysis_id", "study_id", "_order", "effect_id"], kind="stable")
    apart = main["arm_t"].where(main["effect_from"].eq("pre-post") | single, "")
    kept = ~main.assign(_apart=apart).duplicated(["analysis_id", "study_id", "_apart"])
    return main[kept].drop(columns="_order").reset_index(drop=True)


def pooled(planned: pd.DataFrame, *, method: str = "REML", test: str = "knha") -> pd.DataFrame:
    """The `pooled` table of planned effects.

    Where studies agree better than chance allows, the HKSJ interval is shorter than Wald's; the note says so, and the
    ad hoc interval stands in `sensitivity` (Röver, Knapp & Friede 2015, doi:10.1186/s12874-015-0091-1).
    """
    table = groups(planned, KEYS, method=method, test=test)
    wald = groups(planned, KEYS, method=method, test="z", prediction=None, tau2_interval=None)
    shorter = (table["ci_high"] - table["ci_low"]) < (wald["ci_high"] - wald["ci_low"]) * (1 - 1e-9)
    return _finished(table.assign(note=np.where(shorter, SHORTER, "")))


def weights(planned: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """The `weights` table: percent of each effect under both models, from the tau2 of `results`."""
    tau2 = results.set_index("analysis_id")["tau2"].fillna(0.0)
    rows = planned[["analysis_id", "effect_id", "vi"]].copy()
    common, random = 1 / rows["vi"], 1 / (rows["vi"] + rows["analysis_id"].map(tau2))
    for name, w in (("weight_common", common), ("weight_random", random)):
        rows[name] = 100 * w / w.groupby(rows["analysis_id"]).transform("sum")
    return rows.drop(columns="vi")


def subgroups(
    planned: pd.DataFrame, moderators: Sequence[str], *, method: str = "REML", test: str = "knha"
) -> pd.DataFrame:
    """Each analysis split by each moderator, with the test between the levels; one column a moderator in `planned`.

    Effects whose level nobody tells are a level of their own, "not stated", which stays out of the test between
    levels. Each level has its own tau2; Q between compares the levels' estimates with weights 1 / SE2 (Borenstein
    2009, ch. 19, doi:10.1002/9780470743386), SE from the Wald model so that levels of one study can take part.
    """
    parts = []
    for moderator in moderators:
        split = planned.assign(subgroup_by=moderator, level=planned[moderator].astype("str").fillna("not stated"))
        several = split.groupby("analysis_id")["level"].transform("nunique") > 1
        split = split[several]
        if split.empty:
            continue
        by = [*KEYS, "subgroup_by", "level"]
        result = groups(split, by, method=method, test=test)
        wald = groups(split, by, method=method, test="z", tau2_interval=None)
        parts.append(_between(result, wald["se"].to_numpy(float)))
    if not parts:
        return pd.DataFrame(columns=_columns())
    table = pd.concat(parts, ignore_index=True)
    table["analysis_id"] = table["analysis_id"] + ":" + table["subgroup_by"] + "=" + table["level"]
    return _finished(table)


def posteriors(planned: pd.DataFrame, tau_scale: Mapping[str, float], better: Mapping[str, str]) -> pd.DataFrame:
    """Bayesian answer of each analysis: half-normal prior of tau, flat prior of the effect.

    Parameters
    ----------
    tau_scale, better : outcome -> scale of the prior on the analysis scale; outcome -> "higher" or "lower".

    Returns
    -------
    DataFrame
        analysis_id, k, posterior mean and 95% interval of the mean effect, median of tau, probability of benefit.
    """
    names = {"mu_mean": "est", "mu_low": "low", "mu_high": "high", "tau_median": "tau", "mu_p_benefit": "p_benefit"}
    parts = [
        bayes.groups(group, ["analysis_id"], bayes.Prior(scale=tau_scale[outcome]), better=better[outcome])
        for outcome, group in planned.groupby("outcome")
    ]
    columns = ["analysis_id", "k", *names]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return table.loc[:, columns].rename(columns=names)


def slopes(planned: pd.DataFrame, moderator: str, *, min_k: int = 4, test: str = "knha") -> pd.DataFrame:
    """Meta-regression of every analysis on one numeric moderator, centred: change of the effect a unit, with interval.

    Analyses with fewer than `min_k` effects, or with one value of the moderator only, have no row.
    """
    rows = []
    for analysis_id, effects in planned[planned[moderator].notna()].groupby("analysis_id"):
        x = effects[moderator].astype("float64").to_numpy()
        if len(x) < min_k or np.ptp(x) == 0:
            continue
        design = np.column_stack([np.ones(len(x)), x - x.mean()])
        model = regress(effects["yi"], effects["vi"], design, names=["mean", moderator], test=test, tau2_interval=None)
        slope = model.table().iloc[1]
        rows.append({"analysis_id": analysis_id, "k": len(x)} | slope[["est", "ci_low", "ci_high", "p"]].to_dict())
    return pd.DataFrame(rows, columns=["analysis_id", "k", "est", "ci_low", "ci_high", "p"])


def _between(result: pd.DataFrame, se: np.ndarray) -> pd.DataFrame:
    """The test between the told levels beside each level of an analysis."""
    told = result["level"].ne("not stated").to_numpy()
    test = q_between(result["est"], np.where(told, se, np.nan), result["analysis_id"])
    at = np.unique(result["analysis_id"].to_numpy(), return_inverse=True)[1]
    return result.assign(q_between=test.q[at], q_between_df=test.df[at], q_between_p=test.p[at])


def _finished(table: pd.DataFrame) -> pd.DataFrame:
    """Contract columns; what does not apply is empty and the note says why."""
    table = table.copy()
    for column in ("subgroup_by", "level", "q_between", "q_between_df", "q_between_p"):
        if column not in table:
            table[column] = None if column in ("subgroup_by", "level") else np.nan
    more = table["note"] if "note" in table else [""] * len(table)
    said = zip(table["k"].map(NOTES).fillna(""), more, strict=True)
    table["note"] = ["; ".join(filter(None, pair)) or None for pair in said]
    return table.loc[:, _columns()]


def _columns() -> list[str]:
    names = (
        "analysis_id outcome window measure subgroup_by level k n model tau2_method ci_method est se ci_low ci_high p "
        "pi_low pi_high tau2 tau2_low tau2_high q q_df q_p i2 i2_low i2_high q_between q_between_df q_between_p note "
        "effect_ids"
    )
    return names.split()
