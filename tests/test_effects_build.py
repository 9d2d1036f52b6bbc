"""From outcomes to effects, directions, moderators and checks, on arms small enough to reckon by hand."""

import math

import pandas as pd
import pytest

from mscreview import effects, tables
from mscreview.effects.build import Value, combine
from mscreview.project import Paths, read_protocol


@pytest.fixture(scope="module")
def protocol():
    return read_protocol(Paths().protocol_file)


def outcome_rows(*rows):
    columns = "study_id arm_id outcome weeks value_kind n mean sd events source".split()
    frame = pd.DataFrame([dict(zip(columns, row, strict=True)) for row in rows], columns=columns)
    for name in tables.contracts()["outcomes"].names:
        if name not in frame:
            frame[name] = None
    return tables.check(frame.assign(curated=False, events_from="reported", sd_from="reported", unit="x"), "outcomes")


def arm_rows(*rows):
    frame = pd.DataFrame(rows, columns=["study_id", "arm_id", "role"])
    for name in tables.contracts()["arms"].names:
        if name not in frame:
            frame[name] = None
    return tables.check(frame, "arms")


TWO = arm_rows(("a", "cells", "treated"), ("a", "control", "control"))
THREE = arm_rows(("a", "one", "treated"), ("a", "two", "treated"), ("a", "control", "control"))
ALONE = arm_rows(("a", "cells", "treated"))


def test_treated_minus_control(protocol):
    rows = outcome_rows(
        ("a", "cells", "albumin", 24, "final", 30, 36.0, 3.0, None, "raw:t#1"),
        ("a", "control", "albumin", 24, "final", 20, 34.0, 4.0, None, "fact:a-f1"),
    )
    built = effects.build(rows, TWO, protocol).set_index("measure")
    assert built.loc["MD", "yi"] == 2.0
    assert built.loc["MD", "vi"] == pytest.approx(9 / 30 + 16 / 20)
    assert built.loc["MD", "sources"] == "raw:t#1; fact:a-f1"
    assert built.loc["MD", ["window", "better_if", "effect_from"]].tolist() == ["w24", "higher", "final"]


def test_survival_is_counted_as_deaths(protocol):
    rows = outcome_rows(
        ("a", "cells", "survival", 48, "events", 30, None, None, 25, "s1"),
        ("a", "control", "survival", 48, "events", 28, None, None, 20, "s2"),
    )
    built = effects.build(rows, TWO, protocol)
    assert set(built["outcome"]) == {"death"}
    ratio = built.query("measure == 'OR' and window == 'w48'")["yi"].item()
    assert ratio == pytest.approx(math.log((5 / 25) / (8 / 20)))


def test_deaths_as_printed_stand_before_survival_turned_round(protocol):
    rows = outcome_rows(
        ("a", "cells", "survival", 48, "events", 31, None, None, 21, "s1"),
        ("a", "cells", "death", 48, "events", 31, None, None, 7, "s2"),
        ("a", "control", "survival", 48, "events", 27, None, None, 11, "s3"),
        ("a", "control", "death", 48, "events", 27, None, None, 15, "s4"),
    )
    built = effects.build(rows, TWO, protocol).query("measure == 'RD' and window == 'w48'")
    assert built["yi"].item() == pytest.approx(7 / 31 - 15 / 27)
    assert built["sources"].item() == "s2; s4"


def test_no_event_in_both_arms_gives_a_risk_difference_only(protocol):
    rows = outcome_rows(
        ("a", "cells", "death", 24, "events", 30, None, None, 0, "s1"),
        ("a", "control", "death", 24, "events", 28, None, None, 0, "s2"),
    )
    built = effects.build(rows, TWO, protocol)
    assert set(built.loc[built["arm_c"].notna(), "measure"]) == {"RD"}


def test_arms_that_share_a_control_are_combined_and_stand_apart_too(protocol):
    rows = outcome_rows(
        ("a", "one", "meld", 24, "final", 10, 12.0, 2.0, None, "s1"),
        ("a", "two", "meld", 24, "final", 30, 16.0, 3.0, None, "s2"),
        ("a", "control", "meld", 24, "final", 20, 18.0, 3.0, None, "s3"),
    )
    built = effects.build(rows, THREE, protocol).query("measure == 'MD'").set_index("arm_t")
    assert built.loc["one+two", "yi"] == pytest.approx((10 * 12 + 30 * 16) / 40 - 18)
    assert pd.isna(built.loc["one+two", "shared_control"])
    assert set(built.loc[["one", "two"], "shared_control"]) == {"a:control"}
    assert built.loc["one", "yi"] == -6.0


