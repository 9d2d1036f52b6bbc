"""When and what: the week and the outcome a stretch of the normal form speaks of. Part of `fill`.

Times come from `times.time_points`, outcomes from the lexicon's terms; without a protocol the outcome stays blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mscreview.extract.model import Context, beginning_in
from mscreview.extract.times import TimePoint

_STUDY_TIME = re.compile(
    r" ?-? ?(?:study|trial|period|follow-?up|randomi[sz]ed|multi|open|double"
    r"|treatment|course|of (?:treatment|therapy|follow)|prospective)",
    re.I,
)
_RIGHT = re.compile(r"[^.;\d]{0,24}\b(?:at|after|in|by|over|within|for)\b[^.;\d]{0,18}| | ?[\[(] ?(?:week )?", re.I)
_P_PRINTED = re.compile(r"[,;]? ?\b[Pp] ?[=<>≤≥] ?\.?\d[\d.]*|[)\]]")
_REACH = 1500  # a sentence may be endless in a broken text
# "at 6 months (HR 0.70": the time opens the bracket that holds the number
_OPENED = re.compile(r" ?时? ?[\[(][^()\[\].;\d]{0,40}")
_SENTENCE_END = re.compile(r"[.!?] |。")


def weeks_of(context: Context, times: Sequence[TimePoint], start: int, end: int) -> float | None:
    """Weeks of the time the words around `norm[start:end]` name, or None."""
    sentence = context.sentence_at(start) if times else None
    if sentence is None:
        return None
    low, high = max(sentence.start, start - _REACH), min(sentence.end, end + _REACH)
    points = [p for p in beginning_in(times, low, high) if p.end <= start or p.start >= end]
    if not points:
        return None
    norm = context.norm
    a, b = _phrase(norm, start, end, low, high)
    here = [p for p in points if a <= p.start < b and not _STUDY_TIME.match(norm, p.end)]
    if len(here) == 1:
        return here[0].weeks
    left = [p for p in points if p.end <= start and not _STUDY_TIME.match(norm, p.end)]
    if left and _OPENED.fullmatch(norm, left[-1].end, start):
        return left[-1].weeks
    right = next((p for p in points if p.start >= end), None)
    if right and right.start - end <= 40 and _RIGHT.fullmatch(_P_PRINTED.sub("", norm[end : right.start])):
        return right.weeks
    return left[-1].weeks if left else None


def outcome_of(context: Context, start: int, end: int) -> str:
    """Id of the protocol's outcome that `norm[start:end]` measures: in its clause, else before it, else after it."""
    terms = context.terms.get("outcome", ())
    sentence = context.sentence_at(start)
    if not terms or sentence is None:
        return ""
    norm = context.norm
    if _other_thing(norm, terms, sentence.start, start):
        return ""
    reach = max(sentence.start, start - _REACH), min(sentence.end, end + _REACH)
    for a, b in (_clause(norm, start, end, *reach), reach):
        left, right = beginning_in(terms, a, start), beginning_in(terms, end, b)
        if left:
            return str(left[-1].name)
        if right:
            return str(right[0].name)
    line = norm.rfind("\n", max(0, start - 2000), start) + 1
    heading = beginning_in(terms, line, start)
    if heading and not _SENTENCE_END.search(norm, heading[-1].end, start):
        return str(heading[-1].name)
    return _said_before(context, terms, sentence.start) if _AGAIN.match(norm, sentence.start, start) else ""


# "The corresponding reductions at 6 weeks were": of what, the sentence before said
_AGAIN = re.compile(
    r"(?:the )?(?:(?:mean|average|corresponding|respective) ){0,2}(?:changes?|reductions?|decreases?|increases?|falls?|rises?"
    r"|values?|figures?|rates?)(?: (?:from baseline|(?:at|after|by) (?:week )?\d+(?: \w+)?|at \w+ \d+))* (?:was|were)\b",
    re.I,
)


def _said_before(context: Context, terms: Sequence[Any], start: int) -> str:
    """The one outcome of the sentence before."""
    before = context.sentence_at(start - 1) if start else None
    names = {t.name for t in beginning_in(terms, before.start, before.end)} if before else set()
    return str(names.pop()) if len(names) == 1 else ""


def _phrase(norm: str, start: int, end: int, low: int, high: int) -> tuple[int, int]:
    """The stretch between commas (outside of brackets) that holds the number: "45% with and 33% without at 6 months"."""
    depth, a, b = 0, low, high
    for m in reversed([*_MARK.finditer(norm, low, start)]):
        if depth <= 0 and m[0] in ",;:。":
            a = m.end()
            break
        depth += (m[0] in ")]") - (m[0] in "([")
    depth = max(0, norm.count("(", start, end) - norm.count(")", start, end))
    for m in _MARK.finditer(norm, end, high):
        if depth <= 0 and m[0] in ",;。":
            b = m.start()
            break
        depth += (m[0] in "([") - (m[0] in ")]")
    return a, b


_MARK = re.compile(r"[,;:。()\[\]]")


def _clause(norm: str, start: int, end: int, low: int, high: int) -> tuple[int, int]:
    """The stretch between semicolons or colons (outside of brackets) that holds the number."""
    depth, a, b = 0, low, high
    for m in reversed([*_MARK.finditer(norm, low, start)]):
        depth += (m[0] in ")]") - (m[0] in "([")
        if depth <= 0 and m[0] in ";:。":
            a = m.end()
            break
    depth = 0
    for m in _MARK.finditer(norm, end, high):
        depth += (m[0] in "([") - (m[0] in ")]")
        if depth <= 0 and m[0] in ";。":
            b = m.start()
            break
    return a, b


_ITEM = re.compile(r"[)\]],? ?(?:and |or )?(?P<thing>[^()\[\]]{0,60}?)[(\[][^()\[\]]{0,14}$")
_THING = re.compile(r"[A-Za-z]{4,}")
_NO_THING = re.compile(
    r"\b(?:weeks?|months?|years?|days?|time|respectively|versus|compared|with|from|after|before|baseline|groups?|arms?|were|patients?|subjects?|participants?|cases|"
    r"both|than)\b|[\u4e00-\u9fff]",
    re.I,
)


def _other_thing(norm: str, terms: Sequence[Any], low: int, start: int) -> bool:
    """Whether a bracket's number follows a name the protocol does not know: "pain (OR 4.3 ...) and swelling (OR 2.7".

    Then no outcome is better than the one before.
    """
    m = _ITEM.search(norm, max(low, start - 90), start)
    if m is None or not _THING.search(m["thing"]) or _NO_THING.search(m["thing"]):
        return False
    return not beginning_in(terms, m.start("thing"), m.end("thing"))
