"""Two numbers of one sentence laid to the two asked arms: whose is larger?

Takes a `Place`; gives the sign of the intervention's value minus the comparator's and how the two were told apart.
Numbers that are no results (p-values, intervals, spreads, times, test statistics, the arms' own doses) are left out.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from mscreview.extract.ask.deal import item_of, items_of
from mscreview.extract.ask.place import Place
from mscreview.extract.ask.question import Question

_TIME = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?|weeks?|wks?|months?|years?|yrs?)"
_N = r"-?\d+(?:\.\d+)?"
_NO_RESULT = re.compile(
    "|".join(
        (
            r"\b[pP](?:[- ]?values?)? ?(?:[=<>≤≥]|was|of|less than|greater than) ?[=<>]? ?\.?\d[\d.e-]*",
            rf"(?:9\d(?:\.\d)? ?% ?)?\b(?:CIs?|[Cc]onfidence (?:[Ii]ntervals?|limits?))[^\d;]{{0,12}}{_N} ?%? ?(?:-|to|,|;|and|~) ?{_N}",
            r"(?:±|\+/-|\+-) ?\d+(?:\.\d+)?",
            rf"[(\[] ?{_N} ?%? ?(?:-|to|,|;|~) ?{_N}[^()\[\]]*[)\]]",
            r"\b[nN] ?= ?\d+",
            rf"\b(?:SD|SE|SEM|IQR|[Rr]ange|interquartile range|df|d\.f\.)\b[^\d;()\[\]]{{0,6}}{_N}(?: ?(?:-|to) ?{_N})?",
            rf"\b(?:F|t|z|r|d|chi2?|OR|RR|HR|aOR|aHR|SMD|alpha)\b[^;=(]{{0,12}}= ?{_N}|[βχη]\S{{0,2}} ?= ?{_N}",
            r"\b(?:odds|hazards?|risk|rate) ratios?\b[^\d;]{0,25}\d+(?:\.\d+)?|\brelative risk\b[^\d;]{0,25}\d+(?:\.\d+)?",
            rf"\b(?i:at|after|for|within|over|during|by|until|through|every|from|first|last|between|in|to) (?:the )?(?:first |last )?\d+(?:\.\d+)?(?:(?:,|-| |to|and|or|&){{1,4}}\d+)*[- ]?{_TIME}\b",
            rf"\b\d{{1,9}}(?:\.\d+)?-{_TIME}\b",
            r"\b(?i:weeks?|days?|months?|years?|visits?|hours?|min|minutes|grades?|stages?|phases?|types?|groups?|questions?|\(pod\)) \d+(?:\.\d+)?(?:(?:,|-| |to|and|or|&){1,4}\d+)*(?! ?%)",
            r"\b\d{1,9}(?:\.\d+)?[- ]?(?:times|fold|points? (?:scale|Likert))\b",
            r"\b[\w.]{1,20} (?:out )?of (?:the )?\d+(?! ?%)",
            rf"\bfrom {_N}(?=[^\d;]{{0,25}}(?:(?:±|\+/-|\(SD) ?\d+(?:\.\d+)?[^\d;]{{0,14}})? to {_N})",
            r"\b\d{1,9}(?:/\d{1,9})?(?=[^\d();,]{0,20}[(,\[] ?\d+(?:\.\d+)? ?%)",
            r"(?<=% [(\[])\d+(?:/\d+)?(?! ?%)",
            r"[<>≤≥] ?\d+(?:\.\d+)?",
        )
    )
)
_VALUE = re.compile(
    r"(?<![\w.,/^-])(?P<v>-?\d+(?:\.\d+)?)(?P<over>/\d+)?(?: ?(?P<pct>%))?(?!\w*\d)(?: ?[(\[]-?\d[\d.]*[)\]])?(?: ?(?P<late>%))?"
)
_LIST = re.compile(r"[^\d;.()]{0,14}?(?:,|/|\band\b)[^\d;.()]{0,6}$")
_JOIN = re.compile(r"[^\d;.]{0,14}?(?:\bvs\b\.?|\bversus\b|\bcompared (?:with|to)\b|\bthan\b|\bagainst\b)[^\d;]{0,12}$")
_RESPECTIVELY = re.compile(r"[^.;]{0,70}\brespectively|[^.;]{0,30}\b(?:in|for) (?:the )?\w+(?:[- ]\w+)? and \w+")
_IN = re.compile(r"[^\d;,]{0,14}\b(?:in|for|with|among|after|on|by|under) (?:the |those )?$")
_OPENED = re.compile(r"(?:[Cc]ompared|[Ii]n comparison|[Rr]elative|[Ii]n contrast) (?:to|with)\b[^,;]{0,90},")
_OPENS = 25
_REACH = 130


class Value(NamedTuple):
    """A printed result with its place; `percent` says how it was written."""

    start: int
    end: int
    value: float
    percent: bool


def values(norm: str, start: int, end: int, doses: frozenset[str]) -> list[Value]:
    """Results in a stretch, in order; `doses` are numbers that name an arm."""
    gone = _no_results(norm, start, end)
    out: list[Value] = []
    at = start
    while m := _VALUE.search(norm, at, end):
        at = m.end()
        if any(a <= m.start("v") < b for a, b in gone) or m["v"] in doses:
            at = m.end("v")
            continue
        part = float(m["over"][1:]) if m["over"] else 1.0
        if part > 0:
            out.append(Value(m.start(), m.end(), float(m["v"]) / part, bool(m["pct"] or m["late"])))
    return out


def _no_results(norm: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(m.start(), m.end()) for m in _NO_RESULT.finditer(norm, start, end)]


class _Gaps(NamedTuple):
    """What stands between two values: without numbers that are no results and what stands in brackets."""

    norm: str
    gone: list[tuple[int, int]]

    def between(self, a: Value, b: Value) -> str:
        at, kept = a.end, ""
        for start, end in self.gone:
            if at <= start and end <= b.start:
                kept, at = kept + self.norm[at:start], end
        return _ASIDE.sub("", kept + self.norm[at : b.start])


_ASIDE = re.compile(r"[(\[][^()\[\]]*[)\]]")
_MARKS = str.maketrans("", "", "()[]")


def larger(norm: str, place: Place, low: int, high: int, question: Question) -> tuple[float, str]:
    """+1 when the intervention's number is the larger, -1 when the smaller, 0 untold; and by what it was told."""
    found = values(norm, low, high, question.doses)
    gaps = _Gaps(norm, _no_results(norm, low, high))
    if listed := _by_list(gaps, place, found):
        return listed, "list of names"
    begin = place.outcome.start if place.outcome else low
    marks = _marks(norm, place)
    pairs = _pairs(gaps, found, [m[0] for m in marks])
    for a, b in sorted(pairs, key=lambda p: p[0].start < begin):
        first, how = _first_arm(gaps, marks, a, b, place.order)
        if not first or a.value == b.value:
            continue
        size = (abs(a.value), abs(b.value)) if a.value < 0 and b.value < 0 and question.fall else (a.value, b.value)
        sign = 1.0 if size[0] > size[1] else -1.0
        return (sign if first == "I" else -sign), how
    return 0.0, ""


