"""The group that is called by having been treated: a normal form in, candidate names out. A part of `names`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.arms.edges import Candidate, name_before
from mscreview.text.patterns import PEOPLE

_TREATED_ONES = re.compile(rf"(?<!-)\btreated {PEOPLE}\b")
_CONTROLS = re.compile(r"\bcontrols\b(?! (?:the|for|by|and its)\b)")


def and_controls(norm: str) -> Iterator[Candidate]:
    """ "in 7 treated patients and 2 controls", in a text that speaks of no groups."""
    if "controls" not in norm or "treated " not in norm or " group" in norm or " arm" in norm:
        return
    both = [list(p.finditer(norm)) for p in (_TREATED_ONES, _CONTROLS)]
    if all(both):
        yield from (Candidate(*m.span(), "group") for found in both for m in found)


def group(norm: str, stop: int, end: int) -> Candidate:
    """ "the X treated group" is X; "the treated group" has no other name."""
    start, last = name_before(norm, stop - len(" treated"), 3), stop - len(" treated")
    return Candidate(start, last, "group") if start < last else Candidate(last + 1, end, "group")
