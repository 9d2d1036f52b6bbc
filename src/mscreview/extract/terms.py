"""What kind of study it is: one fact for every vocabulary term of the protocol that a text names, from a context.

A term named several times gives one fact, at its best place: the title, then methods, aim, results, conclusion,
background. Terms of one family stand in the order of the protocol, which lists the telling ones first, so that a later
stage takes the first of several. A term met only in the background, or only denied, says so in its status.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.lexicon import Term
from mscreview.extract.model import Context, Fact

_RANK = {"title": 0, "methods": 1, "aim": 2, "": 3, "results": 3, "conclusion": 5, "background": 6}
_STATUS = {"ok": 0, "ambiguous": 1, "planned": 1, "background": 2, "negated": 3}
_DENIED = re.compile(
    r"(?:\b(?:no|not|without|excluding|excluded|except|rather than|instead of|absence of|free of|non)\b[ -]?(?:\w+ ){0,3}|"
    r"排除(?:了|标准为)?|除外|未合并|无|不伴)$",
    re.I,
)
_CALLED_FOR = re.compile(
    r"\b(?:further|future|larger|large-scale|more|additional|well-designed|high-quality|needed|required|warranted)\b|仍?需要?|有待|未来|进一步",
    re.I,
)
_BEFORE, _AROUND = 32, 90


def read(context: Context) -> Iterator[Fact]:
    """Facts whose kind is the vocabulary and whose `value_text` is the canonical term."""
    for family in context.lexicon.vocabulary:
        best: dict[str, tuple[tuple[int, int, int], Term, str]] = {}
        for term in context.terms.get(family, ()):
            status = _status(context, term)
            rank = (_STATUS[status], _RANK.get(context.section_at(term.start), 3), term.start)
            if term.name not in best or rank < best[term.name][0]:
                best[term.name] = (rank, term, status)
        for _, term, status in best.values():
            yield context.fact(
                family,
                term.start,
                term.end,
                "vocabulary",
                value_text=term.name,
                status=status,
                arm=_arm(context, term),
            )


def _status(context: Context, term: Term) -> str:
    norm = context.norm
    if _DENIED.search(norm, max(0, term.start - _BEFORE), term.start):
        return "negated"
    section = context.section_at(term.start)
    sentence = context.sentence_at(term.start)
    if section in ("conclusion", "") and sentence:
        low, high = max(sentence.start, term.start - _AROUND), min(sentence.end, term.end + _AROUND)
        if _CALLED_FOR.search(norm, low, term.start) or _CALLED_FOR.search(norm, term.end, high):
            return "background"
    return "background" if section == "background" else "ok"


def _arm(context: Context, term: Term) -> str:
    """The arm whose name holds the term."""
    return next((arm.name for arm in context.arms if arm.start <= term.start and term.end <= arm.end), "")
