"""Which way an outcome moved and compared with what: a context in, facts of kind `direction` out; both languages.

A clause is read as a sequence of outcome names and direction words. A direction word takes the names in front of it
("ALT and AST decreased"), or, when none is left there, those behind it ("decreased ALT and AST"). `value_text` is
increased | decreased | improved | worsened | no difference; `comparator` is control, baseline or '' when untold;
`value` holds the p-value printed with it and `measure` its sign ('<', '=', '>'), or the words 'significant' and
'not significant' where only those are printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mscreview.extract.counts.safety import denied_event
from mscreview.extract.direction.against import AT_BASELINE, COMPARED_WITH_NEXT, compared_with
from mscreview.extract.direction.words import Cue, direction_words
from mscreview.extract.effects.pvalues import PValue, p_values
from mscreview.extract.lexicon import OUTCOME, Term
from mscreview.extract.model import Context, Fact, beginning_in
from mscreview.extract.times import TimePoint, time_points
from mscreview.text import Sentence


@dataclass(frozen=True, slots=True)
class Group:
    """A direction word with the outcomes it speaks of."""

    cue: Cue
    outcomes: tuple[Term, ...]
    start: int
    end: int


def read(context: Context) -> Iterator[Fact]:
    """Directions of the protocol's outcomes, clause by clause; one fact for each outcome, time and comparator."""
    names = [n for n in context.terms.get(OUTCOME, ()) if not denied_event(context, n)]
    if not names:
        return
    points = time_points(context)
    ps = p_values(context.norm)
    for sentence in context.sentences:
        if beginning_in(names, sentence.start, sentence.end):
            yield from _sentence(context, sentence, names, points, ps)


# --- one sentence -----------------------------------------------------------------------------------------------

_TIME_IN_FRONT = 3
# a turn of thought ends the reach of a direction word: "while", "but", ";"
_BREAK = re.compile(r"[,、(]|\band\b|和|及|并")
# a break between a name and a direction word weighs as much as this many letters
_BREAK_COSTS = 20
_ADJACENT, _OBJECT_REACH, _LIST_GAP = 14, 45, 40
# "improved in patients with a fever": a complement, no object
_COUNTED = re.compile(r"\d ?[例名%]")
_NO_OBJECT = re.compile(r"\b(?:with|who|whose|despite|due to|because|caused)\b|患者的|伴|合并", re.I)
_TURN = re.compile(
    r"[;；]|,? ?\b(?:while|whereas|whilst|but|however|although)\b|,? ?(?:但(?!是否)|而(?!且|言)|然而|其中)",
    re.I,
)


def _sentence(
    context: Context,
    sentence: Sentence,
    names: Sequence[Term],
    points: Sequence[TimePoint],
    ps: Sequence[PValue],
) -> Iterator[Fact]:
    """Facts of a sentence; a closing "but without significance" is told of the facts before it."""
    carried: list[TimePoint] = []
    compared: tuple[str, ...] = ()
    pending: list[Fact] = []
    for start, end in _clauses(context.norm, sentence):
        cues = direction_words(context.norm, start, end)
        own = [n for n in beginning_in(names, start, end) if n.end <= end]
        if cues and not own and pending and cues[0].way == "no difference":
            if other := _other_group(context, start, end, pending[-1].arm):
                yield from pending
                group = Group(cues[0], _again(names, pending, cues[0]), cues[0].start, cues[0].end)
                clause = _Clause(context, start, end, [group], cues, points, ps)
                pending = [
                    f._replace(arm=other, rule="direction_word, same outcome") for f in clause.facts(carried, compared)
                ]
            else:
                pending = [fact._replace(measure="not significant") for fact in pending]
            continue
        yield from pending
        if context.norm[start] in ";；":
            carried, compared = [], ()
        clause = _Clause(context, start, end, _groups(cues, own, start, end, context.norm), cues, points, ps)
        compared = clause.compared() or compared
        carried = clause.leading_times() or carried
        pending = list(clause.facts(carried, compared))
    yield from pending


