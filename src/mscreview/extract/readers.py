"""A second reader beside ours: a person's sheet or a language model's JSON in, facts out, and a comparison of the two.

A `Reader` is anything that turns a text into facts. `sheets` and `answers` make one from what somebody else wrote
down; `compare` sets two lists of facts for one text side by side: agreement per field, every disagreement with both
quotes, and every number of the other reader that does not stand in the text. Nothing is corrected here.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mscreview import text as txt
from mscreview.extract.model import ExtractError, Fact


class Reader(Protocol):
    """Anything that reads a text into facts."""

    def __call__(self, text: str) -> list[Fact]: ...


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field on which two facts about the same thing differ, with the words each reader gives."""

    kind: str
    field: str
    ours: object
    theirs: object
    our_quote: str
    their_quote: str


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """A number (or quote) of the other reader that does not stand in the text; `position` counts its facts from 0."""

    position: int
    field: str
    value: object
    quote: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`agreement` holds, for each field, how often both filled it alike and how often both filled it."""

    pairs: tuple[tuple[Fact, Fact], ...]
    agreement: Mapping[str, tuple[int, int]]
    disagreements: tuple[Disagreement, ...]
    only_ours: tuple[Fact, ...]
    only_theirs: tuple[Fact, ...]
    ungrounded: tuple[Ungrounded, ...]


NUMBERS = ("value", "low", "high", "spread", "n", "weeks", "level")
WORDS = ("kind", "measure", "outcome", "arm", "comparator", "unit", "spread_kind", "value_text", "quote")
FIELDS = (*WORDS, *NUMBERS)
# weeks are converted from the printed time, so they need not stand in the text
GROUNDED = ("value", "low", "high", "spread", "n")
COMPARED = ("measure", "outcome", "arm", "comparator", "unit", "spread_kind", *NUMBERS)


def compare(ours: Sequence[Fact], theirs: Sequence[Fact], text: str) -> Comparison:
    """Pair the facts of two readers of one text and say where they agree, differ, or stand alone."""
    chosen = _paired(ours, theirs)
    pairs = tuple((ours[i], theirs[k]) for i, k in chosen)
    agreement: dict[str, tuple[int, int]] = {}
    differences = []
    for a, b in pairs:
        for name in COMPARED:
            left, right = getattr(a, name), getattr(b, name)
            if left in (None, "") or right in (None, ""):
                continue
            same = _alike(left, right)
            alike, both = agreement.get(name, (0, 0))
            agreement[name] = (alike + same, both + 1)
            if not same:
                differences.append(Disagreement(a.kind, name, left, right, a.quote, b.quote))
    mine, yours = {i for i, _ in chosen}, {k for _, k in chosen}
    return Comparison(
        pairs,
        agreement,
        tuple(differences),
        tuple(f for i, f in enumerate(ours) if i not in mine),
        tuple(f for k, f in enumerate(theirs) if k not in yours),
        tuple(_ungrounded(theirs, text)),
    )


def sheets(path: Path) -> dict[str, Reader]:
    """A reader for each record of a person's sheet: CSV with `record_id`, `kind` and any columns of `FIELDS`.

    Raises
    ------
    ExtractError
        With every problem of the sheet: missing or unknown columns, values that are no number.
    """
    with path.open(encoding="utf-8-sig", newline="") as handle:
        table = csv.DictReader(handle)
        columns = table.fieldnames or []
        rows = [{k: v or "" for k, v in row.items() if k is not None} for row in table]
    problems = [f"missing column {c!r}" for c in ("record_id", "kind") if c not in columns]
    problems += [f"unknown column {c!r}" for c in columns if c not in (*FIELDS, "record_id")]
    facts: dict[str, list[Fact]] = {}
    for line, row in enumerate(rows, start=2):
        fact, wrong = _fact(row, "sheet")
        problems += [f"row {line}, {w}" for w in wrong]
        facts.setdefault(row.get("record_id", ""), []).append(fact)
    if problems:
        raise ExtractError(f"{path.name}: " + "; ".join(problems))
    return {record_id: _reader(found) for record_id, found in facts.items()}


def answers(printed: str, name: str = "answer") -> Reader:
    """A reader from a language model's JSON: a list of objects with fields of `FIELDS`, or {"facts": [...]}.

    A fence of backticks around the JSON is taken off; unknown fields are left out of account.

    Raises
    ------
    ExtractError
        When it is no such JSON; with every item and field that cannot be used.
    """
    fenced = re.search(r"```(?:json)?\s*\n(.*?)```", printed, re.S)
    try:
        data = json.loads(fenced[1] if fenced else printed)
    except (ValueError, RecursionError) as error:
        raise ExtractError(f"{name}: no JSON ({str(error)[:80]})") from error
    items = data.get("facts") if isinstance(data, dict) else data
    if not isinstance(items, list):
        raise ExtractError(f'{name}: give a list of facts or {{"facts": [...]}}, not {type(data).__name__}')
    found, problems = [], []
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            problems.append(f"item {number}: {item!r} is no object")
            continue
        fact, wrong = _fact({k: v for k, v in item.items() if k in FIELDS and v is not None}, name)
        problems += [f"item {number}, {w}" for w in wrong]
        found.append(fact)
    if problems:
        raise ExtractError(f"{name}: " + "; ".join(problems))
    return _reader(found)


# --- facts of others --------------------------------------------------------------------------------------------


def _fact(row: Mapping[str, object], rule: str) -> tuple[Fact, list[str]]:
    """A fact without a place, and what is wrong with its fields."""
    problems = []
    fields: dict[str, object] = {}
    for name in NUMBERS:
        told = row.get(name, "")
        if str(told).strip() == "":
            continue
        number = _number(told)
        if number is None:
            problems.append(f"{name}: {told!r} is no number")
        elif name == "n" and number != int(number):
            problems.append(f"n: {told!r} is no whole number")
        else:
            fields[name] = int(number) if name == "n" else number
    words = {name: str(row.get(name, "")).strip() for name in WORDS}
    if not words["kind"]:
        problems.append("kind: empty")
    return Fact(start=-1, end=-1, rule=rule, **words, **fields), problems  # type: ignore[arg-type]


def _number(told: object) -> float | None:
    if isinstance(told, bool):
        return None
    try:
        value = float(str(told).strip().replace("−", "-").rstrip("%"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _reader(found: list[Fact]) -> Reader:
    def read(text: str) -> list[Fact]:
        """The facts put at the first place of their quote; start and end are -1 where the quote does not stand."""
        return [_placed(f, text) for f in found]

    return read


def _placed(fact: Fact, text: str) -> Fact:
    start = text.find(fact.quote) if fact.quote else -1
    return fact._replace(start=start, end=start + len(fact.quote)) if start >= 0 else fact


# --- side by side -----------------------------------------------------------------------------------------------


def _paired(ours: Sequence[Fact], theirs: Sequence[Fact]) -> list[tuple[int, int]]:
    """Best pairs first, each fact once; a pair shares its kind and a value, a place, or its arm, outcome and time."""
    scored = []
    for i, a in enumerate(ours):
        for k, b in enumerate(theirs):
            if a.kind == b.kind and (score := _likeness(a, b)) >= _ENOUGH:
                scored.append((-score, i, k))
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    out = []
    for _, i, k in sorted(scored):
        if i not in taken_a and k not in taken_b:
            taken_a.add(i)
            taken_b.add(k)
            out.append((i, k))
    return sorted(out)


_ENOUGH = 3


def _likeness(a: Fact, b: Fact) -> int:
    said = (a.value, b.value) if a.value is not None else (a.value_text or None, b.value_text or None)
    score = 3 if None not in said and _alike(*said) else 0
    if b.start >= 0 and a.start < b.end and b.start < a.end:
        score += 3
    for name in ("arm", "outcome", "weeks", "measure"):
        left, right = getattr(a, name), getattr(b, name)
        if left not in (None, "") and right not in (None, ""):
            score += 1 if _alike(left, right) else -1
    return score


def _alike(left: object, right: object) -> bool:
    """Equal numbers (to 9 digits), or words equal but for case, blanks and one being said in full."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)
    a, b = (re.sub(r"[\s\-_]+", " ", str(x)).strip().casefold() for x in (left, right))
    return a == b or (min(len(a), len(b)) >= 3 and (a in b or b in a))


def _ungrounded(theirs: Sequence[Fact], text: str) -> Iterable[Ungrounded]:
    printed = _printed(text)
    for position, fact in enumerate(theirs):
        if fact.quote and fact.start < 0:
            yield Ungrounded(position, "quote", fact.quote, fact.quote)
        for name in GROUNDED:
            value = getattr(fact, name)
            if value is not None and round(abs(value), 9) not in printed:
                yield Ungrounded(position, name, value, fact.quote)


def _printed(text: str) -> set[float]:
    """Sizes of all numbers that stand in the text, in digits or words."""
    passage = txt.normalise(text)
    found = {0.0} if re.search(r"\b(?:no|none|zero)\b|无|未|没有", passage.norm, re.I) else set()
    for q in txt.quantities(passage):
        found |= {round(abs(v), 9) for v in (q.value, q.low, q.high, q.spread) if v is not None}
    return found | {round(float(m), 9) for m in re.findall(r"\d{1,15}(?:\.\d{1,12})?", passage.norm)}
