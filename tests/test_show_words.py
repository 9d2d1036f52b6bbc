"""Words and tables: numbers as printed, findings by certainty and direction, marks that keep the text, links."""

import html
import math
import re

import numpy as np
import pandas as pd
import pytest
from show_protocol import protocol as small_protocol

from mscreview import show
from mscreview.show.numbers import Number
from mscreview.show.words import linked


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1.005, 2, "1.00"), (-1.5, 2, "−1.50"), (0.0, 2, "0.00"), (-0.0, 2, "0.00"), (1234.5, 2, "1,234"),
        (-32466.2, 2, "−32,466"), (9.08e8, 0, "9.08×10⁸"), (0.0039, 2, "0.004"), (-0.00004, 2, "−0.00004"),
        (3.2e-9, 2, "3×10⁻⁹"), (1e-15, 2, "0.00"), (-1e-15, 2, "0.00"), (math.inf, 2, "∞"), (-math.inf, 2, "−∞"),
        (math.nan, 2, ""), (None, 2, ""), (pd.NA, 2, ""), (12.6, 0, "13"),
    ],
)  # fmt: skip
def test_number(value, digits, text):
    assert show.number(value, digits) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0004, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0341, "p = 0.034"),
        (0.1, "p = 0.10"),
        (1.0, "p = 1.00"),
        (np.nan, ""),
    ],
)
def test_p_text(p, text):
    assert show.p_text(p) == text


def test_interval_is_natural_for_ratios_only():
    assert show.interval(0.0, math.log(0.5), math.log(2), "OR") == "1.00 [0.50, 2.00]"
    assert show.interval(-1.0, -2.34, 0.5, "MD") == "−1.00 [−2.34, 0.50]"
    assert show.interval(0.0, -5.0, 900.0, "RR") == "1.00 [0.01, 8.22×10³⁰⁷]"


@pytest.mark.parametrize(
    ("unit", "text"),
    [("umol/L", "µmol/L"), ("10^9/L", "10⁹/L"), ("g/L", "g/L"), ("U/L", "U/L"), ("ratio", ""), ("", "")],
)
def test_unit_text(unit, text):
    assert show.unit_text(unit) == text


def row(est, low, high, measure="MD", k=4, n=200.0):
    return pd.Series({"est": est, "ci_low": low, "ci_high": high, "measure": measure, "k": k, "n": n})


def said(row, better="higher", certainty="low", unit="g/L"):
    return show.finding(row, outcome="Albumin", window="1 month", unit=unit, better=better, certainty=certainty)


@pytest.mark.parametrize(
    ("certainty", "words"),
    [
        ("high", "treatment raises it, which is better ("),
        ("moderate", "treatment probably raises it, which is better ("),
        ("low", "treatment may raise it, which is better ("),
        ("very low", "treatment may raise it, which is better, but the evidence is very uncertain ("),
    ],
)
def test_finding_says_how_sure(certainty, words):
    sentence = said(row(2.0, 1.0, 3.0), certainty=certainty)
    assert sentence.startswith(f"Albumin, 1 month: {words}")
    assert sentence.endswith(
        f"(mean difference 2.00 g/L [1.00, 3.00]; 4 studies, 200 patients; {certainty} certainty)."
    )


@pytest.mark.parametrize(
    ("measure", "est", "better", "words"),
    [
        ("MD", 1.0, "higher", "raise it, which is better"), ("MD", 1.0, "lower", "raise it, which is worse"),
        ("MD", -1.0, "higher", "lower it, which is worse"), ("MD", -1.0, "lower", "lower it, which is better"),
        ("OR", -1.0, "lower", "reduce it, which is better"), ("RR", 1.0, "lower", "increase it, which is worse"),
        ("RD", 1.0, "higher", "increase it, which is better"),
    ],
)  # fmt: skip
def test_finding_tells_benefit_from_harm(measure, est, better, words):
    assert f"treatment may {words} (" in said(row(est, est - 0.5, est + 0.5, measure), better)


def test_finding_prints_ratios_as_ratios_and_without_unit():
    assert "(odds ratio 0.37 [0.22, 0.61]; 1 study, 30 patients;" in said(row(-1, -1.5, -0.5, "OR", k=1, n=30))


@pytest.mark.parametrize("certainty", ["high", "moderate", "low", "very low"])
def test_an_interval_on_both_sides_claims_nothing(certainty):
    sentence = said(row(0.5, -1.0, 2.0), certainty=certainty)
    assert "the interval reaches from benefit to harm" in sentence
    assert not re.search(r"treatment|better|worse|raise", sentence)
    assert ("very uncertain" in sentence) == (certainty == "very low")


