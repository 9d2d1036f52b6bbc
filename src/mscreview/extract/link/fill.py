"""Which arm, which time and which outcome a number belongs to: facts in, the same facts with these fields filled.

Takes a context and the facts found so far. Numbers printed for one group form a cell ("5/45 (11.1%)", "from 12.1 to
9.8"), cells in a list form a series; a series is given to arms by the names that stand between its cells, by
"respectively", or by the order in which the arms were named. What cannot be told stays blank.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from mscreview.extract.link.arms import arms_of
from mscreview.extract.link.parts import Cell, Item, parts_of
from mscreview.extract.link.place import outcome_of, weeks_of
from mscreview.extract.model import Context, Fact
from mscreview.extract.times import TimePoint, time_points
from mscreview.extract.values.starts import AT_BASELINE
from mscreview.text.patterns import PEOPLE

LINKED = frozenset({"mean", "change", "median", "percent", "events", "dose"})
PLACED = (LINKED - {"dose"}) | {"effect", "difference", "p_value", "direction", "safety"}


def link(context: Context, facts: Sequence[Fact]) -> list[Fact]:
    """Fill `arm`, `weeks` and `outcome` where they are blank and the text tells them."""
    out = [_of_its_name(context, f) if f.kind == "dose" and not f.arm else f for f in facts]
    lists: list[list[int]] = []
    recent: dict[int, list[int]] = {}
    times = time_points(context)
    for cells in _sentences_of_cells(context, out):
        at = 0
        for series in _series(context.norm, cells):
            lists.append([item.index for cell in series for item in cell.items])
            at, first = at + len(series), at
            for cell, weeks in _timed(context, times, series):
                for item in cell.items:
                    if out[item.index].weeks is None:
                        out[item.index] = out[item.index]._replace(weeks=weeks)
            for cell, arm in zip(series, arms_of(context, series, cells, first, recent), strict=True):
                for item in cell.items:
                    if arm and not out[item.index].arm:
                        out[item.index] = out[item.index]._replace(arm=arm)
    return _wholes(_shared(_placed(context, out), lists))


def _of_its_name(context: Context, fact: Fact) -> Fact:
    """A dose that stands in the name of an arm ("the 5 mg group") is that arm's."""
    at = context.passage.at(fact.start)
    named = next((m for m in context.mentions_in(at - _LONGEST_NAME, at + 1) if m.end > at), None)
    return fact if named is None else fact._replace(arm=context.arms[named.arm].name)


_LONGEST_NAME = 80
_THEN_TIME = re.compile(r"[^.;,\d]{0,12}\b(?:at|after|by)\b (?:the )?(?:week |month |day |year )?", re.I)


def _timed(context: Context, times: Sequence[TimePoint], series: list[Cell]) -> list[tuple[Cell, float]]:
    """ "a vs b at 1 year, c vs d at 2 years": where every pair is followed by its time, both values have it."""
    parts = parts_of(context.norm, series)
    told = []
    for part in parts:
        behind = next((t for t in times if t.start >= part[-1].end), None)
        if behind is None or not _THEN_TIME.fullmatch(context.norm, part[-1].end, behind.start):
            return []
        told += [(cell, behind.weeks) for cell in part]
    return told if len(parts) > 1 else []


def _shared(facts: list[Fact], lists: list[list[int]]) -> list[Fact]:
    """ "71.3 vs 64.9 at 3 months": the time printed once holds for the whole list."""
    for members in lists:
        told = {facts[k].weeks for k in members if facts[k].measure != "baseline"} - {None}
        if len(told) == 1:
            for k in members:
                if facts[k].weeks is None:
                    facts[k] = facts[k]._replace(weeks=next(iter(told)))
    return facts


_WHOLE_NEAR = 8


def _wholes(facts: list[Fact]) -> list[Fact]:
    """The whole of "5 of 45" is of the arm whose events they are."""
    counted = sorted((f.start, f.end, f.arm) for f in facts if f.kind == "events" and f.arm and f.n is not None)
    for k, f in enumerate(facts):
        if counted and f.kind == "arm_n" and not f.arm:
            at = bisect_left(counted, (f.start + 1, 0, "")) - 1
            if at >= 0 and f.start - counted[at][1] <= _WHOLE_NEAR:
                facts[k] = f._replace(arm=counted[at][2])
    return facts


