"""The groups of a trial, by name and role: a context in, its arms and every place that names one out.

Runs before all readers. Candidate names (`armnames`) are brought to a key, names with one key are one arm, an acronym
printed in brackets joins its long form, and an arm is believed when its phrases together weigh enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from mscreview.extract import armlists, armnames, dosearms
from mscreview.extract.armheads import with_heads
from mscreview.extract.lexicon import CONTROL_ARM, OUTCOME, TREATED_ARM, Terms
from mscreview.extract.model import Arm, Context, Fact, Mention
from mscreview.text.search import around, beginnings, starting

_WEIGHTS = {
    "allocation": 3.0,
    "size": 3.0,
    "label": 2.5,
    "named": 2.5,
    "count": 1.5,
    "contrast": 2.0,
    "group": 1.5,
    "received": 1.0,
    "result": 1.5,
}
_ENOUGH, _ENOUGH_WHEN_FEW = 2.5, 1.5
_MOST = 6


def find(context: Context) -> tuple[Arm, ...]:
    """Up to six arms in the order the text first names them."""
    norm, told = context.norm, context.lexicon.protocol is not None
    groups: dict[str, _Group] = {}
    alone: list[tuple[int, str]] = []  # "the 5 mg group"
    for c in armnames.candidates(context):
        if told and c.source == "result":
            continue  # "4 of 123 in the vaccinated group": a protocol's words say which arm is meant
        doses = dosearms.amounts(norm, c)
        if key := arm_key(norm[c.start : c.end]):
            group = groups.setdefault(key, _Group(key))
            group.add(c, norm)
            group.doses += doses
        elif len(doses) > 1 or (doses and c.source == "group"):
            alone += [(c.start, dose) for dose in doses]
    merged = _merge(groups, _acronyms(norm))
    if told:
        merged = [g for g in merged if _is_likely(g, context)]
    ranked = sorted(merged, key=lambda g: (-g.weight, g.start))
    believed = [g for g in ranked if g.weight >= _ENOUGH or _is_told(g, context)][:_MOST]
    if len(believed) < 2:
        believed = [g for g in ranked if g.weight >= _ENOUGH_WHEN_FEW or _is_told(g, context)][:2]
    shared = sum(bool(g.doses) for g in believed) > 1  # "the 15 mg group" may then be of either name
    others = [] if shared else [dose for _, dose in alone]
    found = [arm for g in sorted(believed, key=lambda g: g.start) for arm in _arms_of(g, context, others)]
    if not any(dosearms.dose_of(arm) for arm in found) and (doses := dosearms.divided(dose for _, dose in alone)):
        found += dosearms.named("", doses, norm, alone[0][0], "")
    return with_heads(sorted(found, key=lambda a: a.start))


def _arms_of(group: _Group, context: Context, alone: Sequence[str]) -> list[Arm]:
    """The arm of a group of names, or one for each dose it was given in."""
    arm = _arm(group, context)
    doses = dosearms.divided([*group.doses, *alone]) if group.doses else []
    if not doses:
        return [arm]
    name = next((told for form in (arm.name, *arm.aliases) if (told := dosearms.bare(form))), "")
    return list(dosearms.named(name, doses, context.norm, arm.start, arm.role))


def read(context: Context) -> Iterable[Fact]:
    """A fact for every arm, at the first words that name it: `arm` its name, `value_text` its role."""
    for arm in context.arms:
        yield context.fact("arm", arm.start, arm.end, "arm", arm=arm.name, value_text=arm.role, status="ok")


def mentions(context: Context, arms: Iterable[Arm]) -> tuple[Mention, ...]:
    """Every place that names one of `arms` (by name, alias or acronym), in text order, none overlapping."""
    first: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    arms = tuple(arms)
    for number, arm in enumerate(arms):
        for alias in {arm.name, *arm.aliases} if not dosearms.dose_of(arm) else ():
            words = tuple(w for w in _words(alias))
            if words:
                first.setdefault(words[0], []).append((words, number))
    longest = max((len(words) for named in first.values() for words, _ in named), default=0)
    out: list[Mention] = []
    busy = 0
    for start, word in _places(context.norm, first):
        if start < busy:
            continue
        tokens = list(islice(_WORD.finditer(context.norm, start), longest))
        lower = tuple(m[0].lower() for m in tokens)
        if lower[0] != word:
            continue
        best = max(
            (pair for pair in first[word] if lower[: len(pair[0])] == pair[0]),
            key=lambda pair: len(pair[0]),
            default=None,
        )
        if best is not None:
            busy = tokens[len(best[0]) - 1].end()
            if not _NO_LABEL.match(context.norm, busy):
                out.append(Mention(start, busy, best[1]))
    out += armlists.short_names(context.norm, arms, out)
    others = [*dosearms.mentions(context.norm, arms), *armlists.listed(context.norm, arms)]
    if not others:
        return tuple(sorted(out))
    inside = {at for m in others for at in range(m.start, m.end)}
    return tuple(sorted([m for m in out if inside.isdisjoint((m.start, m.end - 1))] + others))


# "placebo-corrected", "X-treated baseline": no number is of the arm named so
_NO_LABEL = re.compile(r"[- ](?:(?:corrected|adjusted|subtracted)\b|treated baseline\b)")


def _places(norm: str, words: Iterable[str]) -> list[tuple[int, str]]:
    """Where a word of the text may open with one of `words` (in small letters), in text order."""
    lower = norm.lower()
    if len(lower) != len(norm):  # a few letters have a longer small form
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in norm)
    found = []
    for word in words:
        at = lower.find(word)
        while at >= 0:
            if not (at and _LETTER.match(norm, at - 1) and _LETTER.match(norm, at)):
                found.append((at, word))
            at = lower.find(word, at + 1)
    return sorted(found)


_LETTER = re.compile(r"[A-Za-z0-9\u0370-\u03ff+]")
_WORD = re.compile(r"[A-Za-z0-9\u0370-\u03ff+]+|[\u4e00-\u9fff]")


def _words(text: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(text)]


# --- names to arms ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Group:
    key: str
    weight: float = 0.0
    start: int = -1
    end: int = -1
    forms: dict[str, int] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    doses: list[str] = field(default_factory=list)

    def add(self, c: armnames.Candidate, norm: str) -> None:
        self.weight += _WEIGHTS[c.source] if c.source not in self.sources else 0.75
        self.sources.add(c.source)
        form = norm[c.start : c.end]
        self.forms[form] = self.forms.get(form, 0) + 1
        if self.start < 0 or c.start < self.start:
            self.start, self.end = c.start, c.end

    def join(self, other: _Group) -> None:
        self.weight += other.weight
        self.sources |= other.sources
        self.doses += other.doses
        for form, count in other.forms.items():
            self.forms[form] = self.forms.get(form, 0) + count
        if 0 <= other.start < self.start:
            self.start, self.end = other.start, other.end


# words around a name that do not tell two arms apart
_AROUND = frozenset(
    """group groups arm arms the a an of treatment therapy treated oral intravenous iv sc regimen mg g kg ml μg mcg daily
    weekly once twice day per plus-minus patients assigned received receiving tablets tablet capsules capsule
    injection injections matching matched intervention's standard-dose alone only first-line adjuvant dose bid tid qid qd added
    administered titrated combined""".split()
)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@lru_cache(maxsize=8192)
def arm_key(name: str) -> str:
    """What two spellings of an arm share: its words in lower case without doses and words that go with any arm."""
    words = _words(name)
    around = _AROUND - {"g"} if "+" in words else _AROUND  # "G + MET" holds no gram
    kept = [_singular(w) for w in words if w not in around and not w[0].isdigit()]
    if not kept:  # "treatment group", "dose group": nothing else to go by
        kept = [w for w in words if w in {"treatment", "therapy", "treated"}]
    if re.fullmatch(r"(?i)(?:group|arm|cohort)[ -]?\w{1,3}", name):
        kept = words
    return " ".join(kept) if any(w[0].isalpha() and w not in _UNITS for w in kept) else ""


_UNITS = frozenset(
    "mg μg mcg ug ng iu g kg ml m min wk h iu cm mm l mmol ci hr or rr sd se p n years months weeks days withdrawal".split()
)
_BRACKET = re.compile(
    r"(?<![\w/+-])(?P<long>(?:[A-Za-z0-9][\w/+.%-]{0,40}[ ]){1,6})\((?P<short>[A-Z][\w/+-]{1,11}|[A-D]|[A-Z][\w/-]{0,11} \+ [A-Z][\w/-]{0,11})(?: group| arm)?[;,)]"
)
_BRACKET_END = re.compile(r"\((?:[A-Z][\w/+-]{1,11}|[A-D]|[A-Z][\w/-]{0,11} \+ [A-Z][\w/-]{0,11})(?: group| arm)?[;,)]")


_LABEL = rf"(?:[Gg]roup|[Aa]rm|[Cc]ohort) ?-?{armlists.LABEL}"
# "group A (oats, n = 20)", "Group B received water"; "oats (group A)"
_LABEL_FIRST = re.compile(
    rf"(?P<short>{_LABEL})(?: ?[(:] ?| (?:received|receiving|underwent|took|(?:was|were) (?:given|treated with|assigned to)) )"
    r"(?:the |an? )?(?P<long>(?:[A-Za-z][\w/+.%-]{0,30} ?){1,4})"
)
_LABEL_LAST = re.compile(
    rf"(?<![\w/+-])(?P<long>(?:[A-Za-z0-9μ][\w/+.%-]{{0,40}}[ ]){{1,5}})\((?P<short>{_LABEL})[;,):]"
)
_LABEL_AT = beginnings("group arm cohort")
_LABEL_LAST_END = re.compile(rf"\({_LABEL}[;,):]")


def _acronyms(norm: str) -> dict[str, list[str]]:
    """Keys of the bracketed short forms, with the words in front of each, longest first: "(XYZ)" -> "x y z", "y z".

    A label ("group A") stands for the name it is printed with in the same way.
    """
    out: dict[str, list[str]] = {}
    for m in starting(_LABEL_FIRST, _LABEL_AT, norm):
        words = m["long"].split()
        out.setdefault(arm_key(m["short"]), []).extend(arm_key(" ".join(words[:i])) for i in range(len(words), 0, -1))
    for m in around(_LABEL_LAST, _LABEL_LAST_END, norm, 256):
        words = m["long"].split()
        out.setdefault(arm_key(m["short"]), []).extend(arm_key(" ".join(words[i:])) for i in range(len(words)))
    for m in around(_BRACKET, _BRACKET_END, norm, 256):
        words = m["long"].split()
        # of "X with Y (XY)" X alone may be the name
        ends = [len(words), words.index("with")] if "with" in words else [len(words)]
        out.setdefault(arm_key(m["short"]), [arm_key(" ".join(words[i:end])) for end in ends for i in range(end)])
    return out


def _merge(groups: dict[str, _Group], acronyms: dict[str, list[str]]) -> list[_Group]:
    told = {short: next((x for x in longs if x in groups and x != short), "") for short, longs in acronyms.items()}
    labels = [long for short, long in told.items() if _IS_LABEL.fullmatch(short)]
    for short, long in told.items():
        if long not in groups or (long in labels and labels.count(long) > 1):
            continue  # "group 1 had A then B, group 2 had A": the name is not one label's own
        groups[long].join(groups.pop(short, _Group(short)))
        groups[long].forms.setdefault(short.upper(), 0)
    for key in sorted(groups, key=len):
        words = set(key.split())
        wider = [k for k in groups if k != key and words < set(k.split())]
        # a short name is the long one said again, unless it fits two arms ("A" and "A plus B")
        if key in groups and len(wider) == 1 and not _another(key, wider[0]):
            groups[wider[0]].join(groups.pop(key))
    return list(groups.values())


# what tells one Chinese arm from another: 常规治疗组 is not the 治疗组, 多次移植组 not the 移植组
_TELLS_APART = re.compile("[常规单双多两次联合安慰空白高中低大小纯综药物内科对照标准早晚新老]")


def _another(short: str, wide: str) -> bool:
    """Whether the words a longer name adds make it another arm ("A plus B" beside "A")."""
    added = "".join(sorted(set(wide.split()) - set(short.split())))
    return bool(re.search(r"(?:plus|and|with|\bor\b|\+(?=\w)|/)", wide) or _TELLS_APART.search(added))


_PRINTED_AS_ARM = frozenset({"group", "label", "named", "size"})
# words for who was studied, not for what they got
WHO = frozenset({OUTCOME, "design", "country", "condition", "aetiology"})


_TOLD_BY = frozenset({"group", "count", "received"})


def _is_told(group: _Group, context: Context) -> bool:
    """ "the X group", "24 received X", X being what the protocol says was given: one such phrase is enough."""
    return context.lexicon.protocol is not None and bool(group.sources & _TOLD_BY and _given(group, context))


def _given(group: _Group, context: Context) -> set[str]:
    """Families of the protocol's words for what was given that the name holds."""
    found = {term.family for form in group.forms for term in context.lexicon.all.candidates(form)}
    return found - WHO - {TREATED_ARM, CONTROL_ARM}


def _is_likely(group: _Group, context: Context) -> bool:
    """Whether a protocol's review takes the name for an arm: printed as one, or holding a word of the protocol for what
    was given ("randomised to serve as ..." gives no arm)."""
    if group.sources & _PRINTED_AS_ARM:
        return True
    told = {term.family for form in group.forms for term in context.lexicon.all.candidates(form)}
    return bool(told - WHO)


def _arm(group: _Group, context: Context) -> Arm:
    forms = sorted(group.forms, key=lambda f: (_IS_LABEL.fullmatch(f) is not None, -group.forms[f], len(f), f))
    return Arm(forms[0], tuple(forms[1:]), _role(group, context), None, group.start, group.end)


_IS_LABEL = re.compile(_LABEL, re.I)


def _role(group: _Group, context: Context) -> str:
    """control when a form holds a control word of the lexicon, treated when one holds a treated word, else ''."""
    for role, words in (("control", context.lexicon.control), ("treated", context.lexicon.treated)):
        if any(_holds(words, form) for form in group.forms):
            return role
    return ""


@lru_cache(maxsize=8192)
def _holds(words: Terms, form: str) -> bool:
    return bool(words.find(form))
