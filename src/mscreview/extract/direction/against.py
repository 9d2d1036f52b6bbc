"""What a clause compares an outcome with: the control arm, the start, another arm. Part of `clauses`; both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mscreview.extract.direction.words import RETURNED
from mscreview.extract.model import Context

_BASELINE = re.compile(
    r"\b(?:from|to|with|over|than|versus|vs\.?|relative to) (?:the |their |its |those |that |values? )?(?:at )?(?:baseline|pre-?treatment|pre-?transplant\w*|"
    r"initial|before (?:treatment|transplantation|infusion|therapy))|\b(?:compared|than) (?:\w+ ){0,4}before\b|\bafter (?:treatment|transplantation|"
    r"therapy|infusion)[^.;]{0,60}\bthan before\b|baseline values?|"
    r"(?:与|较|比|和|同|低于|高于|优于)(?:治疗前|基线|术前|移植前|输注前|入组时|干预前)|治疗前后|基线(?:时)?(?:比|相比)|与基线",
    re.I,
)
_BETWEEN = re.compile(
    r"\bbetween (?:the )?(?:two |three |both |\w+ )?(?:groups|arms)|\b(?:groups|arms) (?:were|did not|differ)|in both groups|(?:similar|comparable|differ\w*|equal)[^.;]{0,30} (?:groups|arms)\b|"
    r"[两三各]组(?:患者)?(?:间|之间)|组间|[两三各]组[^,;。]{0,40}(?:比较|相比|差异|相近|相似|相当|接近|差别|无明显|无显著|无统计学)",
    re.I,
)
_COMPARED = re.compile(
    r"\b(?:than|compared (?:with|to)|in comparison (?:with|to)|versus|vs\.?|relative to|over|against)\b|(?:与|较|比|低于|高于|优于|和|同|少于|短于|长于)",
    re.I,
)
COMPARED_WITH_NEXT = re.compile(
    rf"(?:{_COMPARED.pattern}) ?(?:(?:in|that|those|of|the|with|to|an?|patients?) ){{0,5}}$", re.I
)
_REACH = 40


# "before treatment the groups did not differ": a comparison at the start, not with it
AT_BASELINE = re.compile(
    r"(?:^|[,;。:] ?|\n)(?:(?:患者)?(?:治疗前|基线时?|术前|移植前|入组时)(?!后|相比|比)|(?:at baseline|before (?:treatment|therapy|transplantation|infusion))\b)"
    r"|\b(?:differ\w*|similar|comparable)\b[^.;]{0,40}\bat baseline\b",
    re.I,
)


def compared_with(context: Context, start: int, end: int) -> tuple[str, ...]:
    """What the clause compares with: 'control', 'baseline', both, or () when it does not say."""
    norm = context.norm
    found = []
    words = [m.end() for m in _COMPARED.finditer(norm, start, end)]
    named = [t.start for t in context.terms_in("control", start, end)]
    named += [m.start for m in context.mentions_in(start, end) if context.arms[m.arm].role == "control"]
    if any(0 <= at - w <= _REACH and at < end for at in named for w in words) or _BETWEEN.search(norm, start, end):
        found.append("control")
    if any(
        not RETURNED.search(norm, max(start, m.start() - 16), m.end()) for m in _BASELINE.finditer(norm, start, end)
    ):
        found.append("baseline")
    if not found and (other := _other_arm(context, start, end, words)):
        found.append(other)
    return tuple(found)


def _other_arm(context: Context, start: int, end: int, words: Sequence[int]) -> str:
    """An arm named right behind a comparing word."""
    for mention in context.mentions_in(start, end):
        if any(0 <= mention.start - w <= 6 for w in words):
            return context.arms[mention.arm].name
    return ""
