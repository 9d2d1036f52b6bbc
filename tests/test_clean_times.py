"""When a value was measured and of how many patients it is, where its own sentence does not say."""

import pandas as pd
import pytest

from mscreview.clean.arms import Roster
from mscreview.clean.sizes import of_reports, of_totals
from mscreview.clean.times import with_weeks

COLUMNS = "record_id fact_id kind measure weeks status".split()


def told(*rows):
    return pd.DataFrame(rows, columns=COLUMNS).astype({"weeks": "float64"})


def placed(*rows):
    facts = told(*rows)
    first = with_weeks(facts[facts["fact_id"].eq("f1")], facts).iloc[0]
    return first["weeks"], first["source"]


MEAN = ("a", "f1", "mean", None, None, "ok")


@pytest.mark.parametrize(
    "other",
    [
        ("a", "f2", "followup", "treated", 12, "ok"),
        ("a", "f2", "followup", "visit", 12, "ok"),
        ("a", "f2", "mean", None, 12, "ok"),
    ],
)
def test_a_mean_belongs_to_the_only_time_its_report_names(other):
    assert placed(MEAN, other) == (12, "fact:f1; fact:f2")


@pytest.mark.parametrize(
    "others",
    [
        [("a", "f2", "followup", "treated", 12, "ok"), ("a", "f3", "mean", None, 6, "ok")],
        [("a", "f2", "followup", "followed", 96, "ok")],  # followed for longer than measured
        [("a", "f2", "events", None, 0.4, "ok")],  # within three days: how long they were counted
        [("b", "f2", "followup", "treated", 12, "ok")],
        [("a", "f2", "followup", "treated", 12, "background")],
    ],
)
def test_where_no_one_time_is_told_the_week_stays_empty(others):
    weeks, source = placed(MEAN, *others)
    assert pd.isna(weeks) and source == "fact:f1"


def test_patients_are_counted_to_the_end_of_the_only_follow_up():
    counted = ("a", "f1", "events", None, None, "ok")
    assert placed(counted, ("a", "f2", "followup", "followed", 96, "ok"))[0] == 96
    assert pd.isna(placed(counted, ("a", "f2", "followup", "treated", 12, "ok"))[0])


def test_a_value_is_of_as_many_patients_as_its_own_report_has():
    roster = Roster("half", {"treated": "treated", "control": "control"}, {"oats": "treated", "water": "control"})
    columns = "study_id record_id kind status section arm value".split()
    facts = pd.DataFrame(
        [
            ("half", "half", "arm_n", "ok", "results", "oats", 50.0),
            ("half", "whole", "arm_n", "ok", "methods", "oats", 120.0),
            ("half", "letter", "arm", "ok", "methods", "oats", None),
        ],
        columns=columns,
    )
    arms = pd.DataFrame({"study_id": ["half"], "arm_id": ["treated"], "n": [50]})
    sizes = of_reports(facts, arms, {"half": roster})
    assert sizes == {("half", "treated"): 50, ("whole", "treated"): 120, ("letter", "treated"): 50}


def test_sizes_that_follow_from_a_total():
    arms = pd.DataFrame(
        {
            "study_id": ["a", "a", "b", "b", "c", "d", "d"],
            "arm_id": list("tctcttc"),
            "n": [None, None, 9, None, None, None, None],
        }
    )
    studies = pd.DataFrame({"study_id": list("abcd"), "n_total": [100, 20, 13, 31]})
    facts = pd.DataFrame({"study_id": list("abd"), "kind": "n_total", "measure": "divided evenly"})
    sizes = of_totals(arms, studies, facts)["n"].tolist()
    assert sizes[:2] == [50, 50], "evenly divided"
    assert sizes[2] == 9 and pd.isna(sizes[3]), "a size is printed: the other is not half"
    assert sizes[4] == 13, "the sole arm"
    assert pd.isna(sizes[5]) and pd.isna(sizes[6]), "31 has no half"
