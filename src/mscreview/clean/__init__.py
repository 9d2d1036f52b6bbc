"""Facts and raw sheets in; studies, arms, outcomes, reported estimates and conflicts out, in the protocol's terms."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mscreview import tables
from mscreview.clean import arms as _arms, outcomes as _outcomes, reported as _reported, sizes, studies as _studies
from mscreview.clean.candidates import CONFLICT_COLUMNS
from mscreview.clean.facts import curated
from mscreview.clean.sheets import Sheets, load as load_sheets
from mscreview.project import Protocol

__all__ = ["Cleaned", "Sheets", "clean", "load_sheets"]

SYSTEMATIC_REVIEW = "systematic review"


@dataclass(frozen=True)
class Cleaned:
    """The five tables of this stage, checked against their contracts."""

    studies: pd.DataFrame
    arms: pd.DataFrame
    outcomes: pd.DataFrame
    reported: pd.DataFrame
    conflicts: pd.DataFrame


def clean(
    facts: pd.DataFrame, records: pd.DataFrame, screening: pd.DataFrame, sheets: Sheets, protocol: Protocol
) -> Cleaned:
    """Harmonise, link and curate.

    Parameters
    ----------
    facts, records, screening : tables of the contracts.
    sheets : the raw sheets, from `load_sheets`.
    protocol : vocabularies, units and outcomes.
    """
    decided = records.merge(screening[["record_id", "decision", "reason", "study_id"]], on="record_id")
    reports = decided[decided["decision"] == "include"]
    reviews = decided[decided["reason"].eq(SYSTEMATIC_REVIEW)]
    own = _with_study(curated(facts, sheets.curation), reports)
    found = _arms.rosters(own, sheets, sorted(set(reports["study_id"])), protocol)
    studies, conflicts = _studies.studies(own, reports, sheets, protocol)
    arms, more = _arms.arms(own, sheets, found, protocol)
    arms = sizes.of_totals(arms, studies, own)
    studies = _totals_of_arms(studies, arms)
    arms_checked = tables.check(arms, "arms")
    outcomes, left = _outcomes.outcomes(own, sheets, found, sizes.of_reports(own, arms_checked, found), protocol)
    reported = _reported.reported(
        own, _with_study(facts, reviews.assign(study_id=reviews["record_id"])), sheets, protocol
    )
    listed = pd.DataFrame([*conflicts, *more, *left], columns=CONFLICT_COLUMNS)
    return Cleaned(
        tables.check(studies, "studies"),
        arms_checked,
        tables.check(outcomes, "outcomes"),
        tables.check(reported, "reported"),
        tables.check(listed, "conflicts"),
    )


def _with_study(facts: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Facts of these reports with their `study_id` and `own`: whether the report is the study's main one.

    That is the report that tells of most patients (the whole trial before its first half), else the first.
    """
    linked = facts.merge(reports[["record_id", "study_id"]], on="record_id")
    of_trial = linked["status"].eq("ok") & ~linked["section"].isin(["conclusion", "background"])
    told = linked["value"].where(linked["kind"].eq("n_total") & of_trial)
    most = told.groupby(linked["record_id"]).transform("max").fillna(0)
    first = linked["record_id"].eq(linked["study_id"])
    largest = most.eq(most.groupby(linked["study_id"]).transform("max"))
    alone = (largest & first).groupby(linked["study_id"]).transform("any")
    return linked.assign(own=first.where(alone, largest))


def _totals_of_arms(studies: pd.DataFrame, arms: pd.DataFrame) -> pd.DataFrame:
    """The total where none is printed: the sum of the arms, when the size of each is known."""
    sums = arms["n"].astype("float64").groupby(arms["study_id"]).agg(["sum", "count", "size"])
    whole = sums.loc[sums["count"] == sums["size"], "sum"]
    totals = studies["n_total"].astype("float64").fillna(studies["study_id"].map(whole))
    return studies.assign(n_total=totals)
