"""The planned analyses: what belongs together, weights, subgroups, other choices, absolute risks, certainty, harms."""

import math

import numpy as np
import pandas as pd
import pytest

from mscreview import pool, tables
from mscreview.pool import absolute, analyses, certainty, harms, sensitivity


def effects(**columns):
    """Five studies with one mean difference each, randomised and not by turns."""
    n = 5
    base = {
        "effect_id": [f"e{i}" for i in range(n)], "study_id": [f"s{i}" for i in range(n)], "arm_t": "cells",
        "arm_c": "control", "outcome": "albumin", "weeks": 24.0, "window": "w24", "measure": "MD",
        "yi": [1.0, 2.5, 0.5, 3.0, 1.5], "vi": [0.4, 0.6, 0.3, 0.9, 0.5], "n_t": 20.0, "n_c": 20.0,
        "better_if": "higher", "effect_from": "final", "shared_control": None,
        "sources": [f"raw:t.csv#{i}" for i in range(n)], "randomised": [True, False, True, False, True],
        "design": ["rct", "other", "rct", "other", "rct"], "year": [2010, 2012, 2014, 2016, 2018],
    }  # fmt: skip
    return pd.DataFrame(base | columns)


def outcomes():
    frame = pd.DataFrame({c: pd.Series(dtype="object") for c in tables.contracts()["outcomes"].names})
    return tables.check(frame, "outcomes")


def test_a_planned_analysis_is_the_models_own_fit():
    planned = analyses.plan(effects())
    row = tables.check(analyses.pooled(planned), "pooled").iloc[0]
    fit = pool.fit(effects()["yi"], effects()["vi"], test="knha")
    assert row["analysis_id"] == "albumin-w24-MD"
    assert (row["k"], row["n"]) == (5, 200)
    assert [row["est"], row["ci_low"], row["pi_high"], row["tau2"]] == pytest.approx(
        [fit.est, fit.ci[0, 0], fit.pi[1], fit.tau2]
    )


def test_arms_that_share_a_control_stay_out_of_the_main_analysis():
    table = effects(shared_control=[None, None, None, "s3:control", None])
    assert set(analyses.plan(table)["effect_id"]) == {"e0", "e1", "e2", "e4"}


def test_a_final_value_stands_before_a_change_of_the_same_study():
    table = effects(
        study_id=["s0", "s0", "s2", "s3", "s4"], effect_from=["change", "final", "change", "final", "final"]
    )
    assert set(analyses.plan(table)["effect_id"]) == {"e1", "e2", "e3", "e4"}


def test_baseline_and_single_arms_are_analyses_of_their_own():
    table = effects(
        effect_from=["baseline", "final", "pre-post", "events", "final"],
        measure=["MD", "MD", "MC", "PFT", "MD"],
        arm_c=["control", "control", None, None, "control"],
    )
    ids = analyses.plan(table).set_index("effect_id")["analysis_id"]
    assert ids["e0"] == "albumin-w24-MD-baseline"
    assert ids["e2"] == "albumin-w24-MC-prepost"
    assert ids["e3"] == "albumin-w24-PFT-single"


def test_weights_are_percent_of_both_models():
    planned = analyses.plan(effects())
    weight = analyses.weights(planned, analyses.pooled(planned)).set_index("effect_id")
    assert weight[["weight_common", "weight_random"]].sum().to_numpy() == pytest.approx([100, 100])
    inverse = 1 / effects()["vi"].to_numpy()
    assert weight["weight_common"].to_numpy() == pytest.approx(100 * inverse / inverse.sum())


