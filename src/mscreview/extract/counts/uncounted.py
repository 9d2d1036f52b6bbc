"""Numbers that read like counts of people and count something else: studies, amounts, times, telephones, or one of the sexes.

A part of `people`: the normal form, a number and its role in, whether it may count people out.
"""

from __future__ import annotations

import re

from mscreview.extract.roles.guess import EVENTS
from mscreview.text import Quantity
from mscreview.text.patterns import PEOPLE


def counts_people(norm: str, q: Quantity, role: int) -> bool:
    """Whether a number that reads like a count of people may be one."""
    whole = not q.percent and q.value is not None and q.value >= 0 and q.value == int(q.value)
    return whole and not _counts_no_people(norm, q, role)


_LIMITS = frozenset("≥≤")
_MONEY = frozenset("$£€¥")
_STATISTIC = re.compile(r"\b(?:mean|median|average) ?= ?$")
# "22% with 5 mg": an amount counts no people
_AMOUNT = re.compile(
    r" ?/ ?[a-zμµ]|-(?:day|week|month|year|hour|minute)s?\b|[ -]?(?:mg|μg|mcg|IU|kg|m[lL])\b| (?:euros?|dollars?|pounds|EUR|USD)\b"
)
# "214 (96) min": what closes a bracket before a unit is a spread, but for "(n = 17) min"
_SPREAD = re.compile(r"[)\]] ?(?:min(?:utes?)?|h(?:ours?)?|s|mm ?Hg|kg|cm|mm|m[lL]|beats/min|bpm)\b(?!/)")
# "Tel. +44 20 7946 0321"
_REGISTERS = ("tel", "phone", "fax", "issn", "isbn", "pmid")
_DIALLED = re.compile(rf"\b(?:{'|'.join(_REGISTERS)})\b[.:]? ?[-+()\d ]*$", re.I)


def _counts_no_people(norm: str, q: Quantity, role: int) -> bool:
    """Whether the print makes a count of people something else: studies, an amount, a time, a telephone or one of the sexes."""
    if _STUDIES.match(norm, q.end) or _AMOUNT.match(norm, q.end) or norm[q.start - 1 : q.start] in _MONEY:
        return True
    if q.text[0] == "0" and len(q.text) > 1:  # "09/92"
        return True
    if norm[max(0, q.start - 2) : q.start].strip() == "=" and _STATISTIC.search(norm, max(0, q.start - 12), q.start):
        return True
    if _SPREAD.match(norm, q.end) and norm[max(0, q.start - 2) : q.start].strip() != "=":
        return True
    if norm.startswith((" groups", " arms", " other groups"), q.end):
        return True
    if norm[q.start - 1 : q.start] in _LIMITS or norm[max(0, q.start - 2) : q.start] in (">=", "<=", "≥ ", "≤ "):
        return True
    if role == EVENTS:
        return _IS_TIME.search(norm, max(0, q.start - 60), q.start) is not None
    if _THINGS.match(norm, q.end) or _is_sex(norm, q):
        return True
    low = max(0, q.start - 24)
    words = norm[low : q.start].lower()
    return any(name in words for name in _REGISTERS) and _DIALLED.search(norm, low, q.start) is not None


# "at weeks 18 (22% vs 9%) and 54 (26% vs 14%)"
_IS_TIME = re.compile(
    r"(?<!\d[ -])\b(?:weeks?|months?|days?|years?|hours?) (?:\d+ \([^()]{0,40}\),? (?:and|or) )?$", re.I
)


# "Four randomized trials", "9 articles"; not "14 participants completed both trials"
_STUDIES = re.compile(
    rf"(?: (?!(?:of|in|with|and|from|for|{PEOPLE})\b)[A-Za-z-]{{1,20}}){{0,3}} (?:articles|trials|studies|papers|publications|RCTs)\b"
    r"| (?:[a-z]+ )?(?:study|trial|article|paper)\b(?= (?:reported|found|showed|described|used|had|was|did|that|which|in which)\b)"
)
# "518 treatment cycles", "10 centres": neither people nor groups of them
_THINGS = re.compile(
    r"(?: (?!(?:of|in|with|and|from|for|at|per|to)\b)[a-z-]{1,20})??[ -](?:nm|c?Gy|min(?:utes?)?|hours?|cycles|(?:person|patient)-years|procedures|segments|infusions|cent(?:er|re)s"
    r"|hospitals|clinics|practices|schools|villages|wards|sites|countries|or more)\b"
)


# --- sexes --------------------------------------------------------------------------------------------------------

_MEN, _WOMEN = r"(?:men|males?|boys)\b", r"(?:women|females?|girls)\b"
_SEX = re.compile(rf" (?:{_MEN}|{_WOMEN})")
_SEXES = re.compile(rf"\d+ (?:{_MEN}(?:,| and|;|/) ?\d+ {_WOMEN}|{_WOMEN}(?:,| and|;|/) ?\d+ {_MEN})")
_OTHER_SEX = 24


def _is_sex(norm: str, q: Quantity) -> bool:
    """ "22 men, 16 women", "22 male and 16 female": the sexes are no arms."""
    if not _SEX.match(norm, q.end):
        return False
    both = _SEXES.search(norm, max(0, q.start - _OTHER_SEX), q.end + _OTHER_SEX)
    return both is not None and both.start() <= q.start < both.end()
