"""Is a number the difference of two arms? What the words around it say, whatever its learned class.

"fell by 0.6% relative to placebo", "more than with placebo (0.6%; P = .02)", "(1.4 kg difference)" are differences, "a
non-inferiority margin of 0.4%" is no result, and of two numbers joined by "vs" each is an arm's own. `settled` takes the
numbers of a sentence with their classes and gives the classes anew, as part of `continuous`; the refiner `refine` calls
the difference of two shares of people a risk difference.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from mscreview.extract.model import Context, Fact
from mscreview.extract.values.joins import bridge, listed
from mscreview.extract.values.numbers import Value

_OWN = frozenset({"change", "final"})
_MARGIN = re.compile(r"\b(?:margins?|boundar(?:y|ies)|limits?)\b[^.;,()]{0,30}$", re.I)
_MARGIN_OF = re.compile(
    r"\b(?:non-?inferiority|equivalence|comparability|similarity|pre-?(?:specified|defined))\b", re.I
)
_SAID_BEHIND = re.compile(
    r" ?(?:difference\b|(?:more|less|greater|lower|higher|better|worse) than\b"
    r"(?! (?:(?:the|at|their|corresponding) )*(?:baseline|before|pre-?treatment)))",
    re.I,
)
_P = r"(?: ?[\[(][^()\[\]]{0,12}\b[Pp] ?[<=>][^()\[\]]{0,12}[)\]])?"
_RELATIVE = re.compile(
    rf"{_P},? ?(?:relative to|vs\.?|versus|compared (?:with|to)|than(?: with)?|over) (?:that (?:of|with) )?(?:the )?"
)
_OF_THE_OTHER = re.compile(r"[^.;]{0,12}[(\[]? ?[-+]?\d(?!\.\d{3,})")
_VERSUS = re.compile(r"[^;,()]{0,20}?(?:\bvs?\b|versus|compared)")
_POINTS_APART = re.compile(r" (?:absolute |risk )?difference\b")  # "45% v 41% (4% difference)"
_FAR = 100
_THAN = re.compile(r"(?:er|more|less) [^.;()\d]{0,60}\bthan (?:with |for |in |the ){0,2}$")
_OPENS = re.compile(r"(?: (?:group|arm|alone|monotherapy))? ?[(\[] ?[-+]?")


def settled(context: Context, group: Sequence[Value], labels: Sequence[str]) -> list[str]:
    """The classes of a sentence's numbers, corrected by what is printed around them."""
    out = list(labels)
    paired = [
        k > 0 and len({group[k - 1].unit, v.unit} - {""}) < 2 and bridge(context.norm, group[k - 1], v) == "vs"
        for k, v in enumerate(group)
    ]
    for k, v in enumerate(group):
        in_pair = paired[k] or paired[k + 1 : k + 2] == [True] or _in_list(context.norm, group, k)
        lone = k == 0 or v.start - group[k - 1].stop > _FAR
        if out[k] in ("difference", *_OWN) and _is_margin(context.norm, v):
            out[k] = "other"
        elif (out[k] in _OWN and not in_pair and _is_difference(context, v, lone)) or (
            out[k] == "percent" and _POINTS_APART.match(context.norm, v.end)
        ):
            out[k] = "difference"
        if paired[k] and {out[k], out[k - 1]} & _OWN and "difference" in (out[k], out[k - 1]):
            out[k] = out[k - 1] = next(x for x in (out[k - 1], out[k]) if x in _OWN)
        if (
            k > 1
            and out[k - 2 : k + 1] == _THREE
            and _ALIKE.search(context.norm, max(0, group[k - 2].start - 40), group[k - 2].start)
        ):
            out[k - 2 : k + 1] = ["final"] * 3
    return _each_of_an_arm(context, group, out) if out.count("difference") > 1 else out


def _in_list(norm: str, group: Sequence[Value], k: int) -> bool:
    """ "more with X than with Y (2.0 and 1.5, respectively)"."""
    near = group[max(0, k - 1) : k + 2]
    told = norm.find("respectively", near[-1].stop, near[-1].stop + 20) >= 0
    return told and any(listed(norm, a, b) for a, b in pairwise(near))


