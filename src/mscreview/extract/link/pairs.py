"""Pairs of values that stand for two arms named once: "the X group and the controls differed in A (1 vs 2), B (3 vs 4)".

A refiner, run after `fill`: facts in, the same facts with `arm` filled for pairs whose arms `fill` left blank, where the
sentence names exactly two arms in front of the pair or gives another pair's arms in order. What stays unclear stays blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mscreview.extract.model import Context, Fact

_PAIRED = frozenset({"mean", "change", "median", "percent", "events"})
_JOIN = re.compile(
    r"[)\] ]*(?:[A-Za-zμ%/0-9^]{0,12}[)\] ]*)?(?:vs\.?|versus|against|v\.|compared (?:with|to)|and|,|、|和|与|比)(?: only)? ?[(\[]?",
    re.I,
)
_VERSUS = re.compile(r"vs|versus|v\.|against|compared|比", re.I)
_RESPECTIVELY = "respectively"
_IN_ORDER = (_RESPECTIVELY, "versus", "分别", "相应")
_VS = re.compile(r"\bvs\b")


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Fill the arms of unlabelled pairs, sentence by sentence."""
    out = list(facts)
    by_sentence: dict[int, list[tuple[int, int, int]]] = {}
    for k, f in enumerate(facts):
        if f.kind in _PAIRED and f.status != "negated":
            start, end = context.passage.at(f.start), context.passage.at(f.end)
            if sentence := context.sentence_at(start):
                by_sentence.setdefault(sentence.index, []).append((start, end, k))
    for index, places in by_sentence.items():
        sentence = context.sentences[index]
        _fill(context, out, _pairs(context.norm, sorted(places), out), sentence.start, sentence.end)
    return out


def _pairs(norm: str, places: list[tuple[int, int, int]], facts: list[Fact]) -> list[tuple[int, int, int, bool]]:
    """(start, first fact, second fact, joined by versus) of values of one kind that follow each other."""
    found, i = [], 0
    while i + 1 < len(places):
        (start, end, a), (after, _, b) = places[i], places[i + 1]
        same = facts[a].kind == facts[b].kind and facts[a].outcome == facts[b].outcome
        if same and _JOIN.fullmatch(norm, end, after):
            found.append((start, a, b, bool(_VERSUS.search(norm, end, after))))
            i += 2
        else:
            i += 1
    return found


def _fill(context: Context, facts: list[Fact], pairs: list[tuple[int, int, int, bool]], low: int, high: int) -> None:
    known = {(facts[a].arm, facts[b].arm) for _, a, b, _ in pairs if facts[a].arm and facts[b].arm}
    blank = [(start, a, b, versus) for start, a, b, versus in pairs if not facts[a].arm and not facts[b].arm]
    if not blank:
        return
    words = context.norm[low:high].lower()
    ordered = any(word in words for word in _IN_ORDER) or bool(_VS.search(words))
    for start, a, b, versus in blank:
        arms = next(iter(known)) if len(known) == 1 else _named(context, low, start)
        if arms is None and _RESPECTIVELY in words:
            arms = _named(context, start, high)
        if arms and arms[0] != arms[1] and (versus or ordered):
            facts[a], facts[b] = facts[a]._replace(arm=arms[0]), facts[b]._replace(arm=arms[1])


def _named(context: Context, low: int, high: int) -> tuple[str, str] | None:
    """The two arms a stretch names, when it names exactly two."""
    arms = list(dict.fromkeys(m.arm for m in context.mentions_in(low, high)))
    return (context.arms[arms[0]].name, context.arms[arms[1]].name) if len(arms) == 2 else None
