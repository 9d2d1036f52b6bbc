"""Patterns tried only where they can start give the matches that a plain search gives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from mscreview.extract.values import features
from mscreview.text.search import around, beginnings, starting

TEXT = "One of 12 patients (n = 5) died; Twenty-one were lost, none in the control (n=7), 三十 in all. attwo TWO two2"


def spans(matches):
    return [m.span() for m in matches]


@pytest.mark.parametrize(
    ("pattern", "words", "others"),
    [
        (r"\b(?:one|two|twenty(?:-one)?)\b", "one two twenty", ""),
        (r"\b(?:patients?|died)\b|三十", "patient died", "三"),
        (r"\(n ?=|\b(?:One|none)\b", "one none", "("),
    ],
)
def test_starting_gives_what_finditer_gives(pattern, words, others):
    compiled = re.compile(pattern, re.I)
    found = spans(starting(compiled, beginnings(words, others), TEXT))
    assert found == spans(compiled.finditer(TEXT))
    assert len(found) >= 3


def test_starting_keeps_to_the_stretch():
    compiled = re.compile(r"two", re.I)
    at = TEXT.index("TWO")
    assert spans(starting(compiled, beginnings("two"), TEXT, at, at + 3)) == [(at, at + 3)]


def test_starting_takes_no_place_inside_a_match():
    assert spans(starting(re.compile("aa?"), re.compile("a"), "aaa")) == [(0, 2), (2, 3)]


@given(st.text("ab( n=57,;", max_size=60))
def test_around_gives_what_finditer_gives(text):
    pattern, anchor = re.compile(r"[ab]{1,3} ?\(n ?= ?\d\)"), re.compile(r"n ?= ?\d\)")
    assert spans(around(pattern, anchor, text, 8)) == spans(pattern.finditer(text))


PIECES = [
    "before the treatment", "pre-treatment", "endpoint", "end-point", "reduced", "at week 12", "12 weeks", "B12 weeks",
    "mean change", "meaning", "vs.", "q.d", "P<0.05", "respectively", "placebo-adjusted", "治疗前", "升高", "level2", "率", "$", " ",
    ", ", "-", "3", "a", "follow-up", "no significant change", "not changed", "years old", "CI", "least squares", "_entry",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_cues_looked_up_by_word_are_those_of_the_whole_pattern(pieces):
    text = "".join(pieces)
    whole = re.compile(rf"(?<![A-Za-z])(?:{features._CUE.pattern})", re.I)
    plain = [(m.start(), m.end(), m.lastgroup) for m in whole.finditer(text)]
    assert features._cues(text, 0, len(text)) == plain
