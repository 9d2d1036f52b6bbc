"""The protocol's words: one walk finds every name, whole words only, the longest winning within its family."""

import pytest

from mscreview.extract import read_context
from mscreview.extract.lexicon import lexicon, terms
from mscreview.extract.times import time_points
from mscreview.project import Paths, read_protocol


@pytest.fixture(scope="module")
def protocol():
    return read_protocol(Paths().raw / "protocol.toml")


def _names(found, text):
    return [(name, text[start:end]) for start, end, name in found]


def test_longest_name_wins_and_names_never_overlap():
    words = terms([("f", "short", ("cord",)), ("f", "long", ("cord blood",)), ("f", "other", ("blood cells?",))])
    text = "Cord blood cells, cord and blood cell counts"
    assert _names(words.find(text), text) == [("long", "Cord blood"), ("short", "cord"), ("other", "blood cell")]


def test_words_stand_alone_and_capitals_keep_their_case():
    words = terms([("f", "alt", ("ALT",)), ("f", "rate", ("rate",))])
    text = "ALT, alternative, alt, ALTs, rates, separate"
    assert _names(words.find(text), text) == [("alt", "ALT"), ("alt", "ALTs"), ("rate", "rates")]


def test_a_window_keeps_names_inside_it():
    words = terms([("f", "x", ("血清白蛋白",)), ("f", "y", ("白蛋白",))])
    text = "血清白蛋白"
    assert words.find(text) == [(0, 5, "x")]
    assert words.find(text, 2) == [(2, 5, "y")]
    assert words.find(text, 0, 4) == []


def test_pattern_without_literal_opening_is_found_too():
    words = terms([("f", "n", (r"\d+ ?例",)), ("f", "g", (r"(?:pre|post)-test",))])
    text = "30例 and post-test"
    assert _names(words.find(text), text) == [("n", "30例"), ("g", "post-test")]


def test_lexicon_is_compiled_once_for_equal_protocols(protocol):
    assert lexicon(protocol) is lexicon(read_protocol(Paths().raw / "protocol.toml"))
    assert lexicon() is lexicon(None)


def test_every_outcome_finds_its_own_first_synonym(protocol):
    words = lexicon(protocol).outcomes
    for outcome in protocol.outcomes.values():
        plain = outcome.label
        assert words.find(plain), plain


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("at 4, 12 and 24 weeks", [4, 12, 24]),
        ("days 57 and 85", [57 / 7, 85 / 7]),
        ("6 months, 1 and 2 years", [24, 48, 96]),
        ("治疗后1、3、6个月", [4, 12, 24]),
        ("第57天和第85天", [57 / 7, 85 / 7]),
        ("半年", [24]),
        ("2021年11月10日", []),
        ("近10年", []),
        ("aged 18-70 years", []),
        ("every 2 weeks", []),
        ("HR 0.71", []),
    ],
)
def test_points_in_time(text, weeks):
    assert [p.weeks for p in time_points(read_context(text))] == pytest.approx(weeks)
