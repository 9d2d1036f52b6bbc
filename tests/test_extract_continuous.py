"""Continuous values: candidates with unit, sign and spread; their class; their arm and time."""

import pytest

from mscreview import extract
from mscreview.extract.values import scorer
from mscreview.extract.values.numbers import bridge, values


def _values(text):
    return values(text, [(0, len(text))])


@pytest.mark.parametrize(
    ("text", "number", "unit", "spread"),
    [
        ("was 12.1 ± 3.4 kg", 12.1, "kg", ("sd", 3.4)),
        ("was 12.1±3.4", 12.1, "", ("sd", 3.4)),
        ("was 12.1 +/- 3.4 mg/dL", 12.1, "mg/dL", ("sd", 3.4)),
        ("was 12.1 kg (SD 3.4)", 12.1, "kg", ("sd", 3.4)),
        ("was 12.1 (SE 0.4) kg", 12.1, "kg", ("se", 0.4)),
        ("mean (SD) was 12.1 (3.4) kg", 12.1, "kg", ("sd", 3.4)),
        ("was 12.1 ± SEM 0.4", 12.1, "", ("se", 0.4)),
        ("(mean ± SEM) was 12.1 ± 0.4 mmHg", 12.1, "mmHg", ("se", 0.4)),
    ],
)
def test_number_unit_and_spread(text, number, unit, spread):
    v = next(v for v in _values(text) if v.role == "value")
    assert (v.value, v.unit.replace(" ", "")) == (number, unit.replace(" ", ""))
    assert v.spread is not None and (v.spread.kind, v.spread.value) == spread


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("changed by -1.2 kg", -1.2),
        ("change was-1.2 kg", -1.2),
        ("a 10-15 kg bag", 10),
        ("(-1.2 kg)", -1.2),
        ("rose +1.2 kg", 1.2),
    ],
)
def test_signs(text, number):
    assert next(v for v in _values(text) if v.role == "value").value == number


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("randomised (n = 23)", "n"),
        ("at week 12", "time"),
        ("for 12 weeks", "time"),
        ("p = 0.03", "p"),
        ("HR 0.5 (95% CI 0.3 to 0.9)", "ci"),
        ("values below 7.0 mmol/L", "threshold"),
        ("grade 3 toxicity", "name"),
        ("vitamin B12 was given", "name"),
        ("in 24 patients", "count"),
        ("5 of 45 fell", "numerator"),
        ("randomised 2:1", "ratio"),
        ("NCT01234567", "id"),
    ],
)
def test_surroundings_force_a_role(text, role):
    assert role in {v.role for v in _values(text)}


def test_unit_printed_once_belongs_to_the_list():
    a, b = _values("The cost was 6.5 vs 8.1 kg here")
    assert a.unit == b.unit == "kg"
    assert bridge("The cost was 6.5 vs 8.1 kg here", a, b) == "vs"


def test_a_second_unit_is_the_same_number_again():
    text = "RESULTS: Mean fasting glucose was 7.0 mmol/L (126 mg/dL) after treatment."
    facts = [f for f in extract.facts(text) if f.kind == "mean"]
    assert [f.rule.endswith("other unit") for f in facts] == [False, True]


def test_probabilities_sum_to_one_and_unknown_features_are_harmless():
    known, unknown, none = scorer.probabilities([["no such feature", "unit:pct"], ["no such feature"], []])
    assert known.sum() == pytest.approx(1)
    assert unknown.tolist() == none.tolist() != known.tolist()


def test_class_does_not_depend_on_the_order_of_features():
    names = ["unit:pct", "l1:rate", "tail:in", "nth:0"]
    one, other = scorer.probabilities([names, names[::-1]])
    assert one == pytest.approx(other)


TRIAL = (
    "METHODS: Eighty adults were randomised to training (n = 40) or usual care (n = 40) for 12 weeks. RESULTS: {} "
    "CONCLUSIONS: Training helped."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "At 12 weeks mean strength was 31.2 ± 4.5 kg in the training group and 28.4 ± 4.9 kg in the usual care group.",
        "At 12 weeks mean strength in the training and usual care groups was 31.2 ± 4.5 kg and 28.4 ± 4.9 kg, respectively.",
        "At 12 weeks mean strength was higher with training than with usual care (31.2 ± 4.5 vs 28.4 ± 4.9 kg).",
        "At 12 weeks mean strength was 31.2 ± 4.5 and 28.4 ± 4.9 kg in the training and usual care groups, respectively.",
    ],
)
def test_pairs_go_to_their_arms(sentence):
    facts = [f for f in extract.facts(TRIAL.format(sentence)) if f.kind == "mean"]
    assert [(f.value, f.spread, f.arm.lower()) for f in facts] == [(31.2, 4.5, "training"), (28.4, 4.9, "usual care")]
    assert {f.weeks for f in facts} == {12}


def test_before_and_after_stay_with_one_arm():
    text = TRIAL.format("Mean weight fell from 82.1 ± 9.3 kg to 78.0 ± 8.8 kg in the training group.")
    facts = [f for f in extract.facts(text) if f.kind == "mean"]
    assert [(f.measure, f.value, f.arm.lower()) for f in facts] == [
        ("baseline", 82.1, "training"),
        ("final", 78.0, "training"),
    ]
    assert facts[0].weeks == 0


def test_without_arms_the_arm_stays_blank():
    facts = [f for f in extract.facts("RESULTS: Mean weight was 82.1 ± 9.3 kg at 12 weeks.") if f.kind == "mean"]
    assert [f.arm for f in facts] == [""]


def test_quotes_are_the_raw_characters():
    text = "RESULTS: Mean strength was 31·2&nbsp;±&nbsp;4·5 kg after training versus 28·4 ± 4·9 kg."
    facts = extract.facts(text)
    assert facts
    assert all(text[f.start : f.end] == f.quote for f in facts)
