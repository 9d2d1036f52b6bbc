"""What is printed about a number and tells a share of people from a mean or a median: context in, one row of 0 and 1 for
each quantity out, as `roles` wants them beside what the first guesses say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mscreview.extract.model import Context

CUES = ("median in sentence", "median before", "mean in sentence", "signed")


def printed(context: Context, sentence: Sequence[int]) -> np.ndarray:
    """Numbers x `CUES`; `sentence` tells which sentence each quantity stands in."""
    spans = {s: (context.sentences[s].start, context.sentences[s].end) for s in set(sentence)}
    averages = {s: _averages(context.norm, *span) for s, span in spans.items()}
    rows = [
        (median >= 0, 0 <= median < q.start, mean, q.text[0] in "+-")
        for q, (median, mean) in zip(context.quantities, map(averages.__getitem__, sentence), strict=True)
    ]
    return np.array(rows, dtype=float).reshape(len(rows), len(CUES))


def _averages(norm: str, start: int, end: int) -> tuple[int, bool]:
    """Where a stretch first speaks of a median (-1: nowhere), and whether it speaks of a mean."""
    words = norm[start:end].lower()
    place = words.find("median")
    return (start + place if place >= 0 else -1), "mean" in words or "average" in words
