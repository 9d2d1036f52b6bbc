"""When a value was measured, where its own sentence does not say: the only time its report tells of.

Takes facts with the facts of their reports; gives them with `weeks` filled and `source`, which names the fact that told
the time too. Where a report tells of several times the week stays empty: none is chosen.
"""

from __future__ import annotations

import pandas as pd

_COUNTED = ("events", "percent", "safety")
_MEASURED = ("mean", "median", "change", "effect")
_ENDS = ("study", "treated", "visit")


def with_weeks(values: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """`values` with `weeks` and `source`.

    Parameters
    ----------
    values : the facts to place.
    facts : all facts of their reports.

    Notes
    -----
    What happened to patients is counted to the end of the only follow-up. A mean, a change or a difference of means
    belongs to the end of treatment, or to a visit, where that is the only time after the start that the report names;
    patients are followed for longer than they are measured.
    """
    told = facts[facts["kind"].eq("followup") & facts["status"].eq("ok")]
    followed = _only(told[told["measure"].eq("followed")])
    named = _only(_later(facts))
    named = named[~named["other"]]
    weeks = values["weeks"].copy()
    source = "fact:" + values["fact_id"]
    for kinds, only in ((_COUNTED, followed), (_MEASURED, named)):
        fill = weeks.isna() & values["kind"].isin(kinds) & values["record_id"].isin(only.index)
        weeks = weeks.mask(fill, values["record_id"].map(only["weeks"]))
        source = source.mask(fill, source + "; fact:" + values["record_id"].map(only["fact_id"]).astype("str"))
    return values.assign(weeks=weeks, source=source)


def _later(facts: pd.DataFrame) -> pd.DataFrame:
    """Every fact that tells a time after the start of its report's own study."""
    return facts[facts["weeks"].gt(0) & facts["status"].isin(["ok", "ambiguous", "planned"])]


def _only(told: pd.DataFrame) -> pd.DataFrame:
    """`weeks` and `fact_id` of each report that tells of one time only."""
    told = told.assign(other=~_is_an_end(told)).sort_values("other", kind="stable")
    by_report = told.groupby("record_id").agg(
        times=("weeks", "nunique"), **{c: (c, "first") for c in ("weeks", "fact_id", "other")}
    )
    return by_report[by_report["times"].eq(1)]


def _is_an_end(told: pd.DataFrame) -> pd.Series:
    """Whether a fact tells when something was measured: a visit, the end of treatment, or a value of that week."""
    return told["kind"].isin(_MEASURED) | (told["kind"].eq("followup") & told["measure"].isin(_ENDS))
