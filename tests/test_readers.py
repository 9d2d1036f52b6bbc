"""A person's sheet and a model's JSON beside our own reading: pairs, agreement, disagreements, ungrounded numbers."""

import pytest

from mscreview import extract
from mscreview.extract import readers
from mscreview.extract.model import ExtractError

TEXT = (
    "Broth against water for hiccups\n"
    "Sixty people were randomised to broth (n = 31) or water (n = 29). Hiccups stopped in 18 of 31 people (58.1%) in the "
    "broth group and in 9 of 29 (31.0%) in the water group (OR 3.08, 95% CI 1.06 to 8.94; P = 0.04)."
)


def theirs(printed: str) -> list[extract.Fact]:
    return readers.answers(printed)(TEXT)


def test_our_own_reading_is_a_reader() -> None:
    reader: readers.Reader = extract.facts
    found = reader(TEXT)
    assert {31.0, 29.0} <= {f.value for f in found if f.kind == "arm_n"}


def test_equal_readings_agree_on_every_field() -> None:
    ours = extract.facts(TEXT)
    seen = readers.compare(ours, ours, TEXT)
    assert len(seen.pairs) == len(ours)
    assert seen.disagreements == () and seen.only_ours == () and seen.only_theirs == ()
    assert all(alike == both > 0 for alike, both in seen.agreement.values())


def test_a_disagreement_carries_both_quotes() -> None:
    other = theirs(
        '[{"kind": "effect", "measure": "RR", "value": 3.08, "low": 1.06, "high": 8.49, "quote": "OR 3.08"}]'
    )
    seen = readers.compare([f for f in extract.facts(TEXT) if f.kind == "effect"], other, TEXT)
    fields = {d.field: (d.ours, d.theirs) for d in seen.disagreements}
    assert fields == {"measure": ("OR", "RR"), "high": (8.94, 8.49)}
    assert all("3.08" in d.our_quote and d.their_quote == "OR 3.08" for d in seen.disagreements)


def test_a_number_that_does_not_stand_in_the_text_is_flagged() -> None:
    other = theirs(
        '[{"kind": "events", "value": 18, "n": 31}, {"kind": "events", "value": 12, "n": 29, "quote": "12 of 29"}]'
    )
    seen = readers.compare(extract.facts(TEXT), other, TEXT)
    assert [(u.position, u.field, u.value) for u in seen.ungrounded] == [(1, "quote", "12 of 29"), (1, "value", 12.0)]


def test_a_number_in_words_is_grounded() -> None:
    other = theirs('[{"kind": "n_total", "value": 60}]')
    assert readers.compare(extract.facts(TEXT), other, TEXT).ungrounded == ()


def test_facts_of_one_reader_alone_are_listed() -> None:
    other = theirs('[{"kind": "p_value", "value": 0.04}, {"kind": "dose", "value": 31}]')
    seen = readers.compare(extract.facts(TEXT), other, TEXT)
    assert [f.kind for f in seen.only_theirs] == ["dose"]
    assert "effect" in {f.kind for f in seen.only_ours}


def test_a_quote_gives_the_place() -> None:
    (fact,) = theirs('```json\n{"facts": [{"kind": "events", "value": 9, "quote": "9 of 29"}]}\n```')
    assert TEXT[fact.start : fact.end] == fact.quote == "9 of 29"


def test_no_place_without_the_quote_in_the_text() -> None:
    (fact,) = theirs('[{"kind": "events", "value": 9, "quote": "nine of them"}]')
    assert (fact.start, fact.end) == (-1, -1)


def test_a_sheet_serves_each_record(tmp_path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(
        "record_id,kind,arm,value,quote\nr1,arm_n,broth,31,n = 31\nr1,arm_n,water,29,n = 29\nr2,n_total,,5,\n",
        encoding="utf-8-sig",
    )
    found = readers.sheets(path)
    assert sorted(found) == ["r1", "r2"]
    seen = readers.compare(extract.facts(TEXT), found["r1"](TEXT), TEXT)
    assert [(a.value, b.value) for a, b in seen.pairs] == [(31.0, 31.0), (29.0, 29.0)]
    assert seen.ungrounded == ()


def test_all_problems_of_a_sheet_at_once(tmp_path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("record_id,kind,value,n,colour\nr1,events,many,3.5,red\nr2,,2,2,red\n", encoding="utf-8")
    with pytest.raises(ExtractError) as error:
        readers.sheets(path)
    told = str(error.value)
    assert "sheet.csv" in told and "unknown column 'colour'" in told
    assert "row 2, value: 'many' is no number" in told and "row 2, n: '3.5' is no whole number" in told
    assert "row 3, kind: empty" in told


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("I found nothing.", "no JSON"),
        ('{"answer": 3}', "give a list of facts"),
        ('[3, {"kind": "events", "value": "a few"}]', "item 2, value: 'a few' is no number"),
        ('[{"value": 3}]', "item 1, kind: empty"),
        ('[{"kind": "events", "value": NaN}]', "item 1, value: nan is no number"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_json_that_cannot_be_used_says_why(printed: str, told: str) -> None:
    with pytest.raises(ExtractError, match="answer: ") as error:
        readers.answers(printed)
    assert told in str(error.value)
