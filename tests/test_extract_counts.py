"""Totals, arm sizes, events and percentages; arms by name; the roles of numbers. All texts are invented."""

import json
from importlib.resources import files

import numpy as np
import pytest

from mscreview import extract
from mscreview.extract.counts.people import denominator
from mscreview.extract.roles.features import features
from mscreview.extract.roles.guess import KINDS, SIGNALS, roles
from mscreview.extract.roles.words import ROLES

TEXT = (
    "Warm milk for sleep: a randomised trial\n"
    "METHODS: A total of 124 adults were randomly assigned to warm milk (n = 61) or to placebo (n = 63). "
    "RESULTS: Deep sleep was reached by 30 of 61 adults (49.2%) in the warm milk group and by 19 of 63 (30.2%) in the "
    "placebo group (odds ratio 2.24, 95% CI 1.07 to 4.70; P = 0.03). Mean sleep was 7.2 ± 1.1 h vs 6.5 ± 1.3 h."
)


def _found(kind, text=TEXT):
    return [f for f in extract.facts(text) if f.kind == kind]


def test_a_plain_abstract_is_read_whole():
    assert [f.value for f in _found("n_total")] == [124]
    assert {(f.value, f.arm) for f in _found("arm_n")} >= {(61.0, "warm milk"), (63.0, "placebo")}
    assert [(f.value, f.n) for f in _found("events")] == [(30.0, 61), (19.0, 63)]
    assert [f.value for f in _found("percent") if f.status == "ok"] == [49.2, 30.2]


def test_every_fact_quotes_the_text():
    for fact in extract.facts(TEXT):
        assert TEXT[fact.start : fact.end] == fact.quote
        assert fact.rule
        assert fact.status in ("ok", "ambiguous", "negated", "planned", "background")


def test_facts_stand_in_text_order_and_repeat():
    first = extract.facts(TEXT)
    assert first == extract.facts(TEXT)
    assert [f.start for f in first] == sorted(f.start for f in first)


def test_thousands_quote_as_printed():
    (total,) = _found("n_total", "We randomly assigned 1,204 women to warm milk or placebo.")
    assert (total.value, total.quote) == (1204, "1,204")


def test_explain_marks_the_words():
    (total,) = _found("n_total")
    told = extract.explain(total, TEXT)
    assert "⟦124⟧" in told
    assert total.rule in told


ARMS = [
    ("randomly assigned to warm milk or cold water.", ["warm milk", "cold water"]),
    ("The trial compared group A (n = 12) with group B (n = 14).", ["group A", "group B"]),
    ("Adults in the milk group slept longer than adults in the placebo group.", ["milk", "placebo"]),
    ("They were randomised to milk, tea, or water.", ["milk", "tea", "water"]),
    ("Patients received either milk (n = 5) or no treatment (n = 6).", ["milk", "no treatment"]),
]


@pytest.mark.parametrize(("text", "names"), ARMS)
def test_arms_are_named(text, names):
    found = extract.read_context(text).arms
    told = {form for a in found for form in (a.name, *a.aliases)}
    assert set(names) <= told


def test_placebo_is_the_control():
    roles_of = {a.name: a.role for a in extract.read_context(TEXT).arms}
    assert roles_of["placebo"] == "control"


def test_mentions_point_at_their_arm():
    context = extract.read_context(TEXT)
    for m in context.mentions:
        arm = context.arms[m.arm]
        printed = context.norm[m.start : m.end].lower()
        assert printed in {f.lower() for f in (arm.name, *arm.aliases)}


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("5 of 45 adults slept.", 45),
        ("5/45 slept.", 45),
        ("5 (11%) of the 45 adults slept.", 45),
        ("Of 45 adults, 5 (11%) slept.", 45),
        ("5 adults slept and 45 did not.", None),
        ("45 of 5 adults slept.", None),
    ],
)
def test_denominator(text, n):
    context = extract.read_context(text)
    first = next(j for j, q in enumerate(context.quantities) if q.value == (45 if text.startswith("45") else 5))
    assert denominator(context, first, context.sentences[0]) == n


def test_roles_are_probabilities():
    context = extract.read_context(TEXT)
    p = roles(context)
    assert p.shape == (len(context.quantities), len(ROLES))
    assert np.allclose(p.sum(axis=1), 1)
    best = {q.text: ROLES[k] for q, k in zip(context.quantities, p.argmax(axis=1), strict=True)}
    assert (best["124"], best["61"], best["30"], best["49.2%"]) == ("total", "group", "events", "percent")
    assert best["0.03"] == best["95%"] == "other"


def test_weights_fit_the_code():
    data = json.loads(files("mscreview.extract.roles").joinpath("role_weights.json").read_text(encoding="utf-8"))
    assert tuple(data["roles"]) == ROLES
    assert list(data["neighbours"]) == [f"{k}|{s}" for k in ("all", *KINDS) for s in SIGNALS]
    assert all(len(row) == len(ROLES) for row in data["words"].values())
    active = features(extract.read_context(TEXT))
    known = {name for j in range(len(active.numbers)) for name in active.of(j)}
    assert len(known & set(data["words"])) > 100


def test_planned_is_not_found():
    (total,) = _found("n_total", "We will enrol 120 adults and assign them to milk or water.")
    assert total.status == "planned"


@pytest.mark.parametrize("text", ["", " ", "\n\n", "?" * 50, "12", "(" * 500, "n = " * 300, "5/" * 400, "1 of " * 300])
def test_odd_texts_are_read_without_error(text):
    for fact in extract.facts(text):
        assert text[fact.start : fact.end] == fact.quote
