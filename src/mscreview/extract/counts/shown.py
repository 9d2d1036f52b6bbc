"""Counts that what stands beside them shows to be of events: their share of a whole the text prints ("14 women (23%) gave
up", "54% (n = 114)"), the event itself ("143 and 151 deaths", "3 cases of rash") or the people it befell ("of whom 8 died").

A part of `people`: a context and a number in, whether it counts events out, where the learned roles are unsure.
"""

from __future__ import annotations

import re
from itertools import combinations

from mscreview.extract.model import Context
from mscreview.extract.roles.guess import GROUP, TOTAL
from mscreview.extract.roles.shares import rounds_to
from mscreview.text import Quantity, Sentence
from mscreview.text.patterns import PEOPLE

_COUNTED = ("int", "words")
_REACH, _BACK, _SIZE, _NEAR = 40, 110, 0.3, 30
# "14 women (23%)", "141 (56%)": not who they were
_FRACTION_BEFORE = re.compile(r" (?:of|out of) (?:the )?\d{1,5},? ?[(\[]? ?$")
_THEN_SHARE = re.compile(rf"(?: (?:of (?:them|these)|(?:[\w-]+ ){{0,2}}?{PEOPLE}(?: overall)?))? ?[(\[] ?$")
_CLOSED = re.compile(r" ?[)\],;]")
# who they were and how far they came: nothing that befell them
_WHO = (
    r"(?:(?:wo)?men\b|(?:fe)?males?\b|boys\b|girls\b|white|black|aged|older|younger|married|(?:pre|post)menopausal|randomi[sz]ed|randomly|assigned"
    r"|allocated|enrolled|recruited|included|eligible|evalua|assess|analy[sz]ed|complet|provid|return|attend|participat|agreed|consent|received|available"
    r"|follow|respon(?:ded|ses) to|(?:a |the )?(?:group|arm)s?\b)"
)
_BE = r"(?:(?:were|was|had been|could be|of|with|had|are|have|have been|in) )?"
# "147 (87%) completed the study", "32 (44%) were women"
_WHO_THEY_WERE = re.compile(rf" ?\)(?: of (?:the )?{PEOPLE}| {PEOPLE})?(?:,? (?:who|of whom))? {_BE}{_WHO}")
_SHARE_THEN = re.compile(r"% ?[(\[][nN] ?= ?$")


def shown(context: Context, j: int, sentence: Sentence) -> bool:
    """Whether the words or the share beside a number make it a count of events."""
    q = context.quantities[j]
    if q.percent or q.kind not in _COUNTED or sentence.section in ("methods", "title", "background", "aim"):
        return False
    norm, low = context.norm, max(sentence.start, q.start - _BACK)
    if _LABEL.search(norm, max(low, q.start - _NEAR), q.start):
        return False
    return (
        _has_share(context, j)
        or _makes_up(context, j, sentence)
        or _things(norm, low, q)
        or _some_of_them(norm, sentence.start, low, q)
    )


# "grade 3 or 4 infections"
_LABEL = re.compile(
    r"\b(?:grades?|stages?|types?|phases?|groups?|arms?|class) (?:\d (?:or|and|to) |\d ?[-/] ?)?$", re.I
)
_EVENT = (
    r"(?:(?:[\w-]+ ){0,3}?(?:deaths?|recurrences?|relapses?|events|fractures?|failures|withdrawals?|dropouts?|discontinuations?|hospitali[sz]ations?"
    r"|admissions|re-?operations|infections|episodes?|complications|progressions?|responses|responders)\b|cases? (?:of|with) (?!patients))"
)
_NUMBERS = r"(?:[\w,]+(?: [a-z-]+)?,? (?:and|or|vs\.?|versus) )?"
_THERE = re.compile(rf"\b[Tt]here (?:was|were|have been|had been) (?:also |only )?{_NUMBERS}$")
_THINGS = re.compile(rf" (?:[\w-]+ )?{_NUMBERS}{_EVENT}")
_RECORDED = re.compile(
    rf" {_EVENT} (?:(?:had been|have been|were|was|had|have) )?(?:recorded|observed|reported|seen|noted|documented|confirmed|occurred)\b"
)
_CASES = re.compile(r" cases? (?:of|with) (?!patients|the\b)")
# "203 events had been recorded in the first group and 244 in"
_AND_AGAIN = re.compile(
    rf"\b[\d,]+ {_EVENT} (?:(?:(?:had been|have been|were|was) )?\w+ed )?(?:in|among|with|on) [^.;\d]{{3,70}} and $"
)
_AGAIN = re.compile(r" (?:in|among|with|on) ")


def _things(norm: str, low: int, q: Quantity) -> bool:
    """ "there were 143 and 151 deaths", "3 cases of rash", "203 events were recorded in the first group and 244 in"."""
    if _CASES.match(norm, q.end) or _RECORDED.match(norm, q.end):
        return True
    if norm.find("here ", low, q.start) >= 0 and _THERE.search(norm, low, q.start) and _THINGS.match(norm, q.end):
        return True
    again = norm.endswith(" and ", low, q.start) and _AGAIN.match(norm, q.end)
    return bool(again) and _AND_AGAIN.search(norm, low, q.start) is not None