def test_combined_arms_equal_the_patients_pooled():
    first, second = [1.0, 2.0, 6.0], [4.0, 5.0, 9.0, 10.0]
    values = [
        Value(name, len(x), mean=pd.Series(x).mean(), sd=pd.Series(x).std(), source=name)
        for name, x in (("p", first), ("q", second))
    ]
    together = combine(values)
    assert (together.n, together.arm, together.source) == (7, "p+q", "p; q")
    assert together.mean == pytest.approx(pd.Series(first + second).mean())
    assert together.sd == pytest.approx(pd.Series(first + second).std())


def test_the_time_nearest_to_the_window_counts(protocol):
    rows = outcome_rows(
        *[
            ("a", arm, "meld", week, "final", 20, mean, 2.0, None, f"{arm}{week}")
            for arm, mean in (("cells", 12.0), ("control", 14.0))
            for week in (20, 24, 28)
        ]
    )
    built = effects.build(rows, TWO, protocol).query("measure == 'MD'")
    assert built["weeks"].tolist() == [24.0]


def test_before_and_after_only_without_a_control_arm(protocol):
    rows = outcome_rows(
        ("a", "cells", "meld", 0, "baseline", 20, 16.0, 3.0, None, "s1"),
        ("a", "cells", "meld", 12, "final", 18, 13.0, 2.0, None, "s2"),
    )
    built = effects.build(rows, ALONE, protocol)
    assert built["measure"].tolist() == ["MC"]
    r = protocol.pooling.correlation
    assert built["yi"].item() == -3.0
    assert built["vi"].item() == pytest.approx((9 + 4 - 2 * r * 6) / 18)
    assert effects.build(rows, TWO, protocol).empty


def directed(*rows):
    columns = "study_id arm_id outcome weeks value_kind direction p p_operator comparator source".split()
    frame = pd.DataFrame([dict(zip(columns, row, strict=True)) for row in rows])
    for name in tables.contracts()["outcomes"].names:
        if name not in frame:
            frame[name] = None
    return tables.check(frame.assign(curated=False), "outcomes")


STUDIES = pd.DataFrame({"study_id": ["a"], "design": ["rct"]})
NONE = pd.DataFrame(columns=tables.contracts()["effects"].names)


def test_printed_directions_keep_their_comparison_and_bound(protocol):
    rows = directed(
        ("a", "cells", "meld", 24, "direction", "better", 0.05, "<", "control", "f1"),
        ("a", "cells", "albumin", None, "direction", "better", None, None, "baseline", "f2"),
        ("a", "cells", "alt", 4, "direction", "no difference", 0.3, "=", "control", "f3"),
    )
    found = effects.directions(rows, NONE, STUDIES, TWO, protocol).set_index("outcome")
    assert found.loc["meld", ["window", "contrast", "significant", "p_operator"]].tolist() == [
        "w24",
        "between",
        True,
        "<",
    ]
    assert found.loc["albumin", ["window", "contrast"]].tolist() == ["unstated", "within"]
    assert pd.isna(found.loc["albumin", "significant"])
    assert found.loc["alt", "significant"] == False  # noqa: E712


def test_statements_that_contradict_each_other_are_mixed(protocol):
    rows = directed(
        ("a", "cells", "meld", 24, "direction", "better", None, None, "control", "f1"),
        ("a", "cells", "meld", 28, "direction", "worse", None, None, "control", "f2"),
    )
    found = effects.directions(rows, NONE, STUDIES, TWO, protocol)
    assert found["direction"].tolist() == ["mixed"]
    assert found["sources"].tolist() == ["f1; f2"]


def test_a_computed_effect_fills_in_where_nothing_is_printed(protocol):
    rows = outcome_rows(
        ("a", "cells", "meld", 24, "final", 30, 12.0, 3.0, None, "s1"),
        ("a", "control", "meld", 24, "final", 30, 16.0, 3.0, None, "s2"),
    )
    built = effects.build(rows, TWO, protocol)
    found = effects.directions(rows, built, STUDIES, TWO, protocol)
    assert found[["direction", "contrast", "significant"]].to_numpy().tolist() == [["better", "between", True]]


def test_moderators_of_combined_arms(protocol):
    arms = THREE.assign(
        route=["", "iv", "iv"], cells_per_dose=[None, 1e7, 1e9], n_doses=[None, 1, 2], donor=[None, "self", None]
    )
    studies = pd.DataFrame({c: [None] for c in tables.contracts()["studies"].names}).assign(study_id="a", year=2015)
    effect = pd.DataFrame({"study_id": ["a", "a"], "arm_t": ["one+two", "two"]})
    found = effects.moderators(effect, studies, arms, protocol)
    assert found["route"].tolist() == ["iv", "iv"]
    assert found["dose_band"].tolist() == ["mixed", "2e+08 or more"]
    assert found["n_doses_band"].tolist() == ["mixed", "2 or more"]
    assert found["donor"].isna().all()


