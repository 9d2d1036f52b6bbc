"""Features of "the arms differ" at one direction word: claims, hedges, p-values, intervals, other words of the clause.

Takes a `Place` and a cue; gives named features for the model of `ask`.
"""

from __future__ import annotations

import re

from mscreview.extract.ask.cues import Cue
from mscreview.extract.ask.place import BASELINE, BETWEEN, COMPARED_WITH, WITHIN, Features, Place, clause
from mscreview.extract.effects.pvalues import PValue
from mscreview.text import Sentence

_CLAIM = re.compile(
    r"\bsignifican(?:t|tly|ce)\b|\bmarked(?:ly)?\b|\bremarkabl[ey]|\bsubstantial(?:ly)?|\bdramatic(?:ally)?|\bconsiderabl[ey]|显著|明显",
    re.I,
)
_HEDGE = re.compile(
    r"\b(?:trend(?:ed|s)?|tend(?:ed|ency|s)|slight(?:ly)?|numerical(?:ly)?|marginal(?:ly)?|borderline|may|might|could|non-?significant(?:ly)?|insignificant(?:ly)?|not significant|not statistically)\b",
    re.I,
)
_INTERVAL = re.compile(
    r"(?P<head>[^;]{0,70}?)(?:CI|[Cc]onfidence [Ii]ntervals?|CrI)\W{0,5}(?:[:=,]|of|was|from)?\W{0,4}?(?P<a>-? ?\d+(?:\.\d+)?)(?: ?%)? ?(?:-|to|,|;|and|~) ?(?P<b>[-+]? ?\d+(?:\.\d+)?)"
)
_RATIO = re.compile(r"\b(?:a?OR|a?RR|a?HR|IRR|SHR|PR|odds|hazards?|ratio|relative risk)\b")


def apart(norm: str, place: Place, cue: Cue | None) -> Features:
    """Features of "the arms differ"."""
    s = place.sentence
    way = f"{cue.way}.{cue.kind}" if cue else "none"
    low, high = clause(place, cue) if cue else (s.start, s.end)
    here = cue.start if cue else s.start
    text = norm[low:high]
    out = {f"cue:{way}": 1.0, f"cue:{cue.way if cue else 'none'}&{s.section}": 1.0, f"section:{s.section}": 1.0}
    around = norm[max(low, here - 30) : min(high, (cue.end if cue else here) + 40)]
    for name, pattern in (("claim", _CLAIM), ("hedge", _HEDGE)):
        if pattern.search(around):
            out[f"{name} near"] = 1.0
            out[f"{name} near&{cue.way if cue else 'none'}"] = 1.0
        elif pattern.search(text):
            out[f"{name} in clause"] = 1.0
    for name, pattern in (
        ("within", WITHIN),
        ("between", BETWEEN),
        ("compared", COMPARED_WITH),
        ("baseline", BASELINE),
    ):
        if pattern.search(text):
            out[name] = 1.0
            out[f"{name}&{cue.way if cue else 'none'}"] = 1.0
    out |= _p_features(place, here, high)
    spread = _interval(norm, s, here)
    if spread:
        out["interval:" + spread] = 1.0
    others = {c.way for c in place.cues if c is not cue and low <= c.start < high}
    out |= {f"also:{w}": 1.0 for w in others}
    out |= {f"elsewhere:{c.way}": 1.0 for c in place.cues if not low <= c.start < high}
    out["left"] = float(any(low <= p[0] < high for p in place.left))
    out["right"] = float(any(low <= p[0] < high for p in place.right))
    return out


def _p_features(place: Place, here: int, high: int) -> Features:
    out: Features = {}
    verdicts = {_verdict(p) for p in place.ps}
    if verdicts:
        out["p:" + ("mixed" if len(verdicts) > 1 else verdicts.pop())] = 1.0
    after = [p for p in place.ps if here <= p.start < high]
    if after:
        out["p next:" + _verdict(after[0])] = 1.0
    m = place.outcome
    if m:
        behind = [p for p in place.ps if p.start >= m.end]
        if behind:
            gap = behind[0].start - m.end
            out[f"p of outcome:{_verdict(behind[0])}{'' if gap < 60 else ' far'}"] = 1.0
    return out


def _verdict(p: PValue) -> str:
    if p.value is None:
        return "ns"
    if p.sign == ">":
        return "ns" if p.value >= 0.01 else "sig"
    return "sig" if p.value < 0.05 or (p.sign == "<" and p.value <= 0.05) else "ns"


def _interval(norm: str, s: Sentence, here: int) -> str:
    """Whether the first interval behind the word (or in the sentence) holds the value of no effect."""
    m = _INTERVAL.search(norm, here, s.end) or _INTERVAL.search(norm, s.start, s.end)
    if not m:
        return ""
    low, high = (float(m[g].replace(" ", "").replace("+", "")) for g in "ab")
    null = 1.0 if _RATIO.search(m["head"]) and low >= 0 else 0.0
    if low == high:
        return ""
    return ("holds null" if min(low, high) <= null <= max(low, high) else "clear") + (" ratio" if null else "")
