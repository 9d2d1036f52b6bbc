"""Counts of one sentence that are printed alike count the same: "(n = 41) ... (n = 39)", "52 had the first and 49 the second".

A part of `people`: a context with its roles in, the role of every number out that has a twin. Twins are weighed together,
so that one doubtful number follows the others; two numbers alike are no totals, unless one is what the others add up to.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from mscreview.extract.model import Context, chained
from mscreview.extract.roles.guess import EVENTS, GROUP, PERCENT, TOTAL
from mscreview.text import Quantity
from mscreview.text.patterns import PEOPLE

_LEAST, _SURE, _CERTAIN = 0.05, 0.5, 0.9  # probabilities
_NEARLY, _HALVES, _JOINED_HALVES = 0.9, 1.8, 4.0  # a whole is that many times what the others make
_REACH = 60
_SIGN = re.compile(r"[(\[,;] ?[nN] ?= ?$")
_WHO = rf" (?:(?:[\w-]+ )?{PEOPLE} )?(?:who )?(?:(?:were|was|had been) )?(?:randomly |then )?"
_DEALT = re.compile(
    rf"{_WHO}(?:assigned|allocated|randomi[sz]ed|received|receiving|treated with|initiated|underwent|given|to)\b"
)
_THEN_ARM = re.compile(
    rf"{_WHO}(?:(?:in|on|with|for|enrolled in|taking) )?(?:the |an? )*(?:\d+(?:\.\d+)? ?\w{{1,3}} )?"
)
_CASE_CONTROL = re.compile(r" (?:[\w-]+ ){0,2}(?P<which>cases|controls)\b")
_TOLD_BEHIND = re.compile(r" ?(?:[,;)]|and\b|vs|versus)")
_JOINT = re.compile(r"(?:\band|,|;|\bversus|\bvs\.?|\bwhile|\bwhereas|\bbut)(?: the)?(?: other| remaining)? ?$")


def alike(context: Context) -> dict[int, int]:
    """Role of every number that has twins in its sentence, by its place among the quantities."""
    p = context.roles
    if p is None or (p[:, GROUP] > _LEAST).sum() < 2:
        return {}
    frames: dict[tuple[int, str], list[int]] = {}
    for j in np.flatnonzero(p[:, GROUP] + p[:, TOTAL] + p[:, EVENTS] > _LEAST).tolist():
        q, sentence = context.quantities[j], context.sentence_at(context.quantities[j].start)
        if q.kind in ("int", "words") and not q.percent and sentence and (frame := _frame(context, j)):
            frames.setdefault((sentence.index, frame), []).append(j)
    found: dict[int, int] = {}
    for (_, frame), members in frames.items():
        twins = _without_whole(context, p, members) if len(members) > 1 else []
        if len(twins) > 1 and (frame != "case" or _both(context, twins)):
            dealt = frame != "signed" and _makes_total(context, p, twins)
            found |= dict.fromkeys(twins, GROUP if dealt else _together(p[twins]))
    return found


_LIST_GAP = re.compile(
    rf"(?: (?:{PEOPLE}|events))?(?: ?[(\[]\d[\d.]* ?%[)\]])?(?:[,;]|,? (?:and|vs?\.?|versus|compared with|against)) ?"
)
_OFTEN = 0.3
_NO_COUNT = re.compile(
    r"(?:/ ?|\bof (?:the )?|[nN] ?= ?|\b(?:groups?|grades?|arms?|stages?|weeks?|months?|days?|years?|phases?|types?|levels?|than|least) )$",
    re.I,
)
_MEASURED = re.compile(
    r" ?(?:/|[-.:]\d|(?:days?|weeks?|months?|years?|hours?|h|min|minutes?|points?|times|kg|m?g|m[lL]|cm|mm)\b)"
)


def listed(context: Context) -> dict[int, int]:
    """Role of the counts and of the percentages that stand in a bare list ("two, three and five"), weighed together."""
    p = context.roles
    if p is None:
        return {}
    found: dict[int, int] = {}
    for role, fits in ((EVENTS, _may_count), (PERCENT, _is_share)):
        members = [(j, q) for j, q in enumerate(context.quantities) if p[j, role] > _LEAST and fits(context.norm, q)]
        joined = ((i, j) for (i, a), (j, b) in pairwise(members) if _LIST_GAP.fullmatch(context.norm, a.end, b.start))
        for run in chained(joined):
            if p[run, role].mean() > _OFTEN and _together(p[run]) == role:
                found |= dict.fromkeys(run, role)
    return found


def _is_share(norm: str, q: Quantity) -> bool:
    spread = norm.endswith(("SE ", "SD ", "SEM ", "CI "), 0, q.start)
    return q.percent and q.value is not None and q.text[0] not in "+-" and not spread


_OPENS = re.compile(
    r"(?! ?(?:,|and\b|vs|versus))[^.;:()\[\]\d]{0,48}(?:[(\[]|(?:enrol|random|includ|recruit|allocat|assign|enter|stud|treat|analy|evalua)\w*: )"
    r"(?:[nN] ?= ?)?[^()\[\]\d;]{0,24}$"
)
_CLOSES = re.compile(r"[^()\[\]\d;]{0,60}[)\].]")
_SMALLEST, _BLOCKS = 6, (" blocks of ", " block of ")


def split(context: Context) -> dict[int, int]:
    """Role of a number and of the counts that a bracket behind it splits it into: "54 had samples (28 on X, 26 on Y)"."""
    p, norm = context.roles, context.norm
    if p is None or len(context.arms) < 2:
        return {}
    found: dict[int, int] = {}
    counts = [(j, q) for j, q in enumerate(context.quantities) if q.value is not None and not q.percent]
    for k, ((j, q), (i, first)) in enumerate(pairwise(counts)):
        if p[i, GROUP] < _LEAST or (q.value or 0) < _SMALLEST or not _OPENS.fullmatch(norm, q.end, first.start):
            continue
        parts, left = [], q.value or 0.0
        for part, count in counts[k + 1 : k + 2 + len(context.arms)]:
            parts.append(part)
            left -= count.value or 0.0
            if left <= 0 or _CLOSES.match(norm, count.end):
                break
        whole = left == 0 and len(parts) > 1 and _CLOSES.match(norm, context.quantities[parts[-1]].end)
        if whole and p[[j, *parts], EVENTS].mean() < _OFTEN and not norm.endswith(_BLOCKS, 0, q.start):
            found |= {j: TOTAL} | dict.fromkeys(parts, GROUP)
    return found


def _may_count(norm: str, q: Quantity) -> bool:
    plain = q.kind in ("int", "words") and q.value is not None and not q.percent
    return plain and not (_MEASURED.match(norm, q.end) or _NO_COUNT.search(norm, max(0, q.start - 12), q.start))


def _frame(context: Context, j: int) -> str:
    """How a number is printed: signed, as people dealt out, as cases or controls, behind an arm; "" for any other."""
    norm, q = context.norm, context.quantities[j]
    if _SIGN.search(norm, max(0, q.start - 8), q.start):
        return "signed"
    after = context.mentions_in(q.end, q.end + _REACH)[:1]
    if _DEALT.match(norm, q.end) or (after and _THEN_ARM.fullmatch(norm, q.end, after[0].start)):
        return "dealt"
    if _CASE_CONTROL.match(norm, q.end):
        return "case"
    before = context.mentions_in(max(0, q.start - _REACH), q.start)[-1:]
    return "behind" if before and norm[before[0].end : q.start] == " " and _TOLD_BEHIND.match(norm, q.end) else ""


def _both(context: Context, twins: list[int]) -> bool:
    """Whether cases as well as controls are counted."""
    told = (_CASE_CONTROL.match(context.norm, context.quantities[j].end) for j in twins)
    return len({m["which"] for m in told if m}) == 2


def _makes_total(context: Context, p: np.ndarray, twins: list[int]) -> bool:
    """Whether the numbers add up to one that is likely the total, and are likely no events."""
    if p[twins, EVENTS].mean() > _SURE:
        return False
    whole = sum(context.quantities[j].value or 0.0 for j in twins)
    return any(context.quantities[k].value == whole for k in np.flatnonzero(p[:, TOTAL] > _SURE).tolist())


def _without_whole(context: Context, p: np.ndarray, members: list[int]) -> list[int]:
    """The members but for one that the others make up, or nearly."""
    values = {j: context.quantities[j].value or 0.0 for j in members}
    largest = max(values, key=lambda j: values[j])
    least = _NEARLY if len(values) > 2 else _HALVES
    if len(values) == 2 and p[largest, TOTAL] < _CERTAIN and _joined(context, *members):
        least = _JOINED_HALVES
    whole = values[largest] >= least * (sum(values.values()) - values[largest])
    return [j for j in members if j != largest or not whole]


def _joined(context: Context, first: int, second: int) -> bool:
    """Whether a word that joins stands in front of the second of two: no part of the first then."""
    a, b = context.quantities[first], context.quantities[second]
    return _JOINT.search(context.norm, a.end, b.start) is not None


def _together(p: np.ndarray) -> int:
    """The likeliest role of twins but "other" and "total"."""
    weight = p.sum(axis=0)
    weight[GROUP] += weight[TOTAL]
    weight[TOTAL] = 0.0
    return int(weight[1:].argmax()) + 1
