"""Names beside counts that make up a printed total: "131 adults (66 oats, 65 rice)". A context in, places of names out.

A part of `names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mscreview.extract.model import Context
from mscreview.text.patterns import PEOPLE

_NAME = rf" (?P<name>(?!(?:{PEOPLE}|AM|PM)\b)(?:[A-Z][\w+/-]*\w|[a-z][\w+/-]{{3,}}\w)(?: (?!{PEOPLE}\b)[a-z][\w-]+)?)"
_THEN_ANOTHER = re.compile(rf"{_NAME}(?:,|;|,? and) ")
_THEN_ENDS = re.compile(rf"{_NAME}(?=[),.;])")
_NEXT = 40


def names_in(context: Context) -> Iterator[tuple[int, int]]:
    """Both names of "24 X and 29 Y", where the text prints 53."""
    counts = [q for q in context.quantities if q.kind == "int" and not q.percent and q.value]
    printed = {q.value for q in counts}
    for a, b in pairwise(counts):
        if (a.value or 0) + (b.value or 0) not in printed or b.start - a.end > _NEXT:
            continue
        x, y = _THEN_ANOTHER.fullmatch(context.norm, a.end, b.start), _THEN_ENDS.match(context.norm, b.end)
        if x and y:
            yield x.span("name")
            yield y.span("name")
