"""Runs of values that follow a list of times: "at 3 and 5 years survival was 83% and 64% in the A group".

A refiner, run before `fill`, which fills only blanks: facts in, the same facts with `weeks` given in the order of the
times where a run is as long as the list in front of it, and with the arm named right behind the run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from mscreview.extract.model import Context, Fact
from mscreview.extract.times import TimePoint, time_points

_LISTED = frozenset({"percent", "events", "mean", "median", "change"})
_JOIN = re.compile(r"[)\] ]*(?:[A-Za-zμ%/]{0,8}[)\] ]*)?(?:, and|,|and|、|和) ?[(\[]?", re.I)
_TIMES_JOIN = re.compile(r"(?:,? ?(?:and|or)|,|、|和)? ?")
_IN_ARM = re.compile(r"[)\] ]*(?:[A-Za-zμ%/]{0,8}[)\] ]*)? ?(?:in|for|with|of|among) (?:the )?", re.I)


def refine(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Give weeks and arm to runs of values, sentence by sentence."""
    out = list(facts)
    lists = _time_lists(context)
    if not lists:
        return out
    for run in _runs(context, facts):
        start, end = run[0][0], run[-1][1]
        sentence = context.sentence_at(start)
        before = [t for t in lists if sentence and sentence.start <= t[0].start and t[-1].end <= start]
        if not before or len(before[-1]) != len(run):
            continue
        arm = _arm_behind(context, end)
        for (_, _, k), point in zip(run, before[-1], strict=True):
            if out[k].weeks is None:
                out[k] = out[k]._replace(weeks=point.weeks, arm=out[k].arm or arm)
    return out


def _time_lists(context: Context) -> list[list[TimePoint]]:
    """Times joined to lists of at least two."""
    lists: list[list[TimePoint]] = []
    for point in time_points(context):
        if lists and _TIMES_JOIN.fullmatch(context.norm, lists[-1][-1].end, point.start):
            lists[-1].append(point)
        else:
            lists.append([point])
    return [times for times in lists if len(times) > 1]


def _runs(context: Context, facts: Sequence[Fact]) -> list[list[tuple[int, int, int]]]:
    """(start, end, index) of values of one kind joined to lists of at least two."""
    places = sorted(
        (context.passage.at(f.start), context.passage.at(f.end), k) for k, f in enumerate(facts) if f.kind in _LISTED
    )
    runs: list[list[tuple[int, int, int]]] = [[place] for place in places[:1]]
    for left, right in pairwise(places):
        same = facts[left[2]].kind == facts[right[2]].kind
        if same and _JOIN.fullmatch(context.norm, left[1], right[0]):
            runs[-1].append(right)
        else:
            runs.append([right])
    return [run for run in runs if len(run) > 1]


def _arm_behind(context: Context, end: int) -> str:
    """The arm named right behind a run: "... 64% in the A group"."""
    for mention in context.mentions_in(end, end + 24):
        if _IN_ARM.fullmatch(context.norm, end, mention.start):
            return context.arms[mention.arm].name
    return ""