def test_subgroups_are_fits_of_their_levels_with_a_test_between():
    planned = analyses.plan(effects())
    found = tables.check(analyses.subgroups(planned, ["design"]), "pooled").set_index("level")
    rct = planned[planned["design"] == "rct"]
    assert found.loc["rct", "est"] == pytest.approx(pool.fit(rct["yi"], rct["vi"]).est)
    fits = [pool.fit(g["yi"], g["vi"]) for _, g in planned.groupby("design")]
    w = np.array([1 / f.se[0] ** 2 for f in fits])
    y = np.array([f.est for f in fits])
    assert found["q_between"].tolist() == pytest.approx([(w * (y - (w * y).sum() / w.sum()) ** 2).sum()] * 2)
    assert found["q_between_df"].tolist() == [1, 1]


def test_a_level_nobody_tells_is_shown_and_stays_out_of_the_test():
    planned = analyses.plan(effects(design=["rct", "rct", "other", None, None]))
    found = analyses.subgroups(planned, ["design"]).set_index("level")
    assert found.loc["not stated", "k"] == 2
    assert set(found["q_between_df"]) == {1.0}


def test_no_subgroups_where_all_are_alike():
    assert analyses.subgroups(analyses.plan(effects(design="rct")), ["design"]).empty


def test_slopes_are_meta_regressions():
    row = analyses.slopes(analyses.plan(effects()), "year").iloc[0]
    x = effects()["year"].to_numpy(float)
    fit = pool.fit(effects()["yi"], effects()["vi"], X=np.column_stack([np.ones(5), x]), test="knha")
    assert [row["est"], row["ci_low"]] == pytest.approx([fit.beta[1], fit.ci[1, 0]], rel=1e-6)
    assert analyses.slopes(analyses.plan(effects()), "year", min_k=6).empty


def test_posterior_of_few_studies_lies_between_them():
    planned = analyses.plan(effects()).head(2)
    row = analyses.posteriors(planned, {"albumin": 2.0}, {"albumin": "higher"}).iloc[0]
    assert planned["yi"].min() < row["est"] < planned["yi"].max()
    assert row["low"] < row["est"] < row["high"]
    assert 0.5 < row["p_benefit"] < 1


def test_each_variant_is_another_fit():
    table = sensitivity.sensitivity(analyses.plan(effects()), outcomes())
    table = tables.check(table, "sensitivity").set_index("variant")
    wald = pool.fit(effects()["yi"], effects()["vi"], method="DL", test="z")
    assert table.loc["DL, Wald", "ci_low"] == pytest.approx(wald.ci[0, 0])
    assert table.loc["randomised only", "k"] == 3
    without = effects().drop(index=1)
    assert table.loc["without e1", "est"] == pytest.approx(pool.fit(without["yi"], without["vi"]).est)
    assert "tables only" not in table.index, "no value was read in an abstract"


def test_a_recovered_sd_leaves_by_the_values_own_source():
    """The fact that told the time of one value may hold another: only the one with the recovered SD leaves."""
    sources = ["fact:a-f1; fact:a-f2", "fact:b-f1", "fact:c-f1", "fact:d-f1", "fact:e-f1"]
    told = pd.DataFrame(
        {
            "source": ["fact:a-f1; fact:b-f1", "fact:b-f1", "fact:c-f1"], "events_from": None,
            "mean": [1.0, 2.0, 3.0], "sd_from": ["se", "reported", "reported"],
        }
    )  # fmt: skip
    table = sensitivity.sensitivity(analyses.plan(effects(sources=sources)), told).set_index("variant")
    without = effects().drop(index=0)
    assert table.loc["SDs as printed", "k"] == 4
    assert table.loc["SDs as printed", "est"] == pytest.approx(pool.fit(without["yi"], without["vi"]).est)


def pooled_row(**changes):
    base = {"k": 12, "n": 800, "i2": 10.0, "ci_low": 0.2, "ci_high": 0.9, "pi_low": 0.1, "pi_high": 1.0, "est": 0.5}
    return pd.Series(base | changes)


