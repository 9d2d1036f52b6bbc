"""Is a number the amount of a change? "The score fell by 49% with X and by 55% with Y"; of a risk it is an effect.

The normal form and a number in; asked by `phrased`.
"""

from __future__ import annotations

import re

from mscreview.extract.roles.shares import LISTED
from mscreview.extract.values.numbers import TIME_UNIT, Value

NAMED = r"(?<=[A-Za-z])\d"  # a digit that is part of a name: "B12"
AT_A_TIME = r"\b(?:weeks?|months?|days?|years?) \d+|\d+ (?:weeks|months|days|years)\b"
_CHANGED_BY = re.compile(
    rf"\b(?:fell|fallen|(?:decreas|reduc|increas|improv|declin|dropp|lower|chang|diminish|shorten|lengthen|prolong|delay|slow|rais)(?:ed|es)|rose|risen|grew|lost|gained|slowed|higher|lower|greater|smaller|larger|better|worse)\b(?P<of>(?:[^.;:\d]|{NAMED}){{0,60}}?(?:\b(?:week|month|day|year|of) \d[\d.]*%? )?)\b(?:by|at a (?:mean )?rate of) (?:(?:an? )?(?:mean|average) (?:of )?)?(?:about |approximately |only |nearly )?{LISTED}(?:by )?$"
    r"|(?<!\bthe )(?<!\ban )(?<!\ba )\b(?:improved|increased|decreased|declined|rose|risen|fell|fallen|dropped) (?:significantly )?$",
    re.I,
)
_DIRECT = ("ed ", "ose ", "isen ", "ell ", "fallen ", "tly ")
_RISK = re.compile(
    r"\b(?:risk|hazard|odds|mortality|incidence|recurrence|relapse|death|probability|likelihood|rates?|percentage|proportion|number)\b",
    re.I,
)
_RATIO_BEHIND = re.compile(r"[^.;]{0,60}\b(?:HR|RR|OR|hazard|relative risk|odds|risk ratio)\b")
_REACH, _SUBJECT = 150, 90


def is_changed_by(norm: str, v: Value) -> bool:
    """ "the score fell by 49% with X and by 55% with Y"; of a risk it is an effect."""
    left = norm[max(0, v.start - _REACH) : v.start]
    if TIME_UNIT.match(v.unit) or not (left.endswith(_DIRECT) or "by " in left or "rate of " in left):
        return False
    led = _CHANGED_BY.search(left)
    if led is None or not (led["of"] is not None or v.unit):
        return False
    of = left[max(0, led.start() - _SUBJECT) : led.start()].rpartition(". ")[2] + (led["of"] or "")
    return _RISK.search(of) is None and _RATIO_BEHIND.match(norm, v.end) is None


def is_amount_of_change(left: str) -> bool:
    """ "the additional reduction at week 12 was 16%": how much, not how many."""
    led = _AMOUNT_OF_CHANGE.search(left) if left.endswith(("was ", "were ", "averaged ")) else None
    return led is not None and _RISK.search(left, left.rfind(". ", 0, led.start()) + 1) is None


_AMOUNT_OF_CHANGE = re.compile(
    rf"\b(?:[Rr]eductions?|[Dd]ecreases?|[Ii]ncreases?|[Dd]eclines?|[Cc]hanges?)\b(?! of \d)(?:[^.;,\d()\[\]]|{NAMED}|{AT_A_TIME}){{0,70}}(?:was|were|averaged) $"
)
