"""How long a trial lasted, treated or followed: a context in, facts of kind followup out (value, unit, weeks).

`measure` says which: "study" ("24-week trial"), "treated" ("for 12 weeks"), "followed" ("followed up for 2 years",
"随访24周"), "visit" a time at which something was measured ("at 24 weeks"). Times come from `times`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.model import Context, Fact
from mscreview.extract.times import TimePoint, time_points

# measure, what the words in front must hold, the words in front, the words behind
_CUES: tuple[tuple[str, tuple[str, ...], re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "followed",
        ("follow", "observ", "随访", "观察"),
        re.compile(
            r"(?:follow(?:ed)?[- ]?up|followed|observed|observation)[^.;\d]{0,45}$"
            r"|随访(?:时间|期)?[^。;\d]{0,10}$|观察[^。;\d]{0,6}$",
            re.I,
        ),
        re.compile(r" ?-? ?(?:of )?(?:median |mean )?(?:follow-?up|observation)|的?随访", re.I),
    ),
    (
        "study",
        ("period", "duration", "phase", "疗程", "研究期"),
        re.compile(
            r"(?:study|trial|treatment) (?:period|duration|phase)[^.;\d]{0,20}$"
            r"|duration of (?:the )?(?:study|trial|treatment)[^.;\d]{0,14}$|(?:疗程"
            r"|研究期)[^。;\d]{0,5}$",
            re.I,
        ),
        re.compile(
            r",? ?-? ?,? ?(?:[A-Za-z/-]{1,20}[, ]{1,2}){0,9}?"
            r"(?:stud(?:y|ies)|trials?|comparison|treatment (?:period|phase|course)|period"
            r"|phase|intervention|regimen|program(?:me)?|RCT)\b|的?(?:疗程|试验|研究)",
            re.I,
        ),
    ),
    (
        "treated",
        ("for", "over", "during", "total of", "持续", "连续", "共", "治疗"),
        re.compile(
            r"(?:\bfor(?: the| a)?(?: total of| period of| further| additional| up to"
            r"| at least| duration of| first)*|\bover(?: a| the)?(?: period of)?"
            r"|during(?: the)?|a total of|持续|连续|共|治疗) ?$",
            re.I,
        ),
        re.compile(r" ?(?:of (?:treatment|therapy|intervention)|'? ?treatment|later|的?治疗)", re.I),
    ),
)
_VISIT = re.compile(r"(?:\b(?:at|after|until|by)|后|第|至) ?$", re.I)
_RUN_IN = re.compile(
    r"[^.;,]{0,20}(?:run-?in|wash-?out|lead-in|screening|before|prior|history|pre-?treatment|placebo run)", re.I
)

_STABLE = re.compile(r"\b(?:stable|least|previous\w*|prior|run-?in|wash-?out|lead-in)\b[^.;,]{0,40}$", re.I)

_STABLE_WORDS = ("stable", "least", "previous", "prior", "run", "wash", "lead")


def read(context: Context) -> Iterator[Fact]:
    """Durations in text order; those of the title, aim and methods are the trial's, of the background are not."""
    points = time_points(context)
    for p in points:
        measure = _measure(context.norm, p) or _stands_alone(context, p)
        if measure:
            yield context.fact(
                "followup",
                p.start,
                p.end,
                f"followup: {measure}",
                measure=measure,
                weeks=p.weeks,
                value=_number(context.norm, p),
                unit=p.unit,
                low=p.low,
                value_text=context.norm[p.start : p.end],
            )


def _measure(norm: str, p: TimePoint) -> str:
    left = norm[max(0, p.start - 60) : p.start]
    words = left.lower()
    if _RUN_IN.match(norm, p.end) or (any(w in words for w in _STABLE_WORDS) and _STABLE.search(left)):
        return ""
    for measure, hints, before, after in _CUES:
        if (any(w in words for w in hints) and before.search(left)) or after.match(norm, p.end):
            return "" if p.unit == "hour" else measure
    return "visit" if _VISIT.search(left[-8:]) and p.unit != "hour" else ""


_ITEM_ENDS = re.compile(r" ?[.;]")


def _stands_alone(context: Context, p: TimePoint) -> str:
    """ "Methods: double-blind; X, n = 33; placebo, n = 31; 8 weeks.": a span that is an item of the methods by itself."""
    norm = context.norm
    alone = norm.endswith(("; ", ". "), 0, p.start) and _ITEM_ENDS.match(norm, p.end)
    return "study" if alone and p.unit != "hour" and context.section_at(p.start) == "methods" else ""


def _number(norm: str, p: TimePoint) -> float | None:
    m = re.search(r"\d+(?:\.\d+)?", norm[p.start : p.end])
    return float(m.group()) if m else None
