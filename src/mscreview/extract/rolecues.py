"""What is printed around a number and tells a share of people from a mean or a median: context in, one row of 0 and 1
for each quantity out, as `roles` wants them beside what the first guesses say."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from mscreview.extract.model import Context

CUES = ("median in sentence", "median before", "mean in sentence", "signed", "threshold", "change behind", "of sample")
_BOUND = ("<", ">", "≤", "≥", "at least", "more than", "less than", "greater than", "over", "above", "below", "up to")
_THRESHOLD = _BOUND + tuple(bound + " " for bound in _BOUND)
_CHANGE = (" differ", " reduc", " decreas", " increas", " declin", " improve", " absolute d", " absolute r", " risk r")
_SAMPLE = re.compile(r"\b(?:BMI|body mass index|[Aa]ge[sd]?)\b[^.;]{0,25}$")
_YEARS = re.compile(r".{0,14}years (?:old|of age)")
_REACH = 48


def printed(context: Context, sentence: Sequence[int]) -> np.ndarray:
    """Numbers x `CUES`; `sentence` tells which sentence each quantity stands in."""
    norm = context.norm
    out = np.zeros((len(sentence), len(CUES)))
    averages = {s: _averages(norm, context.sentences[s].start, context.sentences[s].end) for s in set(sentence)}
    for j, (q, s) in enumerate(zip(context.quantities, sentence, strict=True)):
        median, mean = averages[s]
        out[j] = (
            median >= 0,
            0 <= median < q.start,
            mean,
            q.text.startswith(("+", "-")),
            norm.endswith(_THRESHOLD, 0, q.start),
            norm.startswith(_CHANGE, q.end),
            _SAMPLE.search(norm, max(0, q.start - _REACH), q.start) is not None
            or _YEARS.match(norm, q.end) is not None,
        )
    return out


def _averages(norm: str, start: int, end: int) -> tuple[int, bool]:
    """Where a stretch first speaks of a median (-1: nowhere), and whether it speaks of a mean."""
    words = norm[start:end].lower()
    place = words.find("median")
    return (start + place if place >= 0 else -1), "mean" in words or "average" in words
