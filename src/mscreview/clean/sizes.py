"""How many patients stand behind a value printed without a denominator: the arm's size in the report that prints it.

Takes facts, the arms table and the rosters; gives sizes by report and arm. Two reports of one study (the first half
of the patients, then all) have arms of their own size each.
"""

from __future__ import annotations

import pandas as pd

from mscreview.clean.arms import Roster

Sizes = dict[tuple[str, str], float]


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
