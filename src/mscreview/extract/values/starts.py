"""Which number of a sentence is the start and which the end: "fell from 8.6 to 7.2", "74 ± 8 to 79 ± 9".

The numbers of a sentence with their classes in, the classes anew out; part of `phrased`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from mscreview.extract.model import chained
from mscreview.extract.values.joins import bridge, listed
from mscreview.extract.values.numbers import TIME_UNIT, Value

OPEN = frozenset({"other", "baseline", "final", "change", "difference"})
MEANS = frozenset({"baseline", "final", "change"})
MOVED = r"(?:decreas|fell\b|fall|increas|rose\b|rises?\b|rising|reduc|improv|declin|drop|chang|went\b|lower|raised|remained|(?:was|were) stable)"
_FROM = re.compile(
    rf"\b{MOVED}[^.;]{{0,70}}(?<!rang..)(?<!ranging)(?<!varied)[ (]from (?:an? |the )?(?:mean |baseline |of )*$", re.I
)
_ALSO_FROM = re.compile(r"\bfrom (?:an? |the )?(?:mean |baseline |of )*$", re.I)
_RANGED = re.compile(r"\b(?:rang|vari|span)\w+ (?:\w+ )?(?:from |between )?$")
_UNCHANGED = re.compile(
    r"\b(?:not (?:[a-z]+ )?chang\w*|no (?:[a-z]+ )?changes?|unchanged|unaltered)\b[^.;()\d]{0,40}\b(?:with|in|on|after|under) [^.;()\d]{2,40}\($"
)
_TO = re.compile(r"[^.;,\d]{0,12}(?:\([^()]{0,30}\))?[^.;,\d]{0,30}\bto ?(?:a )?(?:mean )?(?:of )?\(?")
AT_BASELINE = re.compile(
    r" ?(?:[A-Za-z/]{1,10} )?(?:(?:at|for) baseline|at (?:the start|(?:study )?entry|enrol?lment)|before (?:the )?(?:treatment|therapy|intervention|study))\b"
)
_ON = re.compile(r" ?[)\]]? ?(?:on|with|for|in|after|following|under) ")
_REACH = 150


_MEDIAN_MOVED = re.compile(r"\b[Mm]edian [^.;,]{2,60}$")


def from_to(norm: str, group: Sequence[Value], out: list[str], k: int, moved: bool) -> bool:
    """ "fell from 8.6 to 7.2 and 7.1": the first is the start, the others the end; `moved` says that one stood in front."""
    a, b = group[k - 1], group[k]
    if out[k - 1] not in OPEN or a.unit != b.unit or b.start - a.stop > 60 or TIME_UNIT.match(a.unit):
        return False
    if a.spread is not None and a.spread.value is None:
        return False  # a range: perhaps medians
    if a.unit.startswith("%") and not MEANS & {*out[k - 1 : k + 2]}:
        return False  # shares of people may rise as well
    left = norm[max(0, a.start - _REACH) : a.start]
    both = a.spread is not None and b.spread is not None and norm[a.stop : b.start] == " to "
    both = both or (left.endswith("(") and bridge(norm, a, b) == "vs" and _UNCHANGED.search(left) is not None)
    if both and {*out[k - 1 : k + 1]} <= MEANS and not _RANGED.search(left):
        out[k - 1 : k + 1] = ["baseline", "final"]  # "rose with X (74 ± 8 to 79 ± 9)"
        return moved
    if left.endswith("from ("):
        left = left[:-1]  # "from (46.8 ± 21.5) to (24.3 ± 15.7)"
    if left.rstrip().endswith(("from", "of", "mean", "baseline")):
        led = (moved and _ALSO_FROM.search(left)) or _FROM.search(left)
        if led and _TO.fullmatch(norm, a.stop, b.start):
            of_medians = _MEDIAN_MOVED.search(left) and a.spread is None and b.spread is None
            out[k - 1 : k + 1] = ["median", "median"] if of_medians else ["baseline", "final"]
            return True
    elif k > 1 and out[k - 1] == "final" and out[k] in ("change", "other") and left.endswith(" to "):
        out[k] = "final" if bridge(norm, a, b) in ("and", "vs") else out[k]
    return False


def is_later(norm: str, start: Value, v: Value) -> bool:
    """ "25 at baseline, 18 on X and 17 on Y": the label behind the first is not that of the others."""
    if v.unit not in (start.unit, "") or AT_BASELINE.match(norm, v.stop):
        return False
    return _ON.match(norm, v.stop) is not None


# "at baseline and after 4 and 12 weeks was 24.8, 16.8 and 15.7"
_TIMES_FROM_BASELINE = re.compile(
    r"\b(?:at|before) (?:baseline|(?:the )?start|entry|enrol?lment|treatment)\b(?P<times>[^.;]{3,80}?)\b(?:was|were|averaged) "
)


def through_time(norm: str, group: Sequence[Value], labels: list[str]) -> list[str]:
    """In a list of as many numbers as times, the first of them the start, the first number is the start."""
    if len(group) < 2:
        return labels
    first = group[0].start
    told = _TIMES_FROM_BASELINE.search(norm, max(0, norm.rfind(". ", 0, first)), group[-1].start)
    if told is None:
        return labels
    out, size = list(labels), len(re.findall(r"\d+", told["times"])) + 1
    for run in chained((k, k + 1) for k, (a, b) in enumerate(pairwise(group)) if listed(norm, a, b)):
        if len(run) == size > 1 and group[run[0]].start >= told.end() and {out[k] for k in run} <= OPEN:
            out[run[0]] = "baseline"
            for k in run[1:]:
                out[k] = "final"
    return out
