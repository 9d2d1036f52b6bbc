"""Cues that a statement is no result: planned, to be measured, or another study's. Words as data, both languages.

Takes the normal form and a place; gives the status of a fact there, '' when no cue reaches it (the section decides).
"""

from __future__ import annotations

import re
from functools import lru_cache

from mscreview.text import Sentence
from mscreview.text.search import beginnings, starting

_PLANNED = re.compile(
    r"\b(?:will (?:be|receive)|are to be|to be (?:enrolled|recruited|randomi[sz]ed|included|recorded|monitored|assessed)|"
    r"planned (?:to|sample|enrol)|(?:is|are) planned|plans? to|is expected to|aims? to (?:enrol|recruit|include|assess)|"
    r"sample size (?:of|was|is)|required sample|power(?:ed)? (?:of|to)|we (?:plan|will)|intend(?:s|ed)? to (?:enrol|recruit|include))\b"
    r"|计划(?!生育)|拟(?!定|合)|预计|将(?=纳入|招募|入组|接受)|样本量(?:为|估计)",
    re.I,
)
_PLANNED_AT = beginnings("will are to planned plans is aims sample required power we intend", "计拟预将样")
# what is to be measured ("Secondary outcomes were pain and no ..."); of people, "the primary outcome was seen in 12" is a result
_MEASURED = re.compile(
    r"\b(?:primary|secondary|safety) (?:end ?-?points?|outcomes?) (?:is|are|was|were|include[sd]?)\b", re.I
)
_MEASURED_AT = beginnings("primary secondary safety")
_BACKGROUND = re.compile(
    r"\b(?:previous(?:ly)?|earlier|prior|other|recent|published) (?:\w+ ){0,2}(?:stud(?:y|ies)|trials?|reports?|work|reported|shown|literature)\b|"
    r"\bhas been (?:shown|reported)|\bin the literature\b|\bit is (?:well )?known\b|(?:既往|以往|此前)(?:研究|报道)|文献报道|动物(?:实验|模型|研究)",
    re.I,
)
_BACKGROUND_AT = beginnings("previous earlier prior other recent published has in it", "既以此文动")
_PLAN_REACH, _BACKGROUND_REACH = 600, 160  # letters to the right of the cue


@lru_cache(maxsize=2)  # several readers ask
def plans(norm: str) -> tuple[int, ...]:
    """Where the text speaks of what was meant to be ("200 patients will be enrolled", 计划纳入200例), in order."""
    return tuple(m.start() for m in starting(_PLANNED, _PLANNED_AT, norm))


def status_at(norm: str, sentence: Sentence, start: int) -> str:
    """The status that a cue in front of `start` in its sentence gives, '' when none does."""
    low = max(sentence.start, start - _PLAN_REACH)
    if any(low <= at < start for at in plans(norm)) or any(starting(_MEASURED, _MEASURED_AT, norm, low, start)):
        return "planned"
    low = max(sentence.start, start - _BACKGROUND_REACH)
    return "background" if any(starting(_BACKGROUND, _BACKGROUND_AT, norm, low, start)) else ""
