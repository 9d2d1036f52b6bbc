"""The headline facts of five real pages, read as a user's saved pages are: every number with outcome, week and sign."""

from functools import cache
from pathlib import Path

import pytest

from mscreview import extract
from mscreview.project import Paths, read_protocol
from mscreview.records.readers import read

PAGES = {
    "review": "000_",
    "traditional": "001_",
    "autoimmune": "002_",
    "dose_groups": "003_",
    "ten_years": "004_",
}

# measure, outcome, weeks, estimate, low, high: the pooled estimates of the Traditional page
POOLED = [
    ("OR", "survival", 8, 2.47, 1.38, 4.43),
    ("OR", "survival", 12, 2.21, 1.31, 3.74),
    ("MD", "meld", 4, -2.35, -3.41, -1.29),
    ("MD", "meld", 12, -3.41, -5.41, -1.40),
    ("MD", "meld", 24, -2.55, -3.32, -1.77),
    ("MD", "albumin", 4, 2.08, 1.53, 2.63),
    ("MD", "albumin", 12, 2.05, 0.43, 3.66),
    ("MD", "albumin", 24, 4.03, 3.26, 4.81),
    ("MD", "bilirubin", 2, -16.93, -29.64, -4.21),
    ("MD", "bilirubin", 12, -10.79, -21.34, -0.25),
    ("MD", "alt", 2, -12.53, -20.56, -4.5),
    ("MD", "ast", 4, -10.77, -20.50, -1.04),
    ("MD", "ast", 12, -25.48, -48.92, -2.04),
]
# entry of the ten-year page -> patients it prints; None: it prints no single total
SIZES = {
    1: None, 2: 27, 3: 72, 4: 4, 5: None, 6: 56, 7: 60, 8: 467, 9: 86, 10: 513, 11: None, 12: 219, 13: None, 14: 108,
    15: None, 16: None, 17: 84, 18: 64, 19: None, 20: None,
}  # fmt: skip


@cache
def _protocol():
    return read_protocol(Paths().raw / "protocol.toml")


@cache
def _page(folder: Path, name: str):
    """(text, facts) of every record of a page."""
    [path] = sorted((folder / "seeds").glob(f"{PAGES[name]}*"))
    texts = [f"{record.title}\n{record.abstract}" for record in read(path)]
    return [(text, extract.facts(text, _protocol())) for text in texts]


def _facts(shared, name, kind):
    [(_, facts)] = _page(shared, name)
    return [f for f in facts if f.kind == kind]


def _numbers(facts, status="ok"):
    return {f.value for f in facts if f.status == status}


def _terms(shared, name, kind):
    return {f.value_text for f in _facts(shared, name, kind)}


@pytest.mark.parametrize("name", PAGES)
def test_every_quote_stands_in_the_page(shared, name):
    for text, facts in _page(shared, name):
        assert facts
        assert all(text[f.start : f.end] == f.quote for f in facts)


@pytest.mark.parametrize(("measure", "outcome", "weeks", "value", "low", "high"), POOLED)
def test_pooled_estimate_of_the_traditional_page(shared, measure, outcome, weeks, value, low, high):
    found = {(f.measure, f.outcome, f.weeks, f.value, f.low, f.high) for f in _facts(shared, "traditional", "effect")}
    assert (measure, outcome, float(weeks), value, low, high) in found


def test_traditional_page_prints_no_other_estimate(shared):
    assert len(_facts(shared, "traditional", "effect")) == len(POOLED)


def test_traditional_page_studies_and_patients(shared):
    assert _numbers(_facts(shared, "traditional", "k_studies")) == {13}
    assert _numbers(_facts(shared, "traditional", "n_total")) == {854}
    arms = {(f.arm, f.value) for f in _facts(shared, "traditional", "arm_n")}
    assert arms == {("试验组", 403), ("对照组", 451)}


def test_autoimmune_trial_counts(shared):
    assert _numbers(_facts(shared, "autoimmune", "n_total")) == {26}
    assert {f.value for f in _facts(shared, "autoimmune", "arm_n")} == {23, 2, 1}
    deaths = [f for f in _facts(shared, "autoimmune", "events") if f.outcome == "death"]
    assert {f.value for f in deaths} == {3}


def test_autoimmune_trial_cell_sources(shared):
    sources = {f.value: f.arm for f in _facts(shared, "autoimmune", "arm_n")}
    assert "umbilical cord" in sources[23]
    assert "cord blood" in sources[2]
    assert "bone marrow" in sources[1]


def test_autoimmune_trial_safety(shared):
    [harm] = [f for f in _facts(shared, "autoimmune", "safety") if f.outcome == "sae"]
    assert (harm.value, harm.n) == (0, 26)


def test_autoimmune_trial_directions(shared):
    found = {(f.outcome, f.weeks, f.value_text) for f in _facts(shared, "autoimmune", "direction")}
    assert {("alt", w, "decreased") for w in (24.0, 48.0, 96.0)} <= found
    assert {("albumin", w, "improved") for w in (24.0, 48.0, 96.0)} <= found
    assert {("meld", w, "improved") for w in (24.0, 48.0, 96.0)} <= found
    assert ("pt", 24.0, "decreased") in found


def test_dose_groups_survival(shared):
    found = {(f.arm, f.weeks, f.value) for f in _facts(shared, "dose_groups", "percent") if f.outcome == "survival"}
    assert {("low-dose", 96.0, 66.7), ("medium-dose", 96.0, 100.0), ("high-dose", 96.0, 87.5)} <= found
    assert any(weeks == 24.0 and value == 100.0 for _, weeks, value in found)


def test_dose_groups_patients_and_doses(shared):
    assert _numbers(_facts(shared, "dose_groups", "n_total")) == {24}
    assert 3 in _numbers(_facts(shared, "dose_groups", "n_doses"))


def test_dose_groups_directions(shared):
    found = {
        (f.outcome, round(f.weeks, 2), f.value_text) for f in _facts(shared, "dose_groups", "direction") if f.weeks
    }
    assert {
        ("albumin", 8.14, "increased"),
        ("albumin", 12.14, "increased"),
        ("pta", 24.14, "improved"),
    } <= found


def test_review_of_eleven_trials(shared):
    assert _numbers(_facts(shared, "review", "k_studies")) == {11}
    assert _terms(shared, "review", "software") == {"Review Manager"}
    assert _terms(shared, "review", "model") == {"random_effects"}
    found = {(f.outcome, f.weeks, f.value_text, f.comparator) for f in _facts(shared, "review", "direction")}
    assert {("albumin", w, "increased", "control") for w in (2.0, 4.0, 12.0, 24.0)} <= found
    assert {("meld", w, "decreased", "control") for w in (4.0, 8.0, 24.0)} <= found


@pytest.mark.parametrize("entry", SIZES)
def test_entry_of_the_ten_year_page(shared, entry):
    records = _page(shared, "ten_years")
    assert len(records) == 20
    _, facts = records[entry - 1]
    totals = {f.value for f in facts if f.kind == "n_total" and f.status == "ok"}
    assert totals == ({SIZES[entry]} if SIZES[entry] else set())


def test_arms_and_events_of_the_ten_year_page(shared):
    entries = dict(enumerate((facts for _, facts in _page(shared, "ten_years")), start=1))
    arms = {entry: {f.value for f in facts if f.kind == "arm_n"} for entry, facts in entries.items()}
    assert arms[12] == {111, 108}
    assert arms[17] >= {34, 50}
    assert {f.value for f in entries[8] if f.kind == "k_studies"} == {8}
    assert any(f.kind == "percent" and f.value == 2.5 and f.outcome == "death" for f in entries[14])
