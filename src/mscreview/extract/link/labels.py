"""Values that carry their arm's name in brackets: "66.7% (low dose), 100% (medium dose) and 87.5% (high dose)".

A refiner: facts in, the same facts with `arm` filled where at least two values of a sentence are labelled so. Runs
before `fill`, which fills only what is blank.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from mscreview.extract.model import Context, Fact

_LABELLED = frozenset({"percent", "events", "mean", "change", "median"})
_LABEL = re.compile(r"[^\s()\d]{0,12} ?[(\[](?P<name>(?:in )?(?:the )?[A-Za-z\u4e00-\u9fff][^()\[\]=<>%,;]{0,30})[)\]]")
# "66.7% with the low dose"
_DOSE = re.compile(r" (?:with|in|at|for|after|on) (?:the |a )?(?P<name>[a-z]+[- ]dose)\b")
# what stands in brackets behind a number and is no arm
_NO_LABEL = re.compile(
    r"\b(?:SDs?|SEM?|CI|IQR|range|median|mean|p|versus|vs|both|all|each|not|significant|baseline|data|figure|table|patients?)\b|差异|意义|标准|中位",
    re.I,
)


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Fill `arm` from the label in brackets behind a value."""
    out = list(facts)
    found: dict[int, list[tuple[int, str]]] = {}
    ends = {f.end for f in facts if f.kind in _LABELLED}
    if not ends:
        return out
    place = _norm_ends(context, ends)
    for k, fact in enumerate(facts):
        if fact.kind not in _LABELLED or fact.arm or fact.end not in place:
            continue
        end = place[fact.end]
        m = _LABEL.match(context.norm, end) or _DOSE.match(context.norm, end)
        sentence = context.sentence_at(end - 1)
        if m and sentence and not _NO_LABEL.search(m["name"]):
            found.setdefault(sentence.index, []).append((k, _arm(context, m)))
    for labelled in found.values():
        if len({name for _, name in labelled}) > 1:
            for k, name in labelled:
                out[k] = out[k]._replace(arm=name)
    return out


def _norm_ends(context: Context, raw_ends: set[int]) -> dict[int, int]:
    """Normal offsets of raw end offsets."""
    ends = context.passage.ends
    if ends is None:
        return {e: e for e in raw_ends}
    at = {e: bisect_right(ends, e) for e in raw_ends}
    return {e: i for e, i in at.items() if i and ends[i - 1] == e}


def _arm(context: Context, m: re.Match[str]) -> str:
    """The known arm named in the brackets, else the words themselves."""
    for mention in context.mentions_in(*m.span("name")):
        return context.arms[mention.arm].name
    return re.sub(r"^(?:in )?(?:the )?", "", m["name"]).strip()
