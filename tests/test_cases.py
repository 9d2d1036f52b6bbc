"""Cases as data: every entry of tests/cases/*.json is a text in our own words and the facts it must, or must not, give.

An entry: `text`; `expect`, facts of which each named field must be found together in one fact; `absent`, facts that must
not be found; `protocol`, "review" (this review's words, the default) or "generic"; `known_failure`, why it fails today:
such a case must fail, so that a repaired one makes the suite say so. All texts are invented.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from mscreview import extract
from mscreview.project import Paths, read_protocol

CASES = Path(__file__).parent / "cases"
FIELDS = set(extract.Fact._fields)


def _entries():
    for path in sorted(CASES.glob("*.json")):
        for number, case in enumerate(json.loads(path.read_text(encoding="utf-8")), start=1):
            marks = [pytest.mark.xfail(strict=True, reason=case["known_failure"])] if case.get("known_failure") else []
            yield pytest.param(case, id=f"{path.stem}-{number}", marks=marks)


@cache
def _protocol():
    return read_protocol(Paths().raw / "protocol.toml")


def _same(fact, wanted):
    return all(_equal(getattr(fact, field), value) for field, value in wanted.items())


def _equal(found, wanted):
    if isinstance(wanted, float | int) and not isinstance(wanted, bool):
        return isinstance(found, float | int) and found == pytest.approx(wanted, rel=1e-3, abs=1e-6)
    return found == wanted


@pytest.mark.parametrize("case", list(_entries()))
def test_case(case):
    text = case["text"]
    facts = extract.facts(text, None if case.get("protocol") == "generic" else _protocol())
    assert case.get("expect") or case.get("absent"), "a case that asks nothing"
    assert all(text[f.start : f.end] == f.quote for f in facts)
    for wanted in case.get("expect", []):
        assert set(wanted) <= FIELDS, set(wanted) - FIELDS
        assert any(_same(f, wanted) for f in facts), (
            f"{wanted} not among {[f for f in facts if f.kind == wanted['kind']]}"
        )
    for unwanted in case.get("absent", []):
        assert set(unwanted) <= FIELDS, set(unwanted) - FIELDS
        assert not [f for f in facts if _same(f, unwanted)]
