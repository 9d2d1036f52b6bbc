"""Cues that a statement is no result: planned, denied or another study's. Words as data, one table, both languages.

Takes the normal form and a place; gives the status of a fact there, '' when no cue reaches it (the section decides).
"""

from __future__ import annotations

import re

from mscreview.text import Sentence

# status, the words that give it, and how many letters they reach to the right; they end with their sentence
CUES: tuple[tuple[str, re.Pattern[str], int], ...] = (
    (
        "planned",
        re.compile(
            r"\b(?:will be|are to be|to be (?:enrolled|recruited|randomi[sz]ed|included|recorded|monitored|assessed)|planned (?:to|sample|enrol)|"
            r"aims? to (?:enrol|recruit|include|assess)|sample size (?:of|was|is)|required sample|power(?:ed)? (?:of|to)|"
            r"we (?:plan|will)|is planned|intend(?:s|ed)? to (?:enrol|recruit|include)|(?:primary|secondary|safety) (?:end ?-?points?|outcomes?) "
            r"(?:is|are|was|were|include[sd]?))\b|拟(?:纳入|招募|入组)|计划(?:纳入|招募|入组)|样本量(?:为|估计)",
            re.I,
        ),
        600,
    ),
    (
        "background",
        re.compile(
            r"\b(?:previous(?:ly)?|earlier|prior|other|recent|published) (?:\w+ ){0,2}(?:stud(?:y|ies)|trials?|reports?|work|reported|shown|literature)\b|"
            r"\bhas been (?:shown|reported)|\bin the literature\b|\bit is (?:well )?known\b|(?:既往|以往|此前)(?:研究|报道)|文献报道",
            re.I,
        ),
        160,
    ),
)


def status_at(norm: str, sentence: Sentence, start: int) -> str:
    """The status that a cue in front of `start` in its sentence gives, '' when none does."""
    for status, words, reach in CUES:
        if words.search(norm, max(sentence.start, start - reach), start):
            return status
    return ""
