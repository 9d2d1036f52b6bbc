"""Harm that did not happen is a count of zero with its denominator, in both languages; a denied difference is not."""

import pytest

from mscreview import extract


def denied(text: str) -> list[tuple[str, int | None, str]]:
    found = [f for f in extract.facts(text) if f.kind == "safety"]
    assert all(text[f.start : f.end] == f.quote and f.value == 0 for f in found)
    return [(f.outcome, f.n, f.status) for f in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Broth was safe.\nNo serious adverse events occurred in any of the 26 patients.",
            ("serious adverse events", 26, "ok"),
        ),
        ("Broth was safe.\nNone of the 14 patients had complications.", ("complications", 14, "ok")),
        ("Broth was safe.\nSide effects were not observed in the 31 participants.", ("Side effects", 31, "ok")),
        ("Broth was safe.\nThere were no deaths.", ("deaths", None, "ok")),
        ("汤剂安全。\n26例患者均未出现严重不良反应。", ("严重不良反应", 26, "ok")),
        ("汤剂安全。\n治疗期间未发生并发症。", ("并发症", None, "ok")),
    ],
)
def test_a_denied_event_is_zero_with_its_denominator(text: str, expected: tuple[str, int | None, str]) -> None:
    assert denied(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Broth was safe.\nThere was no significant difference in adverse events between the groups.",
        "Broth was safe.\nComplications occurred in 3 of 26 patients.",
        "Broth was safe.\nComplications did not differ between the groups.",
        "汤剂安全。\n两组不良反应发生率差异无统计学意义。",
    ],
)
def test_a_denied_difference_is_no_denied_event(text: str) -> None:
    assert denied(text) == []


def test_another_studys_denial_is_background() -> None:
    assert denied("Broth.\nPrevious studies reported no serious adverse events. We gave broth to 9 men.") == [
        ("serious adverse events", None, "background")
    ]