@pytest.mark.parametrize(
    "changes, designs, conditions, expected",
    [
        ({}, ["rct"], ["a"], "moderate"),
        ({"i2": 80.0}, ["rct"], ["a"], "low"),
        ({"pi_low": -0.4}, ["rct"], ["a"], "low"),
        ({"n": 100, "ci_low": -0.1}, ["rct"], ["a"], "very low"),
        ({}, ["other"], ["a"], "low"),
        ({}, ["rct", "other"], ["a"], "low"),
        ({}, ["rct"], ["a", "b"], "low"),
    ],
)
def test_each_reason_costs_a_level(changes, designs, conditions, expected):
    rated = certainty.certainty(pooled_row(**changes), designs, conditions)
    assert rated["certainty"] == expected
    assert sum(rated[d] for d in certainty.DOMAINS) >= (0 if designs == ["other"] else 1)
    assert rated["reasons"]


def test_no_event_still_allows_a_risk():
    arms = pd.DataFrame({"study_id": ["a", "b"], "arm_id": ["t", "t"], "role": ["treated", "control"]})
    rows = pd.DataFrame(
        {"study_id": ["a", "a", "b"], "arm_id": "t", "outcome": "sae", "weeks": [4.0, 24.0, 4.0], "value_kind": "events",
         "events": [0.0, 0.0, 5.0], "n": [30.0, 29.0, 10.0]}
    )  # fmt: skip
    row = harms.harms(rows, arms).iloc[0]
    assert (row["arms"], row["events"], row["patients"], row["low"]) == (1, 0, 29, 0)
    assert row["high"] == pytest.approx(100 * (1 - 0.025 ** (1 / 29)))


def test_absolute_risks_follow_from_the_ratio_and_the_control_arms():
    planned = effects(measure="OR", outcome="death", arm_t="t", arm_c="c").assign(analysis_id="x")
    rows = pd.DataFrame(
        {"analysis_id": ["x"], "measure": "OR", "est": math.log(0.5), "ci_low": math.log(0.25), "ci_high": 0.0}
    )
    counts = pd.DataFrame(
        {
            "study_id": [f"s{i}" for i in range(5)],
            "arm_id": "c",
            "outcome": "death",
            "weeks": 24.0,
            "events": 4.0,
            "n": 20.0,
        }
    )
    risk = absolute.risks(rows, planned, counts).iloc[0]
    assert risk["assumed"] == pytest.approx(0.2)
    assert risk["corresponding"] == pytest.approx(0.5 * 0.25 / (1 + 0.5 * 0.25))
    assert risk["corresponding_high"] == pytest.approx(0.2)


def test_an_interval_shorter_than_walds_says_so():
    alike = analyses.pooled(analyses.plan(effects(yi=[1.0, 1.01, 0.99, 1.0, 1.02]))).iloc[0]
    assert alike["note"] == analyses.SHORTER
    assert pd.isna(analyses.pooled(analyses.plan(effects())).iloc[0]["note"])


def test_few_studies_say_so():
    notes = [analyses.pooled(analyses.plan(effects().head(k))).iloc[0]["note"] for k in (1, 2)]
    assert notes == [analyses.NOTES[1], analyses.NOTES[2]]


def test_the_multiverse_walks_every_measure_of_the_outcomes_asked():
    both = pd.concat([effects(), effects(measure="SMD", effect_id=[f"g{i}" for i in range(5)], yi=[0.1] * 5)])
    planned = analyses.plan(both.reset_index(drop=True))
    walked = sensitivity.choices_of(planned, pd.DataFrame({"outcome": ["albumin"], "window": ["w24"]}))
    assert walked["measure"].tolist() == ["MD", "SMD"]
    md = walked.set_index("measure").loc["MD"]
    assert md["combinations"] == 2 * (1 + 4 * 4), "two rules; the common effect has one interval, the others four"
    fits = [pool.fit(effects()["yi"], effects()["vi"], method=m).est for m in ("DL", "REML", "PM", "SJ")]
    assert md["lowest"] <= min(fits) and md["highest"] >= max(fits)
    assert 0 < md["excludes"] < 100
    assert sensitivity.choices_of(planned, pd.DataFrame({"outcome": ["alt"], "window": ["w24"]})).empty