def _placed(context: Context, facts: list[Fact]) -> list[Fact]:
    out = []
    times = time_points(context)
    for f in facts:
        if f.kind in PLACED:
            at = context.passage.at(f.start)
            stop = max(at + 1, context.passage.at(f.end))
            weeks = weeks_of(context, times, at, stop) if f.weeks is None else f.weeks
            outcome = f.outcome or outcome_of(context, at, stop)
            if weeks != f.weeks or outcome != f.outcome:
                f = f._replace(weeks=weeks, outcome=outcome)
        out.append(f)
    return out


# --- cells and series -------------------------------------------------------------------------------------------

_SAME_CELL = re.compile(
    rf"(?:[)\]] ?(?:mm ?Hg|[a-zA-Z/%]{{1,8}})? ?(?=[\[(]))?(?: ?(?:of|/|out of) ?(?:the )?\d{{1,6}})?(?: {PEOPLE})?"
    r"[ ,]*[\[(,;/:=]?[ =]*(?:n ?= ?|or |i\.e\.,? ?|means? )?[ ,(\[]*(?:\d{1,5} ?(?:of|/) ?)?"
)
_BRACKET = re.compile(r" ?[\[(] ?")
_OPENING = re.compile(r" ?[\[(,;/]? ?(?:or |= ?)?")
_FROM_TO = re.compile(r"[^.;]{0,40}?(?:\b(?:to|and to|was|were|at|after|and)\b|至|到|为)[^.;\d]{0,40}", re.I)
_CONNECTOR = re.compile(
    r"\bvs?\b\.?|versus|\bagainst\b|compared|\band\b|&|\bthan\b|\bor\b|\bwhereas\b|\bwhile\b|[,;/]|和|与|及|、|比|对(?!照)|;|而",
    re.I,
)


def _sentences_of_cells(context: Context, facts: list[Fact]) -> list[list[Cell]]:
    """Cells of each sentence, those of results apart from doses ("5.3 in the 10 mg group and 4.1 in the other")."""
    items: dict[tuple[int, bool], list[Item]] = {}
    split = _split(context, facts)
    for k, f in enumerate(facts):
        if (
            k not in split
            and f.kind in LINKED
            and f.status != "negated"
            and (f.kind, f.status) != ("dose", "background")
        ):
            at = context.passage.at(f.start)
            sentence = context.sentence_at(at)
            if sentence is not None and not (f.kind == "percent" and _is_limit(context.norm, at)):
                key = f"{f.kind}:{f.measure}"
                items.setdefault((sentence.index, f.kind == "dose"), []).append(
                    Item(k, at, context.passage.at(f.end), key, f.unit, f.rule.endswith("other unit"))
                )
    return [_cells(context.norm, sorted(group, key=lambda i: (i.start, i.end))) for _, group in sorted(items.items())]


_SHARE_NEAR = 24


def _split(context: Context, facts: list[Fact]) -> set[int]:
    """ "9 (12%) fell: 6 (16%) with X, 3 (8%) with Y": the first count and its share are of both arms, none's alone."""
    if len(context.arms) != 2:
        return set()
    counts = sorted((k for k, f in enumerate(facts) if f.kind == "events" and f.value), key=lambda k: facts[k].start)
    found: set[int] = set()
    for a, b, c in zip(counts, counts[1:], counts[2:], strict=False):
        whole, one, other = facts[a], facts[b], facts[c]
        if whole.value == (one.value or 0.0) + (other.value or 0.0) and _goes_on(context, whole, one, other):
            shares = (k for k, f in enumerate(facts) if f.kind == "percent" and 0 < f.start - whole.end < _SHARE_NEAR)
            found |= {a, *(k for k in shares if facts[k].start < one.start)}
    return found


def _goes_on(context: Context, whole: Fact, one: Fact, other: Fact) -> bool:
    """Whether three counts stand in one sentence and no arm is named before the second, or before its colon or bracket."""
    start, second, third = (context.passage.at(f.start) for f in (whole, one, other))
    sentence = context.sentence_at(start)
    opened = _OPENED.search(context.norm, start, second)
    stop = opened.start() if opened else second
    return sentence is not None and third < sentence.end and not context.mentions_in(start, stop)


_OPENED = re.compile(r": | \((?=[A-Za-z])")


_LIMIT = re.compile(
    r"[A-Za-z)\]](?= ?[<>≤≥=])(?<!\bwas)(?<!\bwere)(?<!\bvs)(?<!\band)(?<!\bin)(?<!\bof)(?<!\bwith)"
    r" ?(?:[<>≤≥] ?(?:or ?= ?)?|= ?(?:or )?[<>] ?)$"
)