def test_harm_sentences_speak_of_unwanted_outcomes_only():
    protocol = small_protocol()
    counted = pd.DataFrame(
        {
            "outcome": ["relapse", "recovery", "unknown"], "arms": [1, 2, 1], "events": [0.0, 5.0, 1.0],
            "patients": [30.0, 60.0, 9.0], "share": 0.0, "low": [0.0, 1.0, 0.0], "high": [11.57, 9.0, 40.0],
        }
    )  # fmt: skip
    assert show.harm_sentences(counted, protocol) == [
        "Relapse in treated arms: none among 30 patients in 1 arm; compatible with a risk of 0.0% to 11.6%."
    ]
    shown = show.harm_table(counted, protocol)
    assert shown.iloc[0].tolist() == ["Relapse", 1, "0 / 30", "0.0 [0.0, 11.6]"]


TEXT = "Albumin <35 g/L & rising:\n3.5 g/dL (p<0.05)"


def facts(*spans, status="ok"):
    rows = [
        {"start": a, "end": b, "kind": "value", "outcome": None, "value": 1.0, "rule": "r<1>", "status": status}
        for a, b in spans
    ]
    return pd.DataFrame(rows, columns=["start", "end", "kind", "outcome", "value", "rule", "status"])


def words_of(marked):
    return html.unescape(re.sub(r"<[^>]+>", "", marked.replace("<br>", "\n")))


@pytest.mark.parametrize("spans", [(), ((8, 11),), ((8, 11), (26, 34)), ((8, 15), (10, 20)), ((0, len(TEXT)),)])
def test_marked_keeps_every_character(spans):
    assert words_of(show.marked(TEXT, facts(*spans))) == TEXT


def test_marked_escapes_and_joins_overlaps():
    shown = show.marked(TEXT, facts((8, 15), (10, 20)))
    assert shown.count("<mark") == 1
    assert "Albumin <mark" in shown
    assert "&lt;35 g/L &amp; ri</mark>" in shown
    assert "r&lt;1&gt;" in shown
    assert "dashed" not in shown
    assert "dashed" in show.marked(TEXT, facts((8, 11), status="ambiguous"))


def test_table_escapes_rounds_and_keeps_blanks():
    frame = pd.DataFrame(
        {"a<b": ["<i>", None], "x": [1.234, np.nan], "n": [1234, 5], "yes": [True, False], "zh": ["肝", ""]}
    )
    shown = show.table(frame, caption="R & D")
    assert "<caption>R &amp; D</caption>" in shown
    assert '<th scope="col">a&lt;b</th>' in shown
    assert "<td>&lt;i&gt;</td>" in shown
    assert [">1.23<" in shown, ">1,234<" in shown, "<td>yes</td>" in shown, '<td lang="zh">肝</td>' in shown] == [
        True
    ] * 4
    assert "<td></td><td></td>" in shown
    assert "nan" not in shown.lower()


@pytest.mark.parametrize(
    ("address", "start"),
    [
        ("10.1002/hep.29189", '<a href="https://doi.org/10.1002/hep.29189">'),
        ("28370357", '<a href="https://pubmed.ncbi.nlm.nih.gov/28370357/">'),
        ("https://x.org/a?b=1&c=2", '<a href="https://x.org/a?b=1&amp;c=2">x.org/a?b=1&amp;c=2</a>'),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ('"><script>', "&quot;&gt;&lt;script&gt;"),
    ],
)
def test_addresses_become_links_only_where_they_lead_somewhere(address, start):
    assert linked(address).startswith(start)


def test_say_fills_keys_and_refuses_unknown_ones():
    numbers = {"n": Number(1234, "rows", 0, "t", "all"), "x.est": Number(-0.5, "MD", 2, "pooled", "x")}
    assert show.say("{n} rows, {x.est} and {n}", numbers) == "1,234 rows, −0.50 and 1,234"
    with pytest.raises(KeyError, match="missing"):
        show.say("{missing}", numbers)


@pytest.mark.parametrize(
    ("cff", "text"),
    [
        (
            'title: "A: review"\nversion: 0.1.0\ndate-released: 2026-11-22\nlicense: MIT\nauthors:\n  - name: The authors\n',
            "The authors (2026). A: review. Version 0.1.0. Licence MIT.",
        ),
        ("authors:\n  - family-names: Roe\n    given-names: J\ntitle: T\n", "Roe. T."),
    ],
)
def test_citation(cff, text):
    assert show.citation(cff) == text
