"""The text layer: normal form with a map back, numbers, sentences and sections."""

import itertools

import pytest
from hypothesis import given, settings, strategies as st

from mscreview.text import normalise, quantities, sentences
from mscreview.text.numerals import chinese_number, number_words

FORMS = [
    ("a dose of 1·5 mg", "a dose of 1.5 mg"),
    ("0. 46 to 0 .92", "0.46 to 0.92"),
    ("a total of 1,234 patients", "a total of 1234 patients"),
    ("13 388 women", "13388 women"),
    ("weeks 4,12 and 24", "weeks 4,12 and 24"),
    ("doses of 5, 120 and 240", "doses of 5, 120 and 240"),
    ("p = 0,03", "p = 0.03"),
    ("3,5 ± 1,2 g", "3.5 ± 1.2 g"),
    ("10<sup>6</sup> cells", "10^6 cells"),
    ("2×10⁶/kg", "2×10^6/kg"),
    ("mL⁻¹", "mL^-1"),
    ("18⁻70 years", "18-70 years"),
    ("10(7)/mL", "10^7/mL"),
    ("n &lt; 5 &amp;lt; 9 & gt ; 3", "n < 5 < 9 > 3"),
    ("4.2 Â± 1.1, 5â€“9", "4.2 ± 1.1, 5-9"),
    ("（ｎ＝２３）", "(n=23)"),
    ("治疗組與對照組", "治疗组与对照组"),
    ("發(fā)展", "发展"),
    ("−2.5 ‐ 3 — 4", "-2.5 - 3 - 4"),
    ("thin\u2009space\u00a0here", "thin space here"),
    ("zero\u200bwidth", "zerowidth"),
    ("共58例，30例", "共58例,30例"),
]


@pytest.mark.parametrize(("raw", "norm"), FORMS)
def test_normal_form(raw, norm):
    assert normalise(raw).norm == norm


def test_every_edit_keeps_the_way_back():
    raw = "In 1,234 people (2×10⁶ &lt; 0. 5; 顯著) it was 1·5"
    passage = normalise(raw)
    for word in ("1234", "10^6", "0.5", "显著", "1.5", "people"):
        at = passage.norm.index(word)
        start, end = passage.span(at, at + len(word))
        assert passage.quote(at, at + len(word)) == raw[start:end]
        assert normalise(raw[start:end]).norm == word
    assert passage.quote(passage.norm.index("1234"), passage.norm.index("1234") + 4) == "1,234"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_maps_back_in_order(raw):
    passage = normalise(raw)
    spans = [passage.span(i, i + 1) for i in range(len(passage.norm))]
    assert all(0 <= a <= b <= len(raw) for a, b in spans)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in itertools.pairwise(spans))
    for q in quantities(passage):
        assert passage.norm[q.start : q.end] == q.text
    covered = "".join(passage.norm[s.start : s.end] for s in sentences(passage))
    assert "".join(covered.split()) == "".join(passage.norm.split())


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.,-±×^()% /~to两亿三十nN=&;<>s up", max_size=200))
def test_digits_and_marks_never_fail(raw):
    passage = normalise(raw)
    found = quantities(passage)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(q.value is not None or q.low is not None for q in found)


NUMBERS = [
    ("12.1 ± 3.4 days", [("plusminus", 12.1, 3.4)]),
    ("aged 18-70 years", [("range", 18.0, 70.0)]),
    ("between 0.46 to 0.92", [("range", 0.46, 0.92)]),
    ("One hundred and fifty-four patients", [("words", 154.0, None)]),
    ("two thousand five hundred women", [("words", 2500.0, None)]),
    ("two-thirds and one-sided", []),
    ("1.0×10^6 cells", [("power", 1e6, None)]),
    ("IL-6, CD4 and T2 lesions", []),
    ("fell by -2.04", [("decimal", -2.04, None)]),
    ("P =.642", [("decimal", 0.642, None)]),
    ("百分之三十五", [("chinese", 35.0, None)]),
    ("三十余例", [("chinese", 30.0, None)]),
    ("每次两亿", [("chinese", 2e8, None)]),
    ("一般情况统一", []),
    ("8.8 percent and 7 %", [("percent", 8.8, None), ("percent", 7.0, None)]),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_numbers(text, expected):
    found = []
    for q in quantities(normalise(text)):
        found.append((q.kind, q.low, q.high) if q.kind == "range" else (q.kind, q.value, q.spread))
    assert [(k, *map(pytest.approx, [v for v in vs if v is not None])) for k, *vs in expected] == [
        (k, *[v for v in vs if v is not None]) for k, *vs in found
    ]


@pytest.mark.parametrize(
    ("words", "value"), [("nine hundred seven", 907), ("forty one", 41), ("five six", None), ("and", None)]
)
def test_number_words(words, value):
    assert number_words(words) == value


@pytest.mark.parametrize(
    ("words", "value"), [("两亿", 2e8), ("一百零二", 102), ("1.2万", 12000), ("三十五", 35), ("二三", None)]
)
def test_chinese_number(words, value):
    found = chinese_number(words)
    assert found is None if value is None else found == pytest.approx(value)


def _sections(text):
    passage = normalise(text)
    return [(s.section, passage.norm[s.start : s.end]) for s in sentences(passage)]


def test_printed_headings_decide():
    text = (
        "A made-up trial of tea\nBACKGROUND: Tea is hot. METHODS: We randomised 40 adults. It cost 3.5 euros vs. 4. "
        "RESULTS: Ten slept better (P = 0. 02). CONCLUSIONS: Tea helps."
    )
    assert [s for s, _ in _sections(text)] == ["title", "background", "methods", "methods", "results", "conclusion"]


def test_what_stands_before_a_lone_heading_is_told_by_its_cues():
    text = (
        "A made-up trial of tea\nForty adults were randomly assigned to tea or water. Sleep was longer with tea (P < 0.05). "
        "CONCLUSION: Tea helps."
    )
    assert [s for s, _ in _sections(text)] == ["title", "methods", "results", "conclusion"]


def test_chinese_headings():
    text = "饮茶试验\n目的:探讨饮茶的作用。方法:40例随机分组。结果:10例好转。结论:有效。"
    assert [s for s, _ in _sections(text)] == ["title", "aim", "methods", "results", "conclusion"]


def test_unstructured_order_is_guessed():
    text = (
        "Tea for sleep in adults. Sleep is short in cities. The aim of this study was to test tea. Forty adults were "
        "randomly assigned to tea or water. Sleep was longer with tea (P < 0.05). We conclude that tea helps."
    )
    assert [s for s, _ in _sections(text)] == ["title", "background", "aim", "methods", "results", "conclusion"]


def test_abbreviations_do_not_end_a_sentence():
    found = _sections("We saw 5 vs. 7 events. Dr. Miller et al. Agreed with that.")
    assert len(found) == 2


def test_long_repeats_are_read_like_short_ones():
    """Ten times the text gives ten times the numbers, whatever marks repeat."""
    for unit in ("1,234 (5. 6) ", "10(6) ± ", "&amp;", "<sup>", "n = 1 - ", "一二三"):
        small, large = normalise(unit * 200), normalise(unit * 2000)
        assert abs(len(large.norm) - 10 * len(small.norm)) <= 20
        a, b = len(quantities(small)), len(quantities(large))
        assert abs(b - 10 * a) <= 20