def _is_limit(norm: str, at: int) -> bool:
    """ "a weight loss > 5% (12 vs 9)": a limit that people reached, no number of an arm."""
    signed = norm[max(0, at - 2) : at].rstrip().endswith(("<", ">", "≤", "≥", "="))
    return signed and _LIMIT.search(norm, max(0, at - 14), at) is not None


def _cells(norm: str, items: list[Item]) -> list[Cell]:
    """Items of one group together; "25 at baseline, 18 on X and 17 on Y" starts with a cell of its own."""
    cells: list[Cell] = []
    kinds = [item.kind for item in items]
    common = kinds.count("mean:baseline") == 1 and kinds.count("mean:final") > 1
    for item in items:
        apart = common and cells and AT_BASELINE.match(norm, cells[-1].end)
        if cells and not apart and not _is_second_start(norm, cells, item) and _joins(norm, cells[-1], item):
            cells[-1].items.append(item)
        else:
            cells.append(Cell([item]))
    return cells


def _is_second_start(norm: str, cells: list[Cell], item: Item) -> bool:
    """ "27.4 and 28.1 before, and 17.6 and 14.9 after": the starts are a list of their own."""
    if len(cells) < 2 or item.kind == _START or not cells[-1].kinds == cells[-2].kinds == (_START,):
        return False
    return _BARE_AND.fullmatch(norm, cells[-2].end, cells[-1].start) is not None


_START = "mean:baseline"
_BARE_AND = re.compile(r" ?(?:and|vs?\.?|versus|,) ")


def _joins(norm: str, cell: Cell, item: Item) -> bool:
    last = cell.items[-1]
    if item.start < cell.end:
        return True
    gap = norm[last.end : item.start]
    if item.again and _OPENING.fullmatch(gap):
        return True
    if len(gap) > 40:
        return False
    if item.kind == "change:change" and last.kind == "mean:final" and _BRACKET.fullmatch(gap):
        return True
    if "mean:baseline" in cell.kinds and item.kind in ("mean:final", "change:change") and item.kind not in cell.kinds:
        return _FROM_TO.fullmatch(gap) is not None and not _SWITCH.search(gap)
    if item.kind in cell.kinds:  # "from 24 (18-31) to 17 (11-26)": a median before and after
        return item.kind == "median:final" and len(cell.items) == 1 and _TO.fullmatch(gap) is not None
    if ";" in gap and norm.rfind("(", 0, last.end) <= norm.rfind(")", 0, item.start):
        return False  # "fell by 0.7 kg; 49% of ..."
    return _SAME_CELL.fullmatch(gap) is not None


_TO = re.compile(r"[)\]]? to |[)\]]? ?[降升减增]?[到至为] ?")
_SWITCH = re.compile(r"\bvs?\b\.?|versus|compared|than|placebo|control|group|arm|respectively|和|组", re.I)


def _series(norm: str, cells: list[Cell]) -> list[list[Cell]]:
    out: list[list[Cell]] = []
    for cell in cells:
        if out and _alike(out[-1][-1], cell) and _continues(norm, out[-1][-1].end, cell.start):
            out[-1].append(cell)
        else:
            out.append([cell])
    return out


def _alike(a: Cell, b: Cell) -> bool:
    """Whether two cells can be of one list: the same kinds, no two units ("8.1% and 9.4 mmol/l" are two outcomes)."""
    return a.kinds == b.kinds and len({a.items[0].unit, b.items[0].unit} - {""}) < 2


_CHINESE = re.compile("[\u4e00-\u9fff]")
_CLAUSE = re.compile(r"respectively[^;]{0,20};|; (?:[\w-]+,? ){2,8}(?:was|were|had|received|showed)\b")


_LABELLED = re.compile(r"\)?(?:,|;|,? and) [a-z][a-z -]{2,30}(?:,| ?\() ?n ?= ?")
_COURSE = ("由", "从", "自")


def _continues(norm: str, end: int, start: int) -> bool:
    gap = norm[end:start]
    if ";" in gap and _CLAUSE.search(gap):
        return False
    if (";" in gap or gap.endswith(_COURSE)) and _CHINESE.search(gap):
        return False  # a clause of its own, "由36%升至73%,乙组由37%升至51%"
    if gap.endswith(("=", "= ")) and _LABELLED.fullmatch(gap):
        return False  # "fever (n = 5) and headache (n = 2)": two harms, not two arms
    return len(gap) < 110 and _CONNECTOR.search(gap) is not None and gap.count("(") <= gap.count(")") + 1