def _other_group(context: Context, start: int, end: int, arm: str) -> str:
    """The arm a clause speaks of, when it is not the one spoken of before ("but did not change with placebo")."""
    named = [context.arms[m.arm].name for m in context.mentions_in(start, end)]
    return next((name for name in named if name != arm), "")


def _again(names: Sequence[Term], pending: Sequence[Fact], cue: Cue) -> tuple[Term, ...]:
    """The outcomes told before, standing where the clause that says no more names them: at its direction word."""
    told = dict.fromkeys(fact.outcome for fact in pending)
    family = names[0].family
    return tuple(Term(cue.start, cue.end, family, outcome) for outcome in told)


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause with its direction words dealt out; finds for each group its time, comparison, arm and p-value."""

    context: Context
    start: int
    end: int
    groups: list[Group]
    cues: list[Cue]
    points: Sequence[TimePoint]
    ps: Sequence[PValue]

    def facts(self, carried: Sequence[TimePoint], compared: tuple[str, ...]) -> Iterator[Fact]:
        own: tuple[str, ...] = ()
        for i, group in enumerate(self.groups):
            low = self.groups[i - 1].end if i else self.start
            high = self.groups[i + 1].start if i + 1 < len(self.groups) else self.end
            times = self._times(low, group, high) or carried or self._times(low, group, self.end)
            comparators = own = self._own_comparators(group) or compared or own
            weeks: list[float | None] = [t.weeks for t in times] or [self._before_treatment(group, comparators)]
            weeks = list(dict.fromkeys(weeks))
            yield from _facts(
                self.context, group, weeks, comparators, self._significance(group, high), self._arm(group)
            )

    def leading_times(self) -> list[TimePoint]:
        stop = self.groups[0].start if self.groups else self.end
        return list(beginning_in(self.points, self.start, stop))

    def compared(self) -> tuple[str, ...]:
        """What the clause compares with before its first direction word, or after its last one."""
        if not self.cues:
            return compared_with(self.context, self.start, self.end)
        return compared_with(self.context, self.start, self.cues[0].start) or compared_with(
            self.context, self.cues[-1].start, self.end
        )

    def _own_comparators(self, group: Group) -> tuple[str, ...]:
        """What stands in the group's own part of the clause: up to the commas around it."""
        norm = self.context.norm
        before = max((c.end for c in self.cues if c.end < group.start), default=self.start)
        after = min((c.start for c in self.cues if c.start >= group.end), default=self.end)
        comma = norm.find(",", before, group.start)
        stop = norm.find(",", group.end, after)
        return compared_with(self.context, comma + 1 if comma >= 0 else before, stop if stop >= 0 else after)

    def _times(self, low: int, group: Group, high: int) -> list[TimePoint]:
        before = list(beginning_in(self.points, low, group.start))
        if before and group.start - before[-1].end <= _TIME_IN_FRONT:
            return before
        return list(beginning_in(self.points, group.start, high)) or before

    def _before_treatment(self, group: Group, comparators: tuple[str, ...]) -> float | None:
        """Week 0 for a comparison of the groups made before treatment."""
        at_start = AT_BASELINE.search(self.context.norm, max(0, self.start - 1), group.end)
        return 0.0 if at_start and "baseline" not in comparators else None

    def _significance(self, group: Group, high: int) -> tuple[str, float | None]:
        """Sign and value of the p-value that closes this group (or the clause), else what the words claim."""
        near = beginning_in(self.ps, group.start, high)
        near = near or beginning_in(self.ps, group.end, self.end + 2)
        if near and near[0].value is not None:
            return near[0].sign, near[0].value
        return group.cue.claim, None

    def _arm(self, group: Group) -> str:
        """The one arm spoken of: named last in front of the group, else behind it; not what it is compared with."""
        norm = self.context.norm
        own = [
            m
            for m in self.context.mentions_in(self.start, self.end)
            if not COMPARED_WITH_NEXT.search(norm, max(self.start, m.start - 30), m.start)
        ]
        before = [m for m in own if m.start < group.start]
        named = before[-1:] or [m for m in own if group.start <= m.start][:1]
        if len(before) > 1 and before[-1].start - before[-2].end <= 5 and before[-1].arm != before[-2].arm:
            return ""
        return self.context.arms[named[0].arm].name if named else ""


