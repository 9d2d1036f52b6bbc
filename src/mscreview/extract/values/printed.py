"""What the print itself says of one number: "±" is no share of people, "median" names a median, a plus is a change.

The normal form, a number with the scorer's class and what is known of it in, its class out; part of `measured`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from mscreview.extract.roles.shares import is_measured
from mscreview.extract.roles.words import ROLES
from mscreview.extract.values.dosed import is_no_dose, is_surely_dose
from mscreview.extract.values.numbers import TIME_UNIT, Value
from mscreview.extract.values.scorer import classes


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is known of a number beside its class: features, whether its confidence interval follows, chances of every
    class and, when it is a quantity, of every role."""

    features: frozenset[str]
    bounded: bool
    chances: np.ndarray
    roles: np.ndarray | None

    def role(self, role: int) -> float:
        return 0.0 if self.roles is None else float(self.roles[role])

    def likeliest(self, allowed: Collection[str]) -> str:
        return max((c for c in classes() if c in allowed), key=lambda c: self.chances[classes().index(c)])

    def led_by(self, cue: str, gaps: str = "01") -> bool:
        """Whether a cue stands in front, so near (0 to 2)."""
        return any(f"l{gap}:{cue}" in self.features for gap in gaps)


_SURELY_PERCENT, _LIKELY_PERCENT, _SURELY_MEAN, _LIKELY_MEDIAN = 0.8, 0.6, 0.6, 0.5
_PERCENT, _MEAN, _MEDIAN = (ROLES.index(role) for role in ("percent", "mean", "median"))
_NO_MEAN, _MEANS = ("other", "percent", "events"), ("baseline", "final", "change", "difference")
_NO_MEDIAN = (*_NO_MEAN, "final")
_PER_VOLUME = re.compile(r"/ ?[dmμµn]?[lL]$")
# a number with a labelled interval is a result of some kind
_BOUNDED = ("percent", "final", "change", "difference", "baseline", "median")
_MEDIAN_OF = {"final": "median", "change": "median change", "relative": "median change", "baseline": "median"}
# what a number printed with a sign is not: only a change has a plus
_UNSIGNED = {"-": ("percent", "events", "dose"), "+": ("percent", "events", "dose", "baseline", "final")}


def told(norm: str, v: Value, label: str, seen: Seen) -> str:
    """The scorer's class, unless the print itself says more: "±" is no share of people, "median" names a median."""
    unsigned = _UNSIGNED.get(norm[v.start], ())
    if label in unsigned:
        label = seen.likeliest(set(classes()) - set(unsigned))
    elif label == "dose" and is_no_dose(norm, v.start, v.number_end, v.unit):
        label = seen.likeliest(set(classes()) - {"dose"})
    elif label != "dose" and v.unit and is_surely_dose(norm, v.start, v.end, v.unit):
        return "dose"
    surely = _LIKELY_PERCENT if label == "dose" else _SURELY_PERCENT
    if v.unit.startswith("%") and seen.role(_PERCENT) > surely and not unsigned:
        label = "percent"
    if label in ("percent", "events") and v.spread is not None and v.spread.value is not None:
        label = "final"
    if v.unit[:1] > "\u2e7f" and v.spread is None and not seen.bounded and label in ("final", "baseline"):
        return "other"  # "12个月降至": a time
    if unsigned and label == "other" and v.spread is not None and v.spread.value is not None:
        return seen.likeliest(("change", "difference"))  # "-1.46 (SE 0.07)"
    spread = v.spread if label in ("other", "median") and v.spread and v.spread.value is not None else None
    if spread and (spread.kind == "" or (v.unit.startswith("%") and is_measured(norm, v.start, v.stop))):
        return "final"  # "214 (96) min", "attendance was 74% (SD 21)"
    return _median(v, label, seen) or _otherwise(norm, v, label, seen, unsigned)


def _median(v: Value, label: str, seen: Seen) -> str:
    """A class of medians where one is named near by or the role says so; '' for none."""
    spanned = _is_spanned(v)
    if v.spread is not None and not spanned:
        return ""
    named = seen.led_by("median", "012")
    if spanned and v.spread is not None and v.spread.kind == "iqr" and label in (*_NO_MEDIAN, "baseline"):
        return "median"
    if seen.role(_MEDIAN) > _LIKELY_MEDIAN and (
        label in _NO_MEDIAN or (label == "median" and seen.bounded and not named)
    ):
        return "median"
    meant = named and (spanned or seen.led_by("median") or not seen.led_by("mean"))
    meant = meant or (label in ("baseline", "final") and _is_lopsided(v) and not seen.led_by("mean", "012"))
    return _MEDIAN_OF.get(label, "") if meant else ""


def _is_spanned(v: Value) -> bool:
    """Whether a range or the quartiles follow a number, no SD and no confidence interval."""
    return v.spread is not None and v.spread.value is None and v.spread.kind != "ci"


def is_unnamed_span(v: Value) -> bool:
    return v.spread is not None and v.spread.kind == "" and v.spread.value is None


_LEAST_LOPSIDED = 0.04


def _is_lopsided(v: Value) -> bool:
    """ "118.4 (76.2, 188.5)": a span without a name, whose middle the number is not: quartiles."""
    if v.spread is None or v.spread.low is None or v.spread.high is None or not is_unnamed_span(v):
        return False
    off = abs(v.value - (v.spread.low + v.spread.high) / 2) - 10.0**-v.decimals
    return v.spread.low < v.value < v.spread.high and off > _LEAST_LOPSIDED * (v.spread.high - v.spread.low)


def _otherwise(norm: str, v: Value, label: str, seen: Seen, unsigned: Collection[str]) -> str:
    """The class of a number that is no median: a labelled interval, a concentration, a mean by its role."""
    if label == "median" and norm[v.start] in "+-" and not seen.led_by("median", "012"):
        label = seen.likeliest(set(classes()) - {"median", *unsigned})
    if label == "median" and seen.bounded and not seen.led_by("median", "012"):
        label = "other"  # an interval behind a number makes no median of it
    if label in _NO_MEAN and seen.role(_MEAN) > _SURELY_MEAN:
        return seen.likeliest(set(_MEANS) - set(unsigned))
    if seen.bounded and label in ("other", "dose") and seen.led_by("median"):
        return "median"
    if (label == "dose" and _PER_VOLUME.search(v.unit)) or (seen.bounded and label in ("other", "dose")):
        allowed = {c for c in _BOUNDED if c != "median" or seen.led_by("median", "012")}
        return seen.likeliest(allowed if seen.bounded else allowed | {"other"})
    untold = label == "other" and seen.led_by("median") and not seen.led_by("age")
    if untold and (_is_spanned(v) or TIME_UNIT.match(v.unit)) and not _AT.search(norm, max(0, v.start - 8), v.start):
        return "median"
    unsure = label in ("other", "percent") and v.unit.startswith("%") and seen.role(_PERCENT) <= _SURELY_PERCENT
    return "relative" if unsure and _CHANGED_BY.search(norm[max(0, v.start - _BEFORE) : v.start].lower()) else label


_BEFORE = 45
_AT = re.compile(r"\b(?:at|after|within) $")  # "median pain at 24 h was 28"
# "a reduction of 25%"
_CHANGED_BY = re.compile(r"\b(?:reduction|decrease|increase|rise|fall|decline|drop)s? of (?:about |approximately )?$")
