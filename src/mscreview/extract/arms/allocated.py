"""Names told by an allocation: "randomised to X or Y", "received X, Y or placebo". A sentence in, candidates out.

A part of `names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.arms.edges import Candidate, name_after
from mscreview.text.patterns import PEOPLE
from mscreview.text.search import beginnings, starting


def allocated(norm: str, start: int, end: int) -> Iterator[Candidate]:
    """Names joined by "or", "versus" behind a word of allocation."""
    m = next(starting(_ALLOCATION, _ALLOCATION_AT, norm, start, end), None)
    m = m or next(starting(_OFFERED, _OFFERED_AT, norm, start, end), None)
    if m is None:
        return
    at, stop = m.start("rest"), min(m.end("rest"), end)
    found = []
    listed = (
        norm.find(", or ", at, stop) >= 0 or _LIST_OF_THREE.match(norm, at, stop) or _LAST_TWO.search(norm, at, stop)
    )
    split = _SPLIT_LIST if listed else _SPLIT
    edges = [at, *(x.end() for x in split.finditer(norm, at, stop))]
    for edge in edges[:7]:
        whom = _WHOM.match(norm, edge, stop)
        begin = whom.end() if whom else edge
        lead = _LEAD.match(norm, begin, stop)
        begin = lead.end() if lead else begin
        name_end = name_after(norm, begin, stop, 5)
        labelled = re.search(r"(?:[Gg]roups?|[Aa]rms?) $", norm[max(0, begin - 8) : begin])
        if (both := _WITH_EITHER.match(norm, name_end, stop)) and edge == at:
            begin, name_end = both.end(), name_after(norm, both.end(), stop, 5)
        if name_end > begin and norm[begin].isalnum() and not labelled:
            found.append(Candidate(begin, name_end, "allocation"))
    if len(found) >= 2:
        yield from found


_ALLOCATION = re.compile(
    r"(?:random(?:i[sz]ed|ly|i[sz]ation)|assigned|allocated)[^.;]{0,120}?"
    r"(?:\b(?:(?<!intent )(?<!intention )to|receive|received|receiving|undergo|between|into|(?:treated|treatment|therapy) with|either|assigned)\b:? )"
    r"(?P<rest>.{3,400})",
    re.S,
)
_ALLOCATION_AT = beginnings("random assigned allocated")
_LEAD = re.compile(
    r"(?:(?:either|receive|receiving|treatment with|therapy with|undergo|a|an|the|one of|two|three|four|groups?|arms?|"
    r"be treated with|treatments?|once-daily|twice-daily|daily|once daily|twice daily|1 ?: ?1|oral|intravenous|:|to|of|"
    r"add-on|add|addition of|continue|start|begin|with|listen to|wear|take|eat|drink|use|additional|double-blind|open-label|\d+(?:\.\d+)? ?(?:mg|g|ml|μg)"
    r"(?:/\w+)?|\d+ (?:weeks?|months?|years?|days?) of"
    r"|(?:one|two|1|2) (?:drops?|puffs?|tablets?|capsules?|injections?|infusions?) of|(?:once|twice)[- ]weekly|(?:stay|remain|continue) (?:on|with)|(?:change|switch) to),?\s+){0,8}",
    re.I,
)
_SPLIT = re.compile(
    r",? (?:or|versus|vs\.?|v) (?:to )?|; ?(?:or )?|,? and (?:to )?(?=(?:[\w-]+ ){0,4}\(?n ?=)|(?<=\)), (?=[A-Za-z])"
)

# "tea, coffee or water", "5 mg tea, 10 mg tea or water"
_DOSE_FIRST = r"(?:\d+(?:\.\d+)? ?(?:mg|g|ml|μg)(?:/\w+)? )?"
_LIST_OF_THREE = re.compile(
    rf"{_DOSE_FIRST}[A-Za-z][\w/+-]{{0,30}}(?: [\w/+-]{{1,30}}){{0,2}}, {_DOSE_FIRST}[A-Za-z][\w/+-]{{0,30}}(?: [\w/+-]{{1,30}}){{0,2}} or "
)
_LAST_TWO = re.compile(
    r"(?:[\d.)%]|\d ?(?:mg|g|μg|IU)|daily|weekly), [a-z][\w/+-]{3,30}(?: [\w/+.%-]{1,30}){0,3},? or "
)
_SPLIT_LIST = re.compile(_SPLIT.pattern + rf"|, (?={_DOSE_FIRST}[A-Za-z])|,? and (?=placebo|vehicle|sham)")
# "received X, Y or placebo": no word of chance is needed where one had nothing
_OFFERED = re.compile(
    r"\b(?:receiv(?:ed|e|ing)|took|given|treated (?:for [\w ]{3,16} |once daily |daily )?with|instilled|inhaled) (?P<rest>(?:placebo or [^.;,]{3,60}|"
    r"(?:[^.;]|\.(?! [A-Z])){2,200}?(?:\bor|, and) (?:a |matching |identical ){0,2}(?:placebo|vehicle|sham)\b))",
    re.S,
)
_OFFERED_AT = beginnings("received receive receiving took given treated instilled inhaled")


# "312 young women to A or B"
_WHOM = re.compile(rf"\d+ (?:[\w-]+ ){{0,3}}?{PEOPLE} (?:(?:with|aged|who|from) [^.;,()]{{0,60}}? )?(?:to|between) ")
# "oats with A or with B"
_WITH_EITHER = re.compile(r" (?P<with>with|plus|and|combined with) (?:either )?(?=[^.;]{2,60}? or (?P=with)\b)")
