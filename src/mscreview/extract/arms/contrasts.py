"""Names of arms told by setting one against the other: a context or a text in, candidates out. A part of `names`.

"X versus Y" in the title, "to compare X with Y", "1.7% with X and 1.0% with Y", "X 71% vs Y 29%", "(X 38, Y 40)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mscreview.extract.arms.edges import STOP_WORDS, Candidate, name_after, name_before
from mscreview.extract.model import Context
from mscreview.text.patterns import PEOPLE

_DATED = r"\d\d (?:[A-Z][a-z]{2,8}\b|;)[^\n]{0,40}:"
_CITATION = re.compile(rf"19{_DATED}|20{_DATED}|doi:|Epub ")
_LEAST_WORDS = 5


def _title(context: Context) -> tuple[int, int] | None:
    """The first sentence; in a text that opens with its citation ("Journal. 2001 Apr; 24: 631-6. Title ...") the next one."""
    at = 0
    for k, s in enumerate(context.sentences[:6]):
        if _CITATION.search(context.norm, s.start, min(s.end, s.start + 120)):
            at = k + 1
    later = context.sentences[at : at + 2] if at else context.sentences[:1]
    return next(
        ((s.start, s.end) for s in later if not at or context.norm.count(" ", s.start, s.end) >= _LEAST_WORDS), None
    )


_COMPARE = re.compile(r"\b[Cc]ompar(?:e|ed|ing) (?!with|to)")
_OF = re.compile(r"\b(?:of|between|compar\w+) (?:the )?$")


def contrasted(context: Context) -> Iterator[Candidate]:
    """ "X versus Y" in the title, "we compared X with Y" in what was asked or done."""
    if title := _title(context):
        yield from _versus(context.norm, *title)
    yield from _with_or_without(context)
    for s in context.sentences[1:]:
        told = context.norm.find("ompar", s.start, s.end) >= 0
        m = _COMPARE.search(context.norm, s.start, s.end) if told else None
        if m and (
            s.section not in ("results", "conclusion", "background") or context.norm.endswith("We ", s.start, m.start())
        ):
            yield from _with(context.norm, m.end(), s.end)
            pairs = list(_versus(context.norm, m.start(), min(s.end, m.end() + 200)))
            for left, right in zip(pairs[::2], pairs[1::2], strict=True):
                names = [right, *_listed_before(context.norm, left)]
                if _OF.search(context.norm, m.start(), names[-1].start):
                    yield from (c._replace(source="asked") for c in reversed(names))


_OR_WITHOUT = re.compile(
    r"\bwith (?:or|and|versus|vs\.?) (?P<name>without) (?:the addition of |an? |added |additional |adjuvant |concurrent |concomitant )?(?=[A-Za-z])"
)


def _with_or_without(context: Context) -> Iterator[Candidate]:
    """ "X with or without Y": those with Y and those "without Y"."""
    for m in context.matches(_OR_WITHOUT) if " without " in context.norm else ():
        end = name_after(context.norm, m.end(), len(context.norm), 3)
        if end > m.end() and context.section_at(m.start()) not in ("results", "conclusion", "background"):
            yield Candidate(m.end(), end, "asked")
            yield Candidate(m.start("name"), end, "asked")


_WITH = re.compile(r"(?: ?[(\[][^()\[\]]{0,30}[)\]])? (?:with|to|against) (?:the |an? )?(?=[A-Za-z])")


def _with(norm: str, start: int, stop: int) -> Iterator[Candidate]:
    """ "We compared X with Y"."""
    article = _ARTICLE.match(norm, start)
    begin = article.end() if article else start
    end = name_after(norm, begin, stop, 4)
    m = _WITH.match(norm, end, stop) if end > begin else None
    last = name_after(norm, m.end(), stop, 4) if m else 0
    if m and last > m.end() and not _MEASURED.search(norm, begin, end):
        yield Candidate(begin, end, "asked")
        yield Candidate(m.end(), last, "asked")


_ARTICLE = re.compile(r"(?:the |an? )")
# "X 1%", "X 1% (t.i.d.)"
_DOSE_LAST = re.compile(r" \d+(?:\.\d+)? ?(?:%|mg|g|ml|μg|IU)?(?: \([^()]{1,30}\))?$| \(\d[^()]{1,30}\)$")


def _listed_before(norm: str, last: Candidate) -> Iterator[Candidate]:
    """ "X 1%, Y 2% and ...": the names of a list, backwards from its last but one."""
    yield last
    while norm.endswith(", ", 0, last.start):
        dose = _DOSE_LAST.search(norm, max(0, last.start - 2 - _DOSE_REACH), last.start - 2)
        end = dose.start() if dose else last.start - 2
        if (start := name_before(norm, end, 4)) == end:
            return
        last = Candidate(start, end, "contrast")
        yield last


_DOSE_REACH = 44
_UNIT_FIRST = re.compile(r"(?:mg|mcg|μg|g|ml|IU|units?)(?:/(?:kg|d|day)\b)? ")  # "5 mg oats"
_VERSUS = re.compile(r" (?:versus|vs\.?|compared (?:with|to)|or|in comparison (?:with|to)|and) ")
# "and" and "or" join arms only behind one of these words
_SET_APART = re.compile(r"\b(?:compar|random|between|effects? of)", re.I)
_MEASURED = re.compile(
    r"\b(?:efficac\w+|safety|effects?|effectiveness|tolerability|outcomes?|costs?|changes?|results?)$", re.I
)


def _versus(norm: str, start: int, end: int) -> Iterator[Candidate]:
    for m in _VERSUS.finditer(norm, start, end):
        if m[0] in (" or ", " and ") and not _SET_APART.search(norm[max(start, m.start() - 400) : m.start()]):
            continue
        dose = _DOSE_LAST.search(norm, max(start, m.start() - _DOSE_REACH), m.start())
        stop = dose.start() if dose else m.start()
        left = name_before(norm, stop, 4)
        left = unit.end() if (unit := _UNIT_FIRST.match(norm, left, stop)) else left
        right = name_after(norm, m.end(), end, 5)
        if left < stop and right > m.end() and not _MEASURED.search(norm, left, stop):
            yield Candidate(left, stop, "contrast")
            yield Candidate(m.end(), right, "contrast")


# "fell by 1.7% with X and 1.0% with Y": two numbers, each with its name behind
_RESULT = re.compile(
    rf"\d(?! (?:{PEOPLE}|with)\b)(?:\.\d+)?[)\]]? ?%?(?: ?[A-Za-z/]{{1,8}})?(?: ?\([^()]{{1,25}}\))? ?"
    r"(?:with|for|on|in) (?:the )?(?=[A-Za-z])(?!total|all|both|mean|each|subgroup)"
)
_THEN = re.compile(r"[^.;\d]{0,14}(?:and|vs|versus|compared (?:with|to)|whereas|while|,)[^.;\d]{0,40}-? ?\d[^;]{0,40}")


def results(norm: str) -> Iterator[Candidate]:
    """Names with their results behind or in front of them."""
    yield from _named_first(norm)
    names: list[tuple[int, int, int]] = []
    for m in _RESULT.finditer(norm):
        end = name_after(norm, m.end(), len(norm), 3)
        if end > m.end() and norm[m.end() : end].lower() not in _OF_ALL:
            names.append((m.start(), m.end(), end))
    for (_, a, a_end), (number, b, b_end) in pairwise(names):
        if number - a_end < 60 and norm[a:a_end] != norm[b:b_end] and _THEN.fullmatch(norm, a_end, b):
            yield Candidate(a, a_end, "result")
            yield Candidate(b, b_end, "result")


_OF_ALL = frozenset({"baseline", "endpoint", "end point", "study", "months", "weeks"})


_VS_NAMED = re.compile(r" (?:vs\.?|versus) (?=(?:[A-Za-z][\w/+-]*,? ){1,3}\d)")
_VALUE_BEFORE = re.compile(r"\d ?%?(?: ?[(\[][^()\[\]]{1,25}[)\]])?,?$")
_NUMBER_BEFORE = re.compile(r",? \d[\d.]*$")


def _named_first(norm: str) -> Iterator[Candidate]:
    """ "X 71% vs Y 29%"."""
    for m in _VS_NAMED.finditer(norm):
        value = _VALUE_BEFORE.search(norm, max(0, m.start() - 32), m.start())
        if value is None:
            continue
        number = _NUMBER_BEFORE.search(norm, max(0, value.start() - 8), value.start() + 1)
        end = number.start() if number else value.start()
        start, right = name_before(norm, end, 3), name_after(norm, m.end(), len(norm), 3)
        if start < end and right > m.end() and norm[start:end].lower() != norm[m.end() : right].lower():
            yield Candidate(start, end, "result")
            yield Candidate(m.end(), right, "result")


# --- "were randomised (X 38, Y 40)" -------------------------------------------------------------------------------

_BRACKETED = re.compile(r"\((?P<list>[A-Za-z][^()]{3,150}\d)\)")
_DIVIDED = re.compile(r"\b(?:random|assign|allocat|divid|analy[sz]ed|group|trial|treated|compar)")
_SIZED = re.compile(r"\s*(?:and )?(?P<name>[A-Za-z][\w/+.-]*(?: [A-Za-z+][\w/+.-]*){0,4})[,:]? (?:n ?= ?)?\d{1,5}")
_SEXES = frozenset({"male", "males", "female", "females", "boys", "girls", "m", "f"})


def sized_pairs(context: Context) -> Iterator[Candidate]:
    """ "randomised (X 38, Y 40)", "(X, 38; Y, 40)": names the text uses again, each with a size in one bracket."""
    lower = context.norm.lower()
    for m in context.matches(_BRACKETED):
        sentence = context.sentence_at(m.start())
        mark = ";" if ";" in m["list"] else ","
        at, found = m.start("list"), []
        for part in m["list"].split(mark):
            if (sized := _SIZED.fullmatch(part)) and _is_name(lower, sized["name"].lower()):
                found.append(Candidate(at + sized.start("name"), at + sized.end("name"), "size"))
            at += len(part) + 1
        whole = len(found) == m["list"].count(mark) + 1 > 1
        if whole and sentence and _DIVIDED.search(context.norm, sentence.start, m.start()):
            yield from found


def _is_name(lower: str, name: str) -> bool:
    return STOP_WORDS.isdisjoint(name.split()) and name not in _SEXES and lower.count(name) > 1
