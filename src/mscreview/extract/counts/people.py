"""How many people, and how many of them with an event: facts n_total, arm_n, events and percent from a context.

`roles` says whose count each number is; this file turns roles into facts and finds the denominator of an event;
`whose` tells the arm of a size. Chinese sentences are read by `chinese` and `chinese_events`; their percentages here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.counts.alike import alike, listed, split
from mscreview.extract.counts.befell import befell
from mscreview.extract.counts.chinese_shares import share
from mscreview.extract.counts.graded import graded
from mscreview.extract.counts.shown import is_signed_share, shown
from mscreview.extract.counts.slashed import slashed
from mscreview.extract.counts.uncounted import counts_people
from mscreview.extract.counts.whose import arm_of_size, is_of_each
from mscreview.extract.model import Context, Fact
from mscreview.extract.roles.guess import EVENTS, GROUP, PERCENT, TOTAL
from mscreview.extract.roles.shares import (
    has_interval,
    is_of_occurred,
    is_share,
    is_surely_share,
    led_as_share,
    led_from,
)
from mscreview.extract.roles.words import ROLES
from mscreview.text import Quantity, Sentence
from mscreview.text.patterns import PEOPLE

_HARDLY, MAYBE, LIKELY, SURE = 0.05, 0.25, 0.4, 0.7
_SIZE_SIGN = re.compile(r"\b(?:group|arm) ?\([nN] ?= ?$")
KINDS = {TOTAL: "n_total", GROUP: "arm_n", EVENTS: "events", PERCENT: "percent"}


def read(context: Context) -> Iterator[Fact]:
    """Sizes, events and percentages in text order; a percentage that is no result of an arm or of a count is ambiguous."""
    if context.roles is None:
        return
    chances, likeliest = context.roles.tolist(), (context.roles[:, 1:].argmax(axis=1) + 1).tolist()
    twins, together, before = alike(context) | split(context), listed(context), (-2, 0)
    pairs = slashed(context)
    for j, q in enumerate(context.quantities):
        sentence = context.sentence_at(q.start)
        if q.kind == "range" and q.percent and sentence and led_from(context.norm, q.start):
            yield from _ends(context, q)
        if q.value is None or sentence is None:
            continue
        if context.is_chinese(sentence.start, sentence.end):
            if (q.percent or q.text == "0") and (status := share(context, q)):
                yield _percent(context, q, "percent" if q.percent else "zero, surely percent", status)
            continue
        role, p = _whose(context, q, likeliest[j]), chances[j][likeliest[j]]
        role, p = _settled(context, j, sentence, role, p, twins.get(j), together.get(j))
        role, p = (pairs[j], 1.0) if j in pairs else (role, p)
        chance = chances[j][PERCENT] if q.percent and p < SURE else 0.0
        if fact := _percentage(context, j, role, p, chance, together.get(j - 1) == EVENTS):
            yield _of_its_count(context, j, fact, before[1]) if before[0] == j - 1 else fact
        elif role in KINDS and role != PERCENT and p >= LIKELY and counts_people(context.norm, q, role):
            before = j, role
            yield _count(context, j, role, None if j in pairs else sentence)


def _settled(
    context: Context, j: int, sentence: Sentence, role: int, p: float, twin: int | None, in_list: int | None
) -> tuple[int, float]:
    """Role and chance of a number once fixed words, its list and its twins had their say."""
    q, norm = context.quantities[j], context.norm
    if norm.endswith(" leaving ", 0, q.start) and _FOR_ANALYSIS.match(norm, q.end):
        return TOTAL, 1.0
    if graded(context, j, sentence):
        return EVENTS, 1.0
    if norm.endswith("(", 0, q.start) and _PER_GROUP.match(norm, q.end):
        return GROUP, 1.0
    if role == TOTAL and _LEFT_OUT.match(norm, q.end):
        return EVENTS, 1.0
    if is_signed_share(context, j) and sentence.section not in ("methods", "title"):
        return EVENTS, 1.0
    if in_list is not None and p < SURE:
        return in_list, max(p, LIKELY)
    if (
        p < (LIKELY if role == EVENTS else SURE)
        and role != PERCENT
        and (befell(context, j, sentence) or (twin is None and shown(context, j, sentence)))
    ):
        return EVENTS, 1.0
    if twin in (GROUP, TOTAL) and not _OF_WHOLE.match(norm, q.end):
        return twin, 1.0
    return role, p


def _percentage(context: Context, j: int, role: int, p: float, chance: float, counted: bool) -> Fact | None:
    """The share of people a number is, sure or not; None where it is none. `counted`: a count of events stands before."""
    q, norm = context.quantities[j], context.norm
    of_a_list = q.percent and is_of_occurred(norm, q.start)
    told = (
        of_a_list
        or (chance >= MAYBE and is_share(context, q.end))
        or (
            chance >= _HARDLY
            and (
                led_as_share(norm, q.start)
                or has_interval(context, q.start, q.end)
                or is_surely_share(context, q.start, q.end)
            )
        )
    )
    if told and not _never_a_share(context, q):
        return _percent(context, q, "role: surely percent", "ok")
    if role != PERCENT:
        doubtful = q.percent and p < LIKELY and not _never_a_share(context, q)
        return _percent(context, q, "percent", "ambiguous") if doubtful else None
    if (p < LIKELY and not q.percent) or (q.percent and _never_a_share(context, q)):
        return None
    if q.text[0] in "+-" or _GOAL.match(norm, q.end) or _is_least(norm, q):
        return _percent(context, q, "role: percent", "ambiguous")
    if p >= SURE or counted or _share_of_events(context, j):
        return _percent(context, q, "role: surely percent", "ok")
    return _percent(context, q, "role: percent", "ok" if p >= LIKELY else "ambiguous")


_REMAINED = re.compile(
    rf" (?:{PEOPLE} )?in the (?:[\w-]{{1,20}} ){{1,3}}group (?:and \d{{1,5}} in the (?:[\w-]{{1,20}} ){{1,3}}group )?"
    r"(?:completed|finished|remained|were (?:followed|analy[sz]ed|evaluated))\b"
)


_PER_GROUP = re.compile(rf"(?: {PEOPLE})? (?:per|in each) (?:group|arm)\)")
# "eleven patients were excluded after randomisation"
_LEFT_OUT = re.compile(rf" (?:\w+ )?{PEOPLE} (?:were|was) (?:excluded|ineligible|withdrawn|lost)\b")
# "leaving 300 for analysis"
_FOR_ANALYSIS = re.compile(
    rf"(?: [\w-]+)?(?: {PEOPLE})? (?:for|eligible|evaluable|assessable|available|who were|to be|in the (?:final )?analys)"
)
# "1 of 56 on placebo" is no size of a group
_OF_WHOLE = re.compile(rf"(?: {PEOPLE})? ?(?:out of|of|/) ?(?:the )?\d")


def _whose(context: Context, q: Quantity, likeliest: int) -> int:
    """The likeliest role, unless fixed words make the number the size of a group."""
    norm = context.norm
    if likeliest == TOTAL and not q.percent and is_of_each(norm, q):
        return GROUP  # "19 patients per group"
    if likeliest != EVENTS or context.lexicon.protocol is None:
        return likeliest
    # "the treated group (n = 36)", "20 in the treated group completed ..." say how many people, not how many events
    size = _SIZE_SIGN.search(norm, max(0, q.start - 12), q.start) or _REMAINED.match(norm, q.end)
    return GROUP if size else EVENTS


def _percent(context: Context, q: Quantity, rule: str, status: str) -> Fact:
    if status == "ok" and context.section_at(q.start) == "background":
        status = "background"
    unit = "%" if q.percent else ""
    return context.fact("percent", q.start, q.end, rule, value=q.value, unit=unit, decimals=q.decimals, status=status)


def _ends(context: Context, q: Quantity) -> Iterator[Fact]:
    """ "the prevalence fell from 41% to 13%": both ends of what reads like a range are shares."""
    for part in re.finditer(r"\d+(?:\.\d+)?", q.text):
        start, end, decimals = q.start + part.start(), q.start + part.end(), len(part[0].partition(".")[2])
        one = q._replace(start=start, end=end, value=float(part[0]), decimals=decimals)
        yield _percent(context, one, "surely from one share to another", "ok")


def _share_of_events(context: Context, j: int) -> bool:
    """Whether a percentage stands in the bracket behind a count of events: "12 (27%)"."""
    count, share = context.quantities[j - 1] if j else None, context.quantities[j]
    if count is None or context.roles is None or not _BRACKET.fullmatch(context.norm, count.end, share.start):
        return False
    return float(context.roles[j - 1, EVENTS]) >= LIKELY


def _of_its_count(context: Context, j: int, share: Fact, role: int) -> Fact:
    """A share in the bracket behind a count is of its kind: "3 (7%) fell" is one of people, "28 (52%) were assigned" no result."""
    norm, count = context.norm, context.quantities[j - 1]
    if not _BRACKET.fullmatch(norm, count.end, context.quantities[j].start):
        return share
    if role == EVENTS:
        return _percent(context, context.quantities[j], "role: surely percent", "ok")
    part = norm.endswith(("/", "/ ", " of ", " the "), 0, count.start)  # "3/45 (7%)"
    return share if part else share._replace(status="ambiguous")


_BRACKET = re.compile(rf"(?: (?:[a-z]+ )?{PEOPLE})? ?[(\[] ?")


# "a 75% reduction was reached by 41% of them": what was to be reached
_GOAL = re.compile(
    r" (?:reductions?|improvement|decrease|fall|decline|response|clearance|relief)\b[^.;,\d]{0,50}\b(?:was|were|occurred)"
    r"(?: (?:reached|achieved|attained|obtained|seen|observed|noted|recorded|reported))? (?:by|in) \d"
)
# "harms in at least 5% of patients": which are told of
_LEAST = re.compile(r"\b(?:in|by|of) (?:≥|>|> or =|at least|more than|over) ?$")
_OF_PEOPLE = re.compile(rf" of (?:the |all )?(?:\w+ )?{PEOPLE}\b")


def _is_least(norm: str, q: Quantity) -> bool:
    return _OF_PEOPLE.match(norm, q.end) is not None and _LEAST.search(norm, max(0, q.start - 16), q.start) is not None


# a confidence level and the dose of a solution are percentages of nothing
_LEVEL = re.compile(r" ?-?(?:CI|C\.?I\b|IC\b|confidence|credible|prediction|可信|置信|信赖|power\b)", re.I)


# "91.2% (SD, 11.4%)"
_SPREAD_BEFORE = re.compile(r"(?:\b(?:SD|SEM?|CV|[Ss]tandard (?:deviation|error)|s\.d\.)[,:=]? ?=? ?|± ?)$")


def _never_a_share(context: Context, q: Quantity) -> bool:
    norm = context.norm
    if _LEVEL.match(norm, q.end) or _SPREAD_BEFORE.search(norm, max(0, q.start - 22), q.start):
        return True
    limit = norm.endswith(("≥", "≤", "≥ ", "≤ "), 0, q.start)
    return limit or (q.value in (90, 95, 99) and "[" in norm[q.end : q.end + 2])


def _count(context: Context, j: int, role: int, sentence: Sentence | None) -> Fact:
    """The fact of a count; `sentence` is where its whole and its arm may stand, None for one of a pair with a stroke."""
    q = context.quantities[j]
    size = int(q.value or 0)
    fields: dict[str, object] = {"value": float(size), "value_text": q.text, "decimals": 0}
    if role == EVENTS:
        fields["n"] = denominator(context, j, sentence) if sentence else None
    else:
        fields["n"] = size
    if role == GROUP and sentence:
        fields["arm"] = arm_of_size(context, j, sentence)
    end = _end_of_share(context, j) if role == EVENTS and fields["n"] is not None else q.end
    return context.fact(KINDS[role], q.start, end, f"role: {ROLES[role]}", **fields)


def _end_of_share(context: Context, j: int) -> int:
    """End of "5 of 45" or "5/45" printed in one piece, else of the count alone."""
    q, other = context.quantities[j], context.quantities[j + 1] if j + 1 < len(context.quantities) else None
    whole = (
        other is not None and other.kind in ("int", "words") and _ONE_PIECE.fullmatch(context.norm, q.end, other.start)
    )
    return other.end if other is not None and whole else q.end


# --- denominators -------------------------------------------------------------------------------------------------

_OF = re.compile(
    rf"(?: ?{PEOPLE})?"
    r"(?: ?[(\[] ?\d[\d.]* ?(?:%|percent)[^()]{0,20}[)\]])?"
    r"(?: ?/ ?| (?:out )?of (?:the |all |a total of |these |those )?)"
)
_ONE_PIECE = re.compile(r" ?/ ?| (?:out )?of (?:the )?")
_LEADING_OF = re.compile(
    r"(?:^|[,;:(] ?|and |whereas |while )(?:[Oo]f|[Aa]mong|[Ii]n|[Oo]ut of) (?:the |these |a total of |all )?$"
)


def denominator(context: Context, j: int, sentence: Sentence) -> int | None:
    """n of "5 of 45", "5/45", "5 (11%) of the 45", "Of 45 patients, 5"; None where none is printed beside it."""
    q, norm = context.quantities[j], context.norm
    for other in context.quantities[j + 1 : j + 3]:
        if other.kind in ("int", "words") and not other.percent and _OF.fullmatch(norm, q.end, other.start):
            return int(other.value or 0) if (other.value or 0) >= (q.value or 0) else None
    for other in reversed(context.quantities[max(0, j - 3) : j]):
        if other.start < sentence.start or ";" in norm[other.end : q.start]:
            break
        whole = other.kind in ("int", "words") and not other.percent and (other.value or 0) >= (q.value or 0)
        if whole and _LEADING_OF.search(norm[max(sentence.start, other.start - 24) : other.start]):
            return int(other.value or 0)
    return None
