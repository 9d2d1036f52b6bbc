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
from dataclasses import dataclass, replace

from mscreview.extract.lexicon import OUTCOME, Term
from mscreview.extract.model import Context, Fact
from mscreview.extract.pvalues import PValue, p_values
from mscreview.extract.times import TimePoint, time_points
from mscreview.text import Sentence


@dataclass(frozen=True, slots=True)
class Cue:
    """A direction word: which way it points, and the significance its own words claim."""

    start: int
    end: int
    way: str
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A direction word with the outcomes it speaks of."""

    cue: Cue
    outcomes: tuple[Term, ...]
    start: int
    end: int


def read(context: Context) -> Iterator[Fact]:
    """Directions of the protocol's outcomes, clause by clause; one fact for each outcome, time and comparator."""
    names = context.terms.get(OUTCOME, ())
    if not names:
        return
    points = time_points(context)
    ps = p_values(context.norm)
    for sentence in context.sentences:
        if any(sentence.start <= name.start < sentence.end for name in names):
            yield from _sentence(context, sentence, names, points, ps)


# --- one sentence -----------------------------------------------------------------------------------------------

# a turn of thought ends the reach of a direction word: "while", "but", ";"
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
    comparators: tuple[str, ...] = ()
    leading: list[TimePoint] = []
    pending: list[tuple[Group, Fact]] = []
    for start, end in _clauses(context.norm, sentence):
        cues = direction_words(context.norm, start, end)
        own = [n for n in names if start <= n.start and n.end <= end]
        times = [p for p in points if start <= p.start < end]
        found = compared_with(context, start, end)
        comparators = found or comparators
        if cues and not own and pending and cues[0].way == "no difference":
            pending = [(group, replace(fact, measure="not significant")) for group, fact in pending]
            continue
        yield from (fact for _, fact in pending)
        pending = []
        groups = _groups(cues, own, start, end)
        for i, group in enumerate(groups):
            stop = groups[i + 1].start if i + 1 < len(groups) else end
            here = _times(group, groups[i - 1].end if i else start, stop, times) or leading
            for fact in _facts(context, group, here, comparators, _significance(group, stop, ps, end)):
                pending.append((group, fact))
        if not groups:
            leading = times or leading
    yield from (fact for _, fact in pending)


def _clauses(norm: str, sentence: Sentence) -> list[tuple[int, int]]:
    edges = [
        sentence.start,
        *(m.start() for m in _TURN.finditer(norm, sentence.start, sentence.end)),
        sentence.end,
    ]
    return [(a, b) for a, b in zip(edges, edges[1:], strict=False) if a < b]


def _groups(cues: Sequence[Cue], names: Sequence[Term], start: int, end: int) -> list[Group]:
    """Deal the outcomes of a clause out to its direction words, in reading order."""
    groups: list[Group] = []
    left = list(names)
    for i, cue in enumerate(cues):
        before = [n for n in left if n.end <= cue.start]
        stop = cues[i + 1].start if i + 1 < len(cues) else end
        after = [n for n in left if cue.end <= n.start and n.end <= stop]
        taken = before if before and not _governs(cue, before, after) else after
        # names between two words belong to the second one when they are its subject ("ALB rose, ALT and AST fell")
        if taken is after and after and i + 1 < len(cues) and before:
            taken = before
        if not taken:
            continue
        left = [n for n in left if n.start > taken[-1].start]
        groups.append(Group(cue, tuple(taken), min(cue.start, taken[0].start), max(cue.end, taken[-1].end)))
    return groups


def _governs(cue: Cue, before: Sequence[Term], after: Sequence[Term]) -> bool:
    """A word right in front of a name ("decreased MELD") takes it, though an unclaimed name stands far in front."""
    return bool(after) and after[0].start - cue.end <= 3 and cue.start - before[-1].end > 40


def _times(group: Group, low: int, high: int, times: Sequence[TimePoint]) -> list[TimePoint]:
    after = [t for t in times if group.start <= t.start < high]
    return after or [t for t in times if low <= t.start < group.start]