def _by_list(gaps: _Gaps, place: Place, found: list[Value]) -> float:
    """ "49, 47 and 26 in A, B and C, respectively": the sign by the numbers of the two arms asked for; 0 untold."""
    s, norm = place.sentence, gaps.norm
    if len(found) < 3 or norm.find("respectively", found[0].end, s.end) < 0:
        return 0.0
    run = [found[0]]
    for a, b in pairwise(found):
        if _LIST.match(gaps.between(a, b).translate(_MARKS)):
            run.append(b)
        elif len(run) < 3:
            run = [b]
        else:
            break
    stop = norm.find("respectively", run[-1].end, s.end)
    for stretch in ((run[-1].end, stop), (s.start, run[0].start)):
        items = items_of(norm, *stretch, len(run)) if len(run) > 2 and stop > 0 else []
        i, c = (item_of(items, arm) for arm in (place.left, place.right)) if items else (None, None)
        if i is not None and c is not None and run[i].value != run[c].value:
            return 1.0 if run[i].value > run[c].value else -1.0
    return 0.0


def _pairs(gaps: _Gaps, found: list[Value], marks: list[int]) -> list[tuple[Value, Value]]:
    """Neighbours that may be compared; of lists ("35 and 42% ... 17 and 18%") the first ones."""
    listed = [
        bool(marks) and _LIST.match(gaps.between(a, b)) is not None and not any(a.end <= m < b.start for m in marks)
        for a, b in pairwise(found)
    ]
    heads = list(found[:1])
    for k, b in enumerate(found[1:]):
        alone = not any(listed[max(k - 1, 0) : k] + listed[k + 1 : k + 2])
        if not listed[k] or (alone and _RESPECTIVELY.match(gaps.norm, b.end)):
            heads.append(b)
    return [(a, b) for a, b in pairwise(heads) if b.start - a.end <= _REACH and a.percent <= b.percent]


def _marks(norm: str, place: Place) -> list[tuple[int, int, str]]:
    """Arms named in the sentence, in order, without those of an opening "compared with ..."."""
    s = place.sentence
    m = _OPENED.search(norm, s.start, s.end)
    since = m.end() if m and m.start() - s.start < _OPENS else s.start
    both = [(p[0], p[1], "I") for p in place.left]
    both += [(p[0], p[1], "C") for p in place.right if not norm[p[0] : p[1]].lower().startswith("compar")]
    return [m for m in sorted(both) if m[0] >= since]


def _first_arm(gaps: _Gaps, marks: list[tuple[int, int, str]], a: Value, b: Value, known: str) -> tuple[str, str]:
    """The arm the first of two numbers belongs to; `known` is the arm that the text before named first."""
    norm = gaps.norm
    between = [m for m in marks if a.end <= m[0] < b.start]
    ahead = [m for m in marks if m[1] <= a.start]
    behind = [m for m in marks if b.end <= m[0]]
    other = {"I": "C", "C": "I"}
    if not between:
        gap = gaps.between(a, b)
        joined = _JOIN.match(gap)
        if not joined and not _LIST.match(gap):
            return "", ""
        if len(ahead) > 1 and a.start - ahead[-1][1] < 12 and ahead[-1][0] - ahead[-2][1] < 25:
            ahead = ahead[-2:]
        order = [m[2] for m in ahead] or [m[2] for m in behind]
        if not order:
            return known or "I", "order before" if known else "order unsaid"
        return order[0], ("order" if len(set(order)) > 1 else "order half") + ("" if joined else " list")
    if len({m[2] for m in between}) > 1:
        return between[0][2], "around"
    x = between[0][2]
    if _IN.match(norm, a.end, between[0][0]):
        return x, "in"
    if behind and behind[0][2] != x and behind[0][0] - b.end < 60:
        return x, "after"
    if ahead and ahead[-1][2] != x and a.start - ahead[-1][1] < 60:
        return other[x], "before"
    return "", ""
