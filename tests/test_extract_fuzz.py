"""Any text at all: no exception, true offsets, the same answer twice; large pathological texts too.

Whether time grows in proportion with the text is measured in `benchmarks/extraction.py speed`; here only what must hold
on any machine is asserted. The pathological texts are long enough that a pattern that backtracks would never end.
"""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from mscreview import extract, text
from mscreview.extract import ask
from mscreview.extract.model import Fact

PIECES = (
    "12", "3.4", "±", " vs ", "(", ")", "[", "]", "%", "95% CI ", " to ", "-", "−", "P < 0.05", "n = ", " of ", "/", "; ", ". ", "\n",
    "respectively", "group A", "control group", "mean ", "no significant difference", "serious adverse events", "twenty-one ", "&lt;",
    "<sup>", "10", "×", "⁹", "６", "两组", "患者", "三十例", "差异无统计学意义", "（", "）", "，", "。", "weeks", "from baseline", "OR ", "·", "\u00a0",
    "\u2009", "\ud800", "\x00", "𝟙", "ﬁ", "ABSTRACT.RESULTS::", "randomised to", ",", "1,000", "١٢",
)  # fmt: skip
printed = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=60).map("".join)
anything = st.one_of(st.text(st.characters(), max_size=300), printed)
relaxed = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

UNITS = {
    "digits": "1", "digits and blanks": "1 ", "commas": "1,", "decimals": "1.", "plus-minus": "1±", "slashes": "1/", "percents": "5% ",
    "brackets": "(", "closing": ")", "pairs": "()", "square": "[", "letters": "a", "capitals": "A", "hyphens": "a-", "dashes": "-",
    "words": "twenty one hundred and ", "numerals": "三十", "groups": "两组患者", "entities": "&amp;", "ampersands": "& ", "tags": "<sup>",
    "superscripts": "¹", "blanks": " ", "lines": "a\n", "headings": "METHODS: ", "arms": "group A (", "sizes": "(n = 5) ", "p": "P<0.05 ",
    "intervals": "95% CI 1-2 ", "pairs of numbers": "5 vs ", "lists": "1, 2 and 3 respectively ", "means": "mean 3.4 ± 2.1 ",
    "denials": "no significant ", "powers": "1×10^", "ratios": "OR 1.2 ", "mixed": "5/45 (11.1%), ", "thousands": "1, 200 ",
}  # fmt: skip
LONG = 25_000


def true_offsets(raw: str, found: list[Fact]) -> bool:
    return all(0 <= f.start <= f.end <= len(raw) and raw[f.start : f.end] == f.quote for f in found)


@relaxed
@given(anything)
def test_any_text_gives_facts_with_true_offsets(raw: str) -> None:
    found = extract.facts(raw)
    assert true_offsets(raw, found)
    assert found == extract.facts(raw)


@relaxed
@given(anything)
def test_the_normal_form_maps_back_in_order(raw: str) -> None:
    passage = text.normalise(raw)
    spans = [passage.span(i, i + 1) for i in range(len(passage.norm))]
    assert all(0 <= a <= b <= len(raw) for a, b in spans)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in itertools.pairwise(spans))


@relaxed
@given(anything)
def test_sentences_stand_in_order_and_drop_no_word(raw: str) -> None:
    passage = text.normalise(raw)
    found = text.sentences(passage)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    left_out = list(passage.norm)
    for s in found:
        left_out[s.start : s.end] = [" "] * (s.end - s.start)
    assert "".join(left_out).strip() == ""


@relaxed
@given(anything, st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_question_to_any_text_has_an_answer(raw: str, outcome: str, intervention: str, comparator: str) -> None:
    answer = ask.direction(raw, outcome, intervention, comparator)
    assert answer.direction in (*ask.WAYS, "")
    assert raw[answer.start : answer.end] == answer.quote
    assert answer.direction == "" or abs(sum(answer.scores) - 1.0) < 1e-9
    for kind in ("binary", "continuous"):
        cells = ask.numbers(raw, outcome, intervention, comparator, kind)
        for cell in (cells.intervention, cells.comparator):
            for number in (cell.n, cell.events, cell.mean, cell.sd):
                assert number is None or raw[number.start : number.end] == number.quote


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_long_pathological_texts_are_read(unit: str) -> None:
    raw = (unit * (LONG // len(unit) + 1))[:LONG]
    assert true_offsets(raw, extract.facts(raw))


def test_a_megabyte_of_ordinary_words() -> None:
    said = "Of 45 adults, 5 (11.1%) in the broth group and 9 of 46 (19.6%) in the water group hiccuped (P = 0.26). "
    raw = said * (1_000_000 // len(said))
    found = extract.facts(raw[: len(said) * 200])
    assert true_offsets(raw, found)
    passage = text.normalise(raw)
    assert len(text.sentences(passage)) == raw.count(". ")
    assert len(text.quantities(passage)) == 7 * raw.count(". ")