def test_checks_flag_and_say_ok(protocol):
    rows = outcome_rows(
        ("a", "cells", "albumin", 0, "baseline", 30, 36.0, 0.3, None, "s1"),
        ("a", "control", "albumin", 0, "baseline", 30, 34.0, 0.4, None, "s2"),
        ("a", "cells", "albumin", 24, "final", 30, 360.0, 0.3, None, "s3"),
        ("a", "control", "albumin", 24, "final", 30, 34.0, 0.4, None, "s4"),
    )
    facts = pd.DataFrame({"fact_id": ["a-f1"], "checks": ["events exceed n"], "quote": ["31 of 30"]})
    found = effects.checks(facts, rows, effects.build(rows, TWO, protocol), protocol)
    flagged = found[found["verdict"] == "flag"].set_index("check")["effect_id"]
    assert flagged["events exceed n"] == "a-f1"
    assert flagged["plausible"] == "s3"
    assert flagged["SD may be a standard error"].endswith("w24-SMD")
    assert "baseline" in flagged["arms alike at baseline"]


def test_estimates_off_the_middle_of_their_interval_are_flagged():
    rows = pd.DataFrame(
        {
            "measure": ["OR", "OR", "MD"],
            "estimate": [2.0, 3.5, 1.0],
            "ci_low": [1.0, 1.0, 0.0],
            "ci_high": [4.0, 4.0, 2.0],
        }
    )
    assert effects.symmetry(rows)["verdict"].tolist() == ["ok", "flag", "ok"]


def test_a_hazard_ratio_of_survival_is_one_of_death(protocol):
    reported = pd.DataFrame(
        {"study_id": "a", "kind": "trial", "outcome": "survival", "measure": ["HR", "OR", "RR"], "weeks": 240.0,
         "estimate": 0.5, "ci_low": 0.25, "ci_high": 1.0, "source": "fact:a-f9"}
    )  # fmt: skip
    built = effects.build(outcome_rows(), TWO, protocol, reported).set_index("measure")
    assert set(built.index) == {"HR", "OR"}, "a risk ratio of survival cannot be turned into one of death"
    assert built["outcome"].unique().tolist() == ["death"]
    assert built.loc["HR", "yi"] == pytest.approx(math.log(0.5))
    assert built.loc["OR", "yi"] == pytest.approx(math.log(2.0))
    assert built.loc["HR", "vi"] == pytest.approx((math.log(4) / (2 * 1.959964)) ** 2, rel=1e-6)


def test_a_printed_difference_of_means_counts_where_its_sign_can_be_trusted(protocol):
    def built(outcome, estimate, low, high, weeks=24.0):
        row = {"study_id": "a", "kind": "trial", "measure": "MD", "source": "fact:a-f9", "outcome": outcome}
        numbers = {"estimate": [estimate], "ci_low": [low], "ci_high": [high], "weeks": [weeks]}
        return effects.build(outcome_rows(), TWO, protocol, pd.DataFrame(row | numbers))

    fall = built("bilirubin", -8.0, -12.0, -4.0)
    assert fall["yi"].item() == -8.0 and fall["effect_from"].item() == "reported"
    assert fall["vi"].item() == pytest.approx((8 / (2 * 1.959964)) ** 2, rel=1e-6)
    assert len(built("albumin", 2.0, 0.5, 3.5)) == 1
    assert built("bilirubin", 8.0, 4.0, 12.0).empty, "the size of a fall, or a rise"
    assert built("bilirubin", -8.0, -4.0, -2.0).empty, "an estimate outside its interval"
    assert built("bilirubin", -8.0, -12.0, -4.0, float("nan")).empty, "no time"


def test_of_two_reports_of_a_study_the_one_with_most_patients_counts(protocol):
    rows = outcome_rows(
        ("a", "cells", "death", 24, "events", 50, None, None, 6, "fact:a-f1"),
        ("a", "control", "death", 24, "events", 50, None, None, 12, "fact:a-f2"),
        ("a", "cells", "death", 24, "events", 120, None, None, 14, "fact:b-f1"),
        ("a", "control", "death", 24, "events", 120, None, None, 29, "fact:b-f2"),
    )
    built = effects.build(rows, TWO, protocol).query("measure == 'RD' and window == 'w24'")
    assert built["yi"].item() == pytest.approx(14 / 120 - 29 / 120)


def test_what_is_measured_once_needs_no_week(protocol):
    stay = protocol.outcomes["albumin"].model_copy(update={"once": True})
    told = protocol.model_copy(update={"outcomes": {**protocol.outcomes, "albumin": stay}})
    rows = outcome_rows(
        ("a", "cells", "albumin", float("nan"), "final", 30, 36.0, 3.0, None, "s1"),
        ("a", "control", "albumin", 0.4, "final", 20, 34.0, 4.0, None, "s2"),
    )
    assert effects.build(rows, TWO, protocol).empty
    built = effects.build(rows, TWO, told).set_index("measure")
    assert built.loc["MD", "yi"] == 2.0 and built.loc["MD", "window"] == "once"