_PAPERS = re.compile(r"\b(?:studies|trials|articles|papers|reports|centers|centres|hospitals|schools)\b")
_OF_WHOM = re.compile(r"\b(?:[Oo]f|[Aa]mong) (?:whom|these|them|which),? (?:only )?$")
_OF_THEM = re.compile(rf" of (?:whom|them|these)\b(?! {_BE}(?:{_WHO}|treated|given))")
# "Of the 45 adults who relapsed, 33"
_OF_SO_MANY = re.compile(r"(?:Of|Among) (?:the |these |those )?\d{1,5} [^.;\d]{3,90}, (?:only )?")
_THEY = re.compile(rf"(?: {PEOPLE})? (?!{_BE}{_WHO}|(?:and|or|in|on|to|of|vs|versus|with)\b)[a-z]")
_PART = re.compile(rf" of (?:the |these |those )?\d{{1,5}} (?:[\w-]+ ){{0,2}}?{PEOPLE}(?! {_BE}{_WHO}) [a-z(]")


def _some_of_them(norm: str, first: int, low: int, q: Quantity) -> bool:
    """ "of whom 8 died", "12 of them from falls", "33 of the 59 women walked"."""
    if _PAPERS.search(norm, low, q.start):
        return False
    if norm.startswith(" of ", q.end):
        return bool(_OF_THEM.match(norm, q.end) or _PART.match(norm, q.end))
    near = max(low, q.start - _NEAR)
    of_some = _OF_WHOM.search(norm, near, q.start) or (
        norm.endswith((", ", ", only "), first, q.start) and _OF_SO_MANY.fullmatch(norm, first, q.start)
    )
    if of_some and _THEY.match(norm, q.end):
        return True
    return (q.start == first or _CLAUSE.search(norm, near, q.start) is not None) and bool(_DID.match(norm, q.end))


# "Four patients never started and 11 were not evaluable", "29 patients had bleeding"
_CLAUSE = re.compile(r"(?:[.;:] |\b(?:and|but|while|whereas) |, )(?:[Tt]he (?:other|remaining) )?$")
_DID = re.compile(
    rf"(?: (?:[\w+/-]+ )?{PEOPLE})?(?: in (?:the )?(?:[\w-]+ ){{1,3}}(?:group|arm))? (?:(?:never|later|subsequently) )?(?:(?:had|have|has) (?!been\b|a mean|an? (?:mean|average|median))"
    r"|never\b|progressed|responded|recurred|terminated|stopped|refused|declined|required|needed|underwent|achieved|became|gave up|failed|died|survived|remained"
    r"|switched|crossed over|discontinued|withdrew|dropped out|relapsed|developed|experienced|were (?:not |lost |withdrawn|unable|hospitali[sz]ed|readmitted))"
)


def _makes_up(context: Context, j: int, sentence: Sentence) -> bool:
    """ "there were 19 falls: nine with tea and 10 without": one of the counts that make up a count of events."""
    norm, quantities = context.norm, context.quantities
    head = norm.rfind(": ", max(sentence.start, quantities[j].start - _BACK), quantities[j].start)
    if head < 0 or context.roles is None:
        return False
    k = next((i for i in range(j - 1, max(-1, j - 4), -1) if quantities[i].start < head), -1)
    whole = quantities[k]
    parts = [q for q in quantities[k + 1 : k + 5] if q.kind in _COUNTED and not q.percent and q.end < sentence.end]
    if k < 0 or whole.kind not in _COUNTED or whole.percent or not _HEADED.match(norm, whole.end):
        return False
    sums = (made for n in (2, 3) for made in combinations(parts, n) if sum(q.value or 0 for q in made) == whole.value)
    return quantities[j].start > head and any(quantities[j] in made for made in sums)


_HEADED = re.compile(rf" {_EVENT}[^.;:]{{0,60}}: ")


def _has_share(context: Context, j: int) -> bool:
    """Whether a share that the number makes of a printed whole stands beside it: "14 women (23%)", "54% (n = 114)"."""
    norm, quantities = context.norm, context.quantities
    q = quantities[j]
    if is_signed_share(context, j):
        return True
    if j + 2 < len(quantities) and quantities[j + 2].percent and quantities[j + 2].start < q.end + _REACH:
        count, share = q.value or 0.0, quantities[j + 2]
        told = _FRACTION_BEFORE.fullmatch(norm, q.end, share.start)
        if told and _is_share_of(count, quantities[j + 1].value, share):
            return True  # "79 of 140, 56%"
    after = quantities[j + 1] if j + 1 < len(quantities) else None
    if after is None or not after.percent or after.start > q.end + _REACH:
        return False
    told = _THEN_SHARE.fullmatch(norm, q.end, after.start) and _CLOSED.match(norm, after.end)
    likely_size = context.roles is not None and context.roles[j, [GROUP, TOTAL]].sum() > _SIZE
    return (
        bool(told)
        and not likely_size
        and not _WHO_THEY_WERE.match(norm, after.end)
        and _is_share_of_a_whole(context, q, after)
    )


def is_signed_share(context: Context, j: int) -> bool:
    """ "54% (n = 114)", where 114 is 54% of another count of the text."""
    norm, q = context.norm, context.quantities[j]
    if not j or not norm.endswith(("n = ", "n=", "N = ", "N="), 0, q.start):
        return False
    share = context.quantities[j - 1]
    told = share.percent and _SHARE_THEN.fullmatch(norm, share.end - 1, q.start)
    return bool(told) and not _WHO_THEY_WERE.match(norm, q.end) and _is_share_of_a_whole(context, q, share)


def _is_share_of_a_whole(context: Context, q: Quantity, share: Quantity) -> bool:
    """Whether a count is that share, as rounded, of another count of the text."""
    return any(
        o.kind in _COUNTED and not o.percent and _is_share_of(q.value or 0.0, o.value, share)
        for o in context.quantities
    )


def _is_share_of(count: float, whole: float | None, share: Quantity) -> bool:
    return whole is not None and whole > count and rounds_to(count, whole, share.value or 0.0, share.decimals)
