"""Is a number the amount of a drug, and of whose treatment? What the print around it says, whatever its learned class.

Takes the normal form and a number with its unit; part of `continuous`, which asks it about every number the scorer takes
for a dose, or could have.
"""

from __future__ import annotations

import re

from mscreview.extract.model import Context

_MASS = r"(?:micrograms?|milligrams?|mg|g|μ ?g|µ ?g|mcg|ng|IU|U|units?)"
_RATIO = re.compile(r"\d *: *$")
_NO_AMOUNT = re.compile(
    r"mm ?Hg$|mm$|cm$|kPa$|bpm$|dB$|(?:months?|weeks?|days?|years?|hours?|hrs?|h|min|minutes?|s|seconds?|points?|steps?)$"
)
# "a 0.9% reduction", "35% were on", "a score of 7%"
_SHARE_BEHIND = re.compile(
    r"(?:[ -][a-z]+)? (?:reduction|decrease|increase|decline|improvement|lower|higher|greater|less|gain|loss|of|were|was|had|received|said|presented|reported|relative to|or (?:more|less|greater|lower)|compared)"
)
_SHARE_BEFORE = re.compile(
    r"\b(?:by|than|(?:levels?|reductions?|decreases?|increases?|targets?|values?) of|equal to|between|achiev(?:e|es|ed|ing)|at least|approximately|about"
    r"|baseline\b(?:[^.\d]|\d|\.\d){0,50}) ?$"
    r"|(?<![\d.])\d+ ?\($",  # "35 (0.1%)": a count with its share
    re.I,
)
_UNIT_LATER = re.compile(rf" ?-? ?{_MASS}\b")


def is_no_dose(norm: str, start: int, end: int, unit: str) -> bool:
    """Whether the number `norm[start:end]` cannot be an amount: a ratio, a time, a pressure, a share, a bare number."""
    left = norm[max(0, start - 70) : start]
    if _RATIO.search(left) or _NO_AMOUNT.match(unit):
        return True
    if not unit:
        return _UNIT_LATER.match(norm, end) is None
    if unit.startswith("%"):
        after = norm.find("%", end) + 1 or end
        return bool(_SHARE_BEFORE.search(left) or _SHARE_BEHIND.match(norm, after))
    return False


_OFTEN = re.compile(
    r" ?(?:/ ?d(?:ay)?\b|per day|(?:once|twice|thrice|three times|four times)\b|(?:once-|twice-)?(?:daily|weekly)\b|[bBtT]\.? ?[iI]\.? ?[dD]\b|[qQ]\.? ?[dDwW]\b"
    r"|(?:or|and|versus|vs\.?) (?:matching )?placebo\b|(?:SC|IV|IM|PO|BD|OD|s\.c\.|i\.v\.|i\.m\.|p\.o\.|orally|intravenously)(?![A-Za-z])"
    r"|[(\[] ?[nN] ?=)"
)
_GIVEN = re.compile(
    r"\b(?:receiv\w*|randomi[sz]ed|assigned|allocated|given|treated|administ\w+|injections? of|groups? of|adding|(?:to|and) add|irradiat\w+|radiotherapy|began|started|taking)\b(?:[^.;]|\.\d){0,60}$"
    r"|(?:服用|口服|给予|注射|静滴|泵注)[^。;,]{0,12}$",
    re.I,
)
_PLAIN_MASS = re.compile(
    r"(?:mg|g|μ ?g|µ ?g|mcg|micrograms?|milligrams?)(?: ?/ ?(?:kg|m\^?2|m\(2\)))?(?: ?/ ?d(?:ay)?)?$|[毫微]克$|c?Gy$"
)
_PER_BODY = re.compile(r"\w+ ?/ ?(?:kg|m\b|m\^?2|m\(2\))|c?Gy")
# "X (10 mg/day, n = 33)", "X (up to 20 mg daily; n = 52)"
_BRACKETED = re.compile(r"[A-Za-z]{2} ?[(\[](?:up to |about |median |mean )?$")
_SIZE_NEXT = re.compile(r"[^()\[\]]{0,40}?[,;:] ?[nN] ?=")


def is_surely_dose(norm: str, start: int, end: int, unit: str) -> bool:
    """ "randomised to X 20 µg once daily": a mass that is given so often."""
    if not _PLAIN_MASS.match(unit):
        return False
    often = (
        _PER_BODY.match(unit)
        or ("/" in unit and not norm[end - 1].isdigit())
        or unit.endswith("克")
        or _OFTEN.match(norm, end)
    )
    if _BRACKETED.search(norm, max(0, start - 16), start) and _SIZE_NEXT.match(norm, end):
        return True
    return bool(often and _GIVEN.search(norm, max(0, start - 90), start))


def arm_beside(context: Context, start: int, end: int) -> int | None:
    """ "X 0.5%", "0.5% X": the arm whose name a number touches, by its place among the arms."""
    before = context.mentions_in(max(0, start - 60), start)[-1:]
    if before and context.norm[before[0].end : start] in (" ", ", "):
        return before[0].arm
    behind = context.mentions_in(end, end + 2)[:1]
    return behind[0].arm if behind else None


_DRUG = r"[^.;()\d]{0,30}[(,]?(?:\d+ or )?$"
_THERAPY = r"(?:dos(?:e|es|age|ages)|therap(?:y|ies)|treatments?|monotherapy|regimens?)"
_BEFORE_THE_TRIAL = re.compile(
    rf"\b(?:stable|ongoing|existing|established|pre-?existing|unchanged) (?:\w+ ){{0,2}}{_THERAPY}?(?: of| on| with)?{_DRUG}"
    rf"|\b(?:inadequately|insufficiently|poorly|adequately|well|not|sufficiently)[ -]controlled (?:with|on|by|using)\b{_DRUG}"
    rf"|\b(?:currently|previously|already) (?:on|receiving|treated|taking|using)\b{_DRUG}"
    rf"|\b(?:controlled |maintained )?on (?:\w+ )?monotherapy with\b{_DRUG}"
    rf"|\brun-?in\b{_DRUG}",
    re.I,
)
_UNTIL_THEN = re.compile(rf"\b(?:after|following) [^.;]{{0,40}}\b{_THERAPY} (?:with|on|of)\b{_DRUG}", re.I)
_ALLOTTED = re.compile(r"[^.;]{0,110}\b(?:randomi[sz]ed|assigned|allocated|switched)\b")
_PEOPLE_ON = re.compile(
    rf"\b(?:patients|subjects|adults|eyes)\b[^.;\d]{{0,40}} (?:on|receiving|taking|treated with|using)\b{_DRUG}", re.I
)
_JOINED = re.compile(
    r"[^.;]{0,110}\b(?:enrolled|included|recruited|eligible|switched|entered|selected|discontinued|requir(?:ed|ing)"
    r"|(?:patients|subjects|eyes) (?:were|was) randomi[sz]ed)"
)
_REACH = 130


def is_earlier(norm: str, start: int, end: int) -> bool:
    """Whether a dose is of what patients took before, or went on taking: "not controlled on X 0.5%", "on a stable dose of Y"."""
    low = max(0, start - _REACH)
    if _BEFORE_THE_TRIAL.search(norm, low, start):
        return True
    until_then = _UNTIL_THEN.search(norm, low, start) and _ALLOTTED.match(norm, end)
    return bool(until_then or (_PEOPLE_ON.search(norm, low, start) and _JOINED.match(norm, end)))