def _significance(group: Group, stop: int, ps: Sequence[PValue], end: int) -> tuple[str, float | None]:
    """Sign and value of the p-value that closes this group (or the clause), else what the words claim."""
    near = [p for p in ps if group.start <= p.start < stop] or [
        p for p in ps if group.end <= p.start <= end + 1
    ]
    if near and near[0].value is not None:
        return near[0].sign, near[0].value
    return group.cue.claim, None


def _facts(
    context: Context,
    group: Group,
    times: Sequence[TimePoint],
    comparators: Sequence[str],
    significance: tuple[str, float | None],
) -> Iterator[Fact]:
    measure, p = significance
    for name in group.outcomes:
        for point in times or [None]:
            for comparator in comparators or [""]:
                yield context.fact(
                    "direction",
                    min(name.start, group.cue.start),
                    max(name.end, group.cue.end),
                    "direction_word",
                    outcome=name.name,
                    value_text=group.cue.way,
                    weeks=point.weeks if point else None,
                    comparator=comparator,
                    measure=measure,
                    value=p,
                )


# --- direction words --------------------------------------------------------------------------------------------

_WAYS = {
    "same": r"(?:no|not|without|nor|never|did not|neither|failed to)\b(?: \w+){0,3}? (?:significan(?:t|ce|tly)|statistical(?:ly)?|"
    r"differ(?:ence|ences|ent|ed)?|changes?|changed|effects?|affect|improve(?:ment|d)?|increase|decrease)"
    r"(?: (?:significant|statistical|difference|differences|change|changes|effect|improvement|increase|decrease|reduction|benefit|"
    r"between|in the|in|on))*"
    r"|\b(?:was|were|remained) (?:\w+ )?(?:similar|comparable|unchanged|stable|unaffected)|\bsimilar (?:in|between|among)\b"
    r"|(?:均|都)?(?:无|没有|未见|未有|不具有|不存在)(?:明显|显著|统计学|显著性)?(?:的)?(?:统计学)?(?:差异|意义|变化|改善|改变|差别)|差异(?:均)?(?:无|没有|不具有?)(?:统计学|显著)?(?:意义|性)"
    r"|差异不(?:大|显著|明显)|(?:无|没有)统计学意义|相近|相当|相似|未见明显|未(?:较\S{1,8})?出现(?:持续)?(?:改善|变化|升高|下降)|未(?:见)?(?:明显)?(?:改善|升高|下降|降低)|改善有限",
    "up": r"\b(?:increas(?:e|ed|es|ing)|rose|risen|rises?|rising|elevat(?:ed|ion)|rais(?:ed|e)|higher|greater|went up|upregulated|prolonged|gain(?:ed)?)\b"
    r"|(?:升高|上升|增加|提高|增高|提升|高于|较高|更高|延长|增多|上调)",
    "down": r"\b(?:decreas(?:e|ed|es|ing)|declin(?:e|ed|es|ing)|reduc(?:e|ed|es|tion|tions|ing)|lower(?:ed|ing)?|fell|fallen|falls?|"
    r"drop(?:ped)?|diminish(?:ed)?|shorten(?:ed|ing)?|fewer|less frequent|smaller|went down)\b"
    r"|(?:降低|下降|减少|减低|低于|较低|更低|缩短|减轻|下调|少于|短于)",
    "better": r"\b(?:improv(?:e|ed|es|ing|ement|ements)|ameliorat(?:e|ed|ion)|better|recover(?:ed|y)|restor(?:ed|ation)|favou?red|benefit(?:ed)?|"
    r"reliev(?:e|ed)|enhanc(?:e|ed|ement)|superior)\b"
    r"|(?:改善|好转|恢复|优于|缓解|获益|优化)",
    "worse": r"\b(?:worsen(?:ed|ing)?|deteriorat(?:e|ed|ion)|worse|poorer|inferior)\b|(?:恶化|加重|差于|劣于)",
}
_WORDS = re.compile("|".join(f"(?P<{way}>{words})" for way, words in _WAYS.items()), re.I)
_NAMES = {
    "same": "no difference",
    "up": "increased",
    "down": "decreased",
    "better": "improved",
    "worse": "worsened",
}
_DENIED = re.compile(
    r"(?:\b(?:no|not|never|without|nor|neither|did not|were not|was not|failed to)(?: \w+){0,2} ?|未(?:能|见|出现)?|无|没有|并未|不能)(?:明显|显著|进一步|持续|额外)?的?$",
    re.I,
)
_CLAIMED = re.compile(
    r"\b(?:significant(?:ly)?|markedly|remarkably)\b|显著|明显|差异(?:均)?(?:有|具有)统计学意义", re.I
)
# "returned to baseline", "higher doses", "reduce the need": no direction of an outcome
_NO_CUE_AFTER = re.compile(
    r" (?:doses?|dosages?|risk of bias|quality|grade|than \d|limit)|(?:剂量|例数|样本|受损|受损的|需求)", re.I
)
_RETURNED = re.compile(r"\breturn(?:ed)? to (?:the )?baseline|恢复(?:至|到)(?:基线|治疗前)(?:水平)?", re.I)
_CLAIM_REACH = 30


