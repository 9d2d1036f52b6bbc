"""How two numbers of a sentence are joined: "26.5 vs 35.5%", "76.1, 74.4 and 73.0", "9.2 (166 mg/dL)".

The normal form and two `Value`s in, the kind of the join out; asked by all that settle the class of a number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mscreview.extract.values.numbers import Value

_BRIDGE = re.compile(
    r"\bvs?\b\.?|versus|\bagainst\b|compared (?:with|to)|\band\b|&|\bto\b|[,;/]|和|与|及|比|、|至|或", re.I
)


def bridge(norm: str, a: Value, b: Value) -> str:
    """How `b` continues `a`: 'vs', 'and', 'to', 'comma', 'alt' (the same in another unit) or '' (it does not)."""
    if a.sentence != b.sentence or b.start - a.stop > 70:
        return ""
    gap = norm[a.stop : b.start]
    if a.unit and b.unit != a.unit and _ALTERNATIVE.fullmatch(gap):
        return "alt"
    return _joined_by(gap)


_ALTERNATIVE = re.compile(r" ?[\[(] ?(?:or |= ?)?")
_STOP = re.compile(r"(?<!\bvs)(?<!\bv)[.;] ")


@lru_cache(maxsize=256)  # each gap is asked for several times
def _joined_by(gap: str) -> str:
    if gap.count(")") > gap.count("(") + 1 or _STOP.search(gap):
        return ""
    words = [w.lower().rstrip(".") for w in _BRIDGE.findall(gap)]
    if not words:
        return ""
    if any(w in ("vs", "versus", "v", "against", "比") or w.startswith("compared") for w in words):
        return "vs"
    if words[-1] in ("to", "至") and len(gap) < 14:
        return "to"
    if "and" in words or "&" in words or "和" in words or "与" in words or "及" in words:
        return "and"
    return "comma"


_LIST_GAP = re.compile(
    r" ?[)\]]? ?(?:[,/]|,? (?:and|or|but|vs?\.?|versus|against|compared (?:with|to)))(?: (?:by|only))? ?[(\[£$€]? ?"
)


def listed(norm: str, a: Value, b: Value) -> bool:
    """Whether two numbers with one unit stand in a bare list ("76.1, 74.4 and 73.0")."""
    return a.sentence == b.sentence and a.unit == b.unit and _LIST_GAP.fullmatch(norm, a.stop, b.start) is not None


_NAMED_GAP = re.compile(
    r" ?%?[)\]]?(?: ?\([^()]{3,30}\))? ?(?:in|with|for|on|after|under|among) (?:the )?(?:[^.;,()\d]|\d[\d.]*[ -]?(?:m?g|μg|ml|%|units)\b){1,34}(?:\([^()]{3,40}\))?(?:,(?: and)?| and| vs\.?| versus| but| while| whereas|,? compared with)(?: only| by)? (?:by )?[£$€]?"
    r"|[;,] (?:and )?(?:[\w-]+ ){0,2}[\w-]+[,:=] ?"
    r"|(?: ?\([^()]{3,30}\))? (?:at|after|by) (?:(?:week|month|day|year) \d+|\d+ (?:weeks|months|days|years)),?(?: and| vs\.?| versus| but|,|,? compared with) (?:by )?"
)


def goes_on(norm: str, a: Value, b: Value) -> bool:
    """Whether a number goes on where the one before ended: a bare list, or "250 mL with X and 143 mL with Y"."""
    return listed(norm, a, b) or (a.unit == b.unit and _NAMED_GAP.fullmatch(norm, a.stop, b.start) is not None)
