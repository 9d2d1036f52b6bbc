"""Which numbers tell who took part or how long they were followed, not what came of it; part of `measured`.

The normal form and the numbers of a sentence in, the places of those that tell of the sample out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mscreview.extract.values.joins import goes_on
from mscreview.extract.values.numbers import Value


def about_the_sample(norm: str, group: Sequence[Value]) -> set[int]:
    """Which numbers of a sentence tell of the sample, those that go on where one did among them."""
    found: set[int] = set()
    for k, v in enumerate(group):
        if _is_of_the_sample(norm, v) or (k - 1 in found and goes_on(norm, group[k - 1], v)):
            found.add(k)
    return found


_OF_THE_SAMPLE = re.compile(
    r"\b(?:(?<!at )follow(?:-| )?up|ages?|aged|observation(?! (?:groups?|arms?))|followed|monitored|observed for|since (?:the )?(?:\w+ )?(?:diagnosis|onset))\b[^.;,\d]{0,30}$"
    r"|随访[^。;\d]{0,12}$|年龄[^。;\d]{0,12}$",
    re.I,
)
_FOLLOWED = re.compile(r"(?: ?[(\[][^()\[\]]{3,40}[)\]])? (?:of |after |during )?follow(?:-| )?up\b", re.I)

# who took part is told once; a body mass told of an arm, at a time or twice is a result
_BODY_MASS = re.compile(r"\b(?:BMI|body mass index)(?: ?\([^()\d]*\))?,? (?:of|was|were|is|=) ?$", re.I)
_TOLD_OF_ARMS = re.compile(r"[^.;]{0,40}?(?:\b(?:at|after|in|for|with|to|vs?|versus|compared|and)\b)")
_SAMPLE_WORDS = ("follow", "age", "bmi", "body mass", "observ", "monitor", "since", "随访", "年龄")
_BEFORE = 45


def _is_of_the_sample(norm: str, v: Value) -> bool:
    """Whether a number tells who took part or how long they were followed, not what came of it."""
    if norm.startswith((" f", " of f", " (", " a", " d"), v.end) and _FOLLOWED.match(norm, v.end):
        return True
    low = max(0, v.start - _BEFORE)
    words = norm[low : v.start].lower()
    if not any(word in words for word in _SAMPLE_WORDS):
        return False
    if _OF_THE_SAMPLE.search(norm, low, v.start):
        return True
    return _BODY_MASS.search(norm, low, v.start) is not None and _TOLD_OF_ARMS.match(norm, v.stop) is None
