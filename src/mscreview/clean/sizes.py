"""How many patients an arm has, where its size is not printed, and how many stand behind a value without a denominator.

Takes facts, the tables of arms and studies and the rosters. A sole arm has all patients, arms of a total divided evenly
have equal parts of it. Two reports of one study (the first half of the patients, then all) have arms of their own size.
"""

from __future__ import annotations

import pandas as pd

from mscreview.clean.arms import Roster
from mscreview.extract.counts.evenly import EVENLY

Sizes = dict[tuple[str, str], float]


def of_totals(arms: pd.DataFrame, studies: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """`arms` with the sizes that follow from the total: of a sole arm, and of arms of which none has a size of its own
    where the text says that the total was divided evenly."""
    totals = arms["study_id"].map(studies.set_index("study_id")["n_total"].astype("float64"))
    by_study = arms.groupby("study_id")["n"]
    several, told = by_study.transform("size"), by_study.transform("count")
    evenly = facts.loc[facts["kind"].eq("n_total") & facts["measure"].eq(EVENLY), "study_id"]
    parts = totals / several
    divided = arms["study_id"].isin(evenly) & told.eq(0) & parts.eq(parts.round())
    return arms.assign(n=arms["n"].astype("float64").fillna(parts.where(several.eq(1) | divided)))


def of_reports(facts: pd.DataFrame, arms: pd.DataFrame, found: dict[str, Roster]) -> Sizes:
    """(record_id, arm_id) -> patients.

    Parameters
    ----------
    facts : facts of included studies, with `study_id`.
    arms : the arms table, whose sizes hold for every report that prints none of its own.
    found : the arms of each study.
    """
    known = arms.dropna(subset="n").set_index(["study_id", "arm_id"])["n"].astype(float).to_dict()
    sizes: Sizes = {}
    for (study_id, record_id), report in facts.groupby(["study_id", "record_id"]):
        alone = facts.loc[facts["study_id"].eq(study_id), "record_id"].nunique() == 1
        own = {} if alone else _printed(report, found[study_id])
        whole = {arm: n for (study, arm), n in known.items() if study == study_id}
        sizes |= {(record_id, arm): n for arm, n in (whole | own).items()}
    return sizes


def _printed(report: pd.DataFrame, roster: Roster) -> dict[str, float]:
    """Sizes of arms that a report tells once and for all."""
    told: dict[str, set[float]] = {}
    usable = report["kind"].eq("arm_n") & report["status"].eq("ok") & report["arm"].notna() & report["value"].notna()
    for fact in report[usable & ~report["section"].isin(["conclusion", "background"])].itertuples():
        if arm_id := roster.arm_of(fact.arm):
            told.setdefault(arm_id, set()).add(fact.value)
    return {arm_id: next(iter(values)) for arm_id, values in told.items() if len(values) == 1}