# "mean pain was 5.9 (95% CI 5.3-6.5) for X and 4.1 (95% CI 3.5-4.7) for Y": each arm's own
_MEAN_OF_EACH = re.compile(
    r"\b(?:[Mm]ean|[Aa]verage) (?![^.;:,\d]*\b(?:differ\w*|chang\w*|reduc\w*|increas\w*|decreas\w*|improv\w*|gains?|loss|ratios?"
    r"|effects?|versus|vs|between|relative|net|placebo)\b)[^.;:,()\d]{2,60} (?:was|were|averaged) $"
)
_INTERVAL_OF_ONE = re.compile(
    r" ?\((?:95 ?% ?)?(?:CI|confidence interval)[^()]{3,30}\) (?:for|with|in|on|after) (?:the )?"
)


def _each_of_an_arm(context: Context, group: Sequence[Value], labels: list[str]) -> list[str]:
    """The classes anew, where a mean with its interval is told of one arm after the other."""
    norm, out = context.norm, list(labels)
    first = labels.index("difference")
    if not _MEAN_OF_EACH.search(norm, max(0, group[first].start - _BEFORE), group[first].start):
        return out
    for k in range(first, len(out)):
        of_one = _INTERVAL_OF_ONE.match(norm, group[k].end) if out[k] == "difference" else None
        if of_one is None or not context.mentions_in(of_one.end(), of_one.end() + 1):
            break
        out[k] = "final"
    return out


# "did not differ (3.6, 3.5 and 3.4)": each arm's own
_THREE = ["difference"] * 3
_ALIKE = re.compile(r"\b(?:not differ\w*|no (?:\w+ )?differences?|alike|similar|comparable)\b[^;.()\d]{0,30}[(\[]$")


_POINTS = re.compile(r" ?(?:%|percent)")
_BEFORE = 200


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """A difference in per cent that the two shares of people printed before it give is a risk difference (RD)."""
    raw = context.passage.raw
    shares = sorted((f for f in facts if f.kind == "percent" and f.status == "ok"), key=lambda f: f.start)
    return [_risk_difference(raw, f, shares) if shares and f.measure == "MD" else f for f in facts]


def _risk_difference(raw: str, f: Fact, shares: Sequence[Fact]) -> Fact:
    k = bisect_left(shares, f.start, key=lambda s: s.start)
    before = [s for s in shares[max(0, k - 2) : k] if f.start - _BEFORE < s.start and s.end <= f.start]
    if len(before) < 2 or f.value is None or not _POINTS.match(raw, f.start + len(f.value_text)):
        return f
    a, b = before
    unit = 10.0 ** -min(a.decimals or 0, b.decimals or 0, f.decimals or 0)
    apart = abs((a.value or 0.0) - (b.value or 0.0))
    return f._replace(measure="RD", unit="%") if abs(apart - abs(f.value)) <= unit + 1e-9 else f


def _is_margin(norm: str, v: Value) -> bool:
    left = norm[max(0, v.start - 90) : v.start]
    return ("margin" in left or "boundar" in left or "limit" in left) and bool(
        _MARGIN.search(left) and _MARGIN_OF.search(left)
    )


def _is_difference(context: Context, v: Value, lone: bool) -> bool:
    norm = context.norm
    if _SAID_BEHIND.match(norm, v.stop):
        return True
    behind = _RELATIVE.match(norm, v.stop)
    if behind and (arm := context.mentions_in(behind.end(), behind.end() + 1)):
        return _OF_THE_OTHER.match(norm, arm[0].end) is None
    if not lone or _VERSUS.match(norm, v.stop):
        return False
    before = [m for m in context.mentions_in(max(0, v.start - 40), v.start) if m.end <= v.start][-1:]
    return bool(
        before
        and _OPENS.fullmatch(norm, before[0].end, v.start)
        and _THAN.search(norm, max(0, before[0].start - 90), before[0].start)
    )
