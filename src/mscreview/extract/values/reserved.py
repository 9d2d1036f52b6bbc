"""Stretches whose numbers are no values: p-values, intervals, registry numbers and dates; the normal form in, spans out."""

from __future__ import annotations

import re
from bisect import bisect_right

from mscreview.extract.effects.intervals import confidence_intervals
from mscreview.extract.effects.pvalues import p_values
from mscreview.text.search import beginnings, starting

Reserved = dict[str, list[tuple[int, int]]]


def reserved(norm: str) -> Reserved:
    """Spans of p-values, confidence intervals and identifiers, each in text order."""
    identifiers = [*starting(_IDENTIFIER, _YEAR, norm), *starting(_IDENTIFIER, _NAMED, norm)]
    return {
        "p": [(p.start, p.end) for p in p_values(norm)],
        "ci": _outer(sorted([*((c.start, c.end) for c in confidence_intervals(norm)), *_half_open(norm)])),
        "id": _outer(sorted(m.span() for m in identifiers)),
    }


_NOT_REACHED = re.compile(
    r"[(\[][^()\[\]]{0,30}?\d+(?:\.\d+)?(?: months| years)? ?(?:-|to|,|–) ?"
    r"(?:not (?:yet )?(?:estimable|reached|evaluable|available|calculable|estimated)|N\.?[EAR]\b|∞|infinity)"
)


def _half_open(norm: str) -> list[tuple[int, int]]:
    """ "(95% CI 7.5 to not estimable)": its lower bound is no value either."""
    hints = ("not ", "NE", "NR", "NA", "N.", "∞", "infinity")
    return [m.span() for m in _NOT_REACHED.finditer(norm)] if any(h in norm for h in hints) else []


def inside(spans: list[tuple[int, int]], i: int) -> bool:
    """Whether a place lies in one of the spans, which are in order and do not overlap."""
    k = bisect_right(spans, (i, 1 << 60)) - 1
    return k >= 0 and spans[k][0] <= i < spans[k][1]


def _outer(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans without those that begin inside one before; in order."""
    out: list[tuple[int, int]] = []
    for span in spans:
        if not out or span[0] >= out[-1][1]:
            out.append(span)
    return out


# Registry and citation numbers, e-mail, years of a calendar date: never results
_IDENTIFIER = re.compile(
    r"\b(?:NCT ?\d{4,10}|ChiCTR[-A-Z]{0,6}\d+|ISRCTN ?\d+|UMIN ?\d+"
    r"|EudraCT[^.;]{0,30}\d|PMID: ?\d+|PMC ?\d{4,}|doi:? ?10\.\S{1,60}"
    r"|10\. ?\d{4,5} ?/ ?\S{1,60}|(?:19|20)\d\d(?: (?:Jan|Feb|Mar|Apr|May|Jun|Jul"
    r"|Aug|Sep|Oct|Nov"
    r"|Dec)[a-z]*\b(?: \d{1,2})?;?(?: ?\d+)?(?: ?\(\d+\))?(?:: ?\d+-\d+)?)?(?=[ ,.;)]"
    r"|$)"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, \d{4})",
    re.I,
)


_YEAR = re.compile("10|19|20")
_NAMED = beginnings(
    "nct chictr isrctn umin eudract pmid pmc doi january february march april may june july august september october "
    "november december"
)
