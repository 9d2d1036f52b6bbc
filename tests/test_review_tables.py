"""The committed raw material, read from text to table, holds what the evidence sheet says its sources print."""

import math

import pandas as pd
import pytest

from mscreview import clean, extract, records
from mscreview.clean.units import in_unit, outcome_id
from mscreview.project import read_protocol

SIDES = ("treated", "control")


@pytest.fixture(scope="module")
def review(repo):
    raw = repo / "data" / "raw"
    protocol = read_protocol(raw / "protocol.toml")
    found = records.load(raw)
    sheets = clean.load_sheets(raw)
    screening = records.screen(found, protocol, curation=sheets.curation)
    facts = extract.table(found[found["duplicate_of"].isna()], protocol)
    cleaned = clean.clean(facts, found, screening, sheets, protocol)
    own = cleaned.outcomes[cleaned.outcomes["source"].str.startswith("fact:")]
    return protocol, own.assign(side=own["arm_id"].str.startswith("control").map({True: "control", False: "treated"}))


def evidence(shared, kind, protocol):
    """Rows of the evidence that stand in an abstract and measure an outcome of the protocol, one a side."""
    rows = pd.read_csv(shared / "evidence" / f"outcomes_{kind}.csv")
    rows = rows[rows["source_place"].str.contains("abstract", case=False)]
    rows = rows.assign(key=[outcome_id(name, protocol) for name in rows["outcome"]])
    return rows[rows["key"].ne("")]


def number(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def same(left, right, tolerance=0.006):
    left, right = number(left), number(right)
    return (math.isnan(left) and math.isnan(right)) or abs(left - right) <= tolerance * max(1.0, abs(right))


def has_mean(table, row, side, protocol):
    printed = number(row[f"mean_{side}"])
    spread = number(row[f"sd_{side}"])
    outcome = protocol.outcomes[row["key"]]
    units = [row["unit"]] if isinstance(row["unit"], str) else [None, *outcome.units]
    for value in {v for unit in units if (v := in_unit(outcome, printed, unit)) is not None}:
        sd = spread * value / printed
        for got in table[table["outcome"].eq(row["key"]) & table["side"].eq(side) & table["mean"].notna()].itertuples():
            alike = same(got.mean, value) and (math.isnan(sd) or row["dispersion"] == "iqr" or same(got.sd, sd, 0.011))
            if alike and same(got.weeks, row["time_weeks"], 0.3):
                return True
    return False


def has_count(table, row, side, protocol):
    of_outcome = table[table["outcome"].eq(row["key"]) & table["side"].eq(side)]
    events, n = number(row[f"events_{side}"]), number(row[f"n_{side}"])
    for got in of_outcome[of_outcome["value_kind"].isin(["events", "percent"])].itertuples():
        counted = same(got.events, events) and same(got.n, n)
        # a share of which no whole number of patients is certain stays a share: the evidence rounds it to a count
        share = math.isnan(number(got.events)) and abs(number(got.percent) - 100 * events / n) <= 100 / n
        if (counted or share) and same(got.weeks, row["time_weeks"], 0.3):
            return True
    return False


def shares(shared, review, kind, column, found):
    protocol, table = review
    asked = [
        (row["trial_id"], row["outcome"], row["time_weeks"], side, found(table, row, side, protocol))
        for _, row in evidence(shared, kind, protocol).iterrows()
        for side in SIDES
        if not math.isnan(number(row[f"{column}_{side}"]))
    ]
    missing = [case[:4] for case in asked if not case[4]]
    return 1 - len(missing) / len(asked), missing


def test_means_printed_in_abstracts_arrive_with_outcome_arm_week_and_spread(shared, review):
    share, missing = shares(shared, review, "continuous", "mean", has_mean)
    assert share >= 0.97, missing


def test_counts_printed_in_abstracts_arrive_with_outcome_arm_week_and_denominator(shared, review):
    share, missing = shares(shared, review, "binary", "events", has_count)
    assert share >= 0.96, missing


def test_no_value_of_an_abstract_stands_under_two_arms_or_weeks(review):
    """One printed number has one place: the worst error is a value linked to an arm that is not its own."""
    _, table = review
    values = table[table["value_kind"].isin(["baseline", "final", "change"])]
    single = values[~values["source"].str.contains(";")]
    assert not single.duplicated("source").any()


def test_a_share_is_between_nothing_and_all(review):
    _, table = review
    counted = table.dropna(subset=["events", "n"])
    assert len(counted) > 0
    assert (counted["events"] <= counted["n"]).all()
    assert table["percent"].dropna().between(0, 100).all()