def direction_words(norm: str, start: int, end: int) -> list[Cue]:
    """Direction words of `norm[start:end]` in order; a denied one means no difference."""
    cues: list[Cue] = []
    returned = [m.span() for m in _RETURNED.finditer(norm, start, end)]
    for m in _WORDS.finditer(norm, start, end):
        if _NO_CUE_AFTER.match(norm, m.end()) or any(a <= m.start() < b for a, b in returned):
            continue
        way = m.lastgroup or ""
        if way != "same" and _DENIED.search(norm, max(start, m.start() - 40), m.start()):
            way = "same"
        claim = "" if way == "same" else _claim(norm, m, start, end)
        if cues and m.start() - cues[-1].end <= 2 and cues[-1].way == _NAMES[way]:
            continue
        cues.append(Cue(m.start(), m.end(), _NAMES[way], claim))
    return cues


def _claim(norm: str, m: re.Match[str], start: int, end: int) -> str:
    around = norm[max(start, m.start() - _CLAIM_REACH) : min(end, m.end() + 16)]
    return "significant" if _CLAIMED.search(around) else ""


# --- what it is compared with -----------------------------------------------------------------------------------

_BASELINE = re.compile(
    r"\b(?:from|to|with|over|than|versus|vs\.?|at|relative to) (?:the |their |its |those at )?(?:baseline|pre-?treatment|pre-?transplant\w*|"
    r"initial|before (?:treatment|transplantation|infusion|therapy))|\b(?:compared|than) (?:\w+ ){0,4}before\b|\bafter (?:treatment|transplantation|"
    r"therapy|infusion)[^.;]{0,60}\bthan before\b|baseline values?|"
    r"(?:与|较|比|和|同|低于|高于|优于)(?:治疗前|基线|术前|移植前|输注前|入组时|干预前)|治疗前后|基线(?:时)?(?:比|相比)|与基线",
    re.I,
)
_BETWEEN = re.compile(
    r"\bbetween (?:the )?(?:two |three |both |\w+ )?(?:groups|arms)|\b(?:groups|arms) (?:were|did not|differ)|in both groups|"
    r"两组(?:间|之间|患者)?(?!治疗)|组间|各组(?:间|之间)",
    re.I,
)
_COMPARED = re.compile(
    r"\b(?:than|compared (?:with|to)|in comparison (?:with|to)|versus|vs\.?|relative to|over|against)\b|(?:与|较|比|低于|高于|优于|和|同|少于|短于|长于)",
    re.I,
)
_REACH = 40


def compared_with(context: Context, start: int, end: int) -> tuple[str, ...]:
    """What the clause compares with: 'control', 'baseline', both, or () when it does not say."""
    norm = context.norm
    found = []
    controls = [t for t in context.terms.get("control", ()) if start <= t.start < end]
    words = [m.end() for m in _COMPARED.finditer(norm, start, end)]
    if any(0 <= t.start - w <= _REACH for t in controls for w in words) or _BETWEEN.search(norm, start, end):
        found.append("control")
    if _BASELINE.search(norm, start, end):
        found.append("baseline")
    return tuple(found)