def _clauses(norm: str, sentence: Sentence) -> list[tuple[int, int]]:
    edges = [
        sentence.start,
        *(m.start() for m in _TURN.finditer(norm, sentence.start, sentence.end)),
        sentence.end,
    ]
    return [(a, b) for a, b in pairwise(edges) if a < b]


def _groups(cues: Sequence[Cue], names: Sequence[Term], start: int, end: int, norm: str) -> list[Group]:
    """Deal the outcomes of a clause out to its direction words: each run of names goes to the nearer word."""
    taken: list[list[Term]] = [[] for _ in cues]
    for i in range(len(cues) + 1 if cues else 0):
        left = cues[i - 1].end if i else start
        right = cues[i].start if i < len(cues) else end
        run = [n for n in names if left <= n.start and n.end <= right]
        if not run:
            continue
        if i == 0:
            taken[0] += _chained(run[::-1], norm)[::-1]
        elif i == len(cues):
            # "survival was higher, and infection ...": what follows a word with its own subject is told elsewhere
            if not taken[-1] or not _BREAK.search(norm, cues[-1].end, run[0].start):
                taken[-1] += _objects(cues[-1], run, norm)
        else:
            _deal(run, norm, cues[i - 1], cues[i], taken[i - 1], taken[i])
    return [
        Group(cue, tuple(own), min(cue.start, own[0].start), max(cue.end, own[-1].end))
        for cue, run in zip(cues, taken, strict=True)
        if (own := _distinct(run))
    ]


def _deal(run: list[Term], norm: str, left: Cue, right: Cue, to_left: list[Term], to_right: list[Term]) -> None:
    """Names between two direction words: object of the left one or subject of the right one."""
    behind, ahead = norm[left.end : run[0].start], norm[run[-1].end : right.start]
    near_left = len(behind) + _BREAK_COSTS * len(_BREAK.findall(behind))
    near_right = len(ahead) + _BREAK_COSTS * len(_BREAK.findall(ahead))
    if len(run) > 1 and near_left <= _ADJACENT and near_right <= _ADJACENT:
        to_left.append(run[0])
        to_right += run[1:]
    elif near_left <= near_right:
        to_left += _objects(left, run, norm)
    else:
        to_right += _chained(run[::-1], norm)[::-1]


def _objects(cue: Cue, run: list[Term], norm: str) -> list[Term]:
    """Names behind a direction word that it can govern: close to it and one after the other."""
    between = norm[cue.end : run[0].start]
    if len(between) > _OBJECT_REACH or _NO_OBJECT.search(between):
        return []
    return _chained(run, norm)


def _chained(run: list[Term], norm: str) -> list[Term]:
    """The first names of a run that follow each other as a list does."""
    kept = run[:1]
    for name in run[1:]:
        low, high = sorted((kept[-1], name), key=lambda t: t.start)
        between = norm[low.end : high.start]
        if len(between) > _LIST_GAP or _COUNTED.search(between):
            break
        kept.append(name)
    return kept


def _distinct(run: list[Term]) -> list[Term]:
    """One name for an outcome printed twice, as a word and its abbreviation in brackets."""
    return list({name.name: name for name in reversed(run)}.values())[::-1]


def _facts(
    context: Context,
    group: Group,
    weeks: Sequence[float | None],
    comparators: Sequence[str],
    significance: tuple[str, float | None],
    arm: str,
) -> Iterator[Fact]:
    measure, p = significance
    for name in group.outcomes:
        start, end = min(name.start, group.cue.start), max(name.end, group.cue.end)
        for week in weeks:
            for comparator in comparators or ("",):
                yield context.fact(
                    "direction", start, end, "direction_word", outcome=name.name, value_text=group.cue.way, weeks=week,
                    comparator=comparator, measure=measure, value=p, arm=arm,
                )  # fmt: skip
