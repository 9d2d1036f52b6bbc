"""Which names mean one arm: candidate names in, groups of names out. A part of `find`.

Names are brought to a key, names with one key are one arm, and an acronym or a label printed in brackets joins its
long form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from mscreview.extract.arms.chinese import TELLS_APART, second_names
from mscreview.extract.arms.edges import Candidate
from mscreview.extract.arms.lists import LABEL
from mscreview.text.patterns import WORD_UNITS
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
    "asked": 0.0,
}


@dataclass(slots=True)
class Group:
    """Names of one arm so far: how often each form was printed, by which phrases, and the doses given with them."""

    key: str
    weight: float = 0.0
    start: int = -1
    end: int = -1
    forms: dict[str, int] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    doses: list[str] = field(default_factory=list)

    def add(self, c: Candidate, norm: str) -> None:
        if c.source == "asked" and self.sources:
            self.sources.add(c.source)
            return
        self.weight += _WEIGHTS[c.source] if c.source not in self.sources else 0.75
        self.sources.add(c.source)
        form = norm[c.start : c.end]
        self.forms[form] = self.forms.get(form, 0) + 1
        if self.start < 0 or c.start < self.start:
            self.start, self.end = c.start, c.end

    def join(self, other: Group) -> None:
        self.weight += other.weight
        self.sources |= other.sources
        self.doses += other.doses
        for form, count in other.forms.items():
            self.forms[form] = self.forms.get(form, 0) + count
        if 0 <= other.start < self.start:
            self.start, self.end = other.start, other.end


WORD = re.compile(r"[A-Za-z0-9\u0370-\u03ff+]+|[\u4e00-\u9fff]")


def words_of(name: str) -> list[str]:
    """The words of a name in small letters; each Chinese character is one."""
    return [w.lower() for w in WORD.findall(name)]


# words around a name that do not tell two arms apart
_AROUND = frozenset(
    """group groups arm arms the a an of treatment therapy treated oral intravenous iv sc regimen mg g kg ml μg mcg daily
    weekly once twice day per plus-minus patients assigned received receiving tablets tablet capsules capsule
    injection injections matching matched intervention's standard-dose alone only first-line adjuvant dose bid tid qid qd added
    administered titrated combined""".split()
)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


_OFTEN = re.compile(r"\b[bqt]\.i\.d\b\.?", re.I)


@lru_cache(maxsize=8192)
def arm_key(name: str) -> str:
    """What two spellings of an arm share: its words in lower case without doses and words that go with any arm."""
    words = words_of(_OFTEN.sub("", name))
    around = _AROUND - {"g"} if "+" in words else _AROUND  # "G + TEA" holds no gram
    kept = [_singular(w) for w in words if w not in around and not w[0].isdigit()]
    if len(kept) == 1 and kept[0] in WORD_UNITS:
        return ""  # "for eight hours"
    if not kept:  # "treatment group", "dose group": nothing else to go by
        kept = [w for w in words if w in {"treatment", "therapy", "treated"}]
    if name.endswith("组") or re.fullmatch(r"(?i)(?:group|arm|cohort)[ -]?\w{1,3}", name):
        kept = words
    return " ".join(kept) if any(w[0].isalpha() and w not in _UNITS for w in kept) else ""


_UNITS = frozenset(
    "mg μg mcg ug ng iu g kg ml m min wk h iu cm mm l mmol ci hr or rr sd se p n years months weeks days withdrawal"
    " week month year day days m2 gy microgram micrograms milligram milligrams minutes minute hours hour tid qid bid".split()
)
_SHORT = r"(?:\d-)?[A-Z][\w/+-]{1,11}|[A-D]|[A-Z](?= group| arm)|[A-Z][\w/-]{0,11} \+ [A-Z][\w/-]{0,11}"
_BRACKET = re.compile(
    rf"(?<![\w/+-])(?P<long>(?:(?:[A-Za-z0-9][\w/+.%-]{{0,40}}|%)[ ]){{1,6}})\((?P<short>{_SHORT})(?: group| arm)?[;,)]"
)
_BRACKET_END = re.compile(rf"\((?:{_SHORT})(?: group| arm)?[;,)]")
_LABEL = rf"(?:[Gg]roup|[Aa]rm|[Cc]ohort) ?-?{LABEL}"
# "group A (oats, n = 20)", "Group B received water"; "oats (group A)"
_SIZE = r"(?:[,:]? ?[(\[]?(?:[nN] ?= ?)?\d{1,4}(?: [a-z]{2,12})?[)\]]?)"  # "group I (30 persons) received oats"
_LABEL_FIRST = re.compile(
    rf"(?P<short>{_LABEL}|(?:[Ii]ntervention|[Ee]xperimental|[Tt]reatment|[Cc]ontrol|[Cc]omparator) (?:group|arm))(?:{_SIZE}?,? (?:received|receiving|underwent|took|(?:was|were) (?:given|treated with|assigned to)|served as) | ?[(:] ?)"
    r"(?:the |an? )?(?P<long>(?:[A-Za-z][\w/+.%-]{0,30} ?){1,4})"
)
_LABEL_LAST = re.compile(
    rf"(?<![\w/+-])(?P<long>(?:[A-Za-z0-9μ][\w/+.%-]{{0,40}}[ ]){{1,7}})\((?P<short>{_LABEL})[;,):]"
)
IS_LABEL = re.compile(_LABEL, re.I)
_LABEL_AT = beginnings("group arm cohort intervention experimental treatment control comparator")
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
        key = arm_key(m["short"])
        if not key and norm.startswith((" group", " arm"), m.end("short")):
            key = arm_key(f"group {m['short']}")  # "P group": no p-value
        out.setdefault(key, [arm_key(" ".join(words[i:end])) for end in ends for i in range(end)])
    for long, short in second_names(norm):
        out.setdefault(arm_key(short), [arm_key(long[i:]) for i in range(len(long) - 1)])
    return out


_STRONG = 2.5
_PLUS, _DUMMY = " plus ", " plus placebo"


def merged(groups: dict[str, Group], norm: str) -> list[Group]:
    """The groups again, those that mean one arm joined."""
    brackets = _acronyms(norm).items()
    told = {short: next((x for x in longs if x in groups and x != short), "") for short, longs in brackets}
    labels = [long for short, long in told.items() if IS_LABEL.fullmatch(short)]
    for short, long in told.items():
        if long not in groups or (long in labels and labels.count(long) > 1):
            continue  # "group 1 had A then B, group 2 had A": the name is not one label's own
        groups[long].join(groups.pop(short, Group(short)))
        groups[long].forms.setdefault(short.upper(), 0)
        if IS_LABEL.fullmatch(short) and short[-1].isalpha() and short[-2] == " ":
            groups[long].forms.setdefault(short[-1].upper(), 0)  # "the A group"
    dummies = [key for key in groups if key.endswith(_DUMMY)]
    for key in dummies if len(dummies) > 1 else ():  # "A plus placebo" and "B plus placebo" are A and B
        if (bare := key.removesuffix(_DUMMY)) in groups:
            groups[key].join(groups.pop(bare))
    _join_parts(groups, told)
    _join_shorter(groups)
    return list(groups.values())


def _join_parts(groups: dict[str, Group], told: dict[str, str]) -> None:
    """ "A", "A plus X": X alone is said of the latter."""
    for key in [key for key in groups if _PLUS in key]:
        left, _, right = key.partition(_PLUS)
        for part, rest in ((left, right), (right, left)):
            known = rest in groups or rest in told
            if (
                part in groups
                and known
                and groups[part].sources.isdisjoint(("allocation", "contrast", "label", "named"))
            ):
                groups[key].join(groups.pop(part))


def _join_shorter(groups: dict[str, Group]) -> None:
    """A short name is the long one said again, unless it fits two arms ("A" and "A plus B")."""
    for key in sorted(groups, key=len):
        words = set(key.split())
        wider = [k for k in groups if k != key and words < set(k.split())]
        if len(wider) > 1 and len(strong := [k for k in wider if groups[k].weight >= _STRONG]) == 1:
            wider = strong
        if key in groups and len(wider) == 1 and not (_another(key, wider[0]) or _both(key, wider[0], groups)):
            groups[wider[0]].join(groups.pop(key))


def _both(short: str, wide: str, groups: dict[str, Group]) -> bool:
    """Whether a longer name is made of the short one and that of a third arm, all given sizes: "fixed A-B", "A" and "B"."""
    words, own = set(wide.split()), set(short.split())
    sized = [key for key, group in groups.items() if "size" in group.sources]
    if short not in sized or wide not in sized:
        return False
    return any(key not in (short, wide) and set(key.split()) < words and own.isdisjoint(key.split()) for key in sized)


def _another(short: str, wide: str) -> bool:
    """Whether the words a longer name adds make it another arm ("A plus B" beside "A")."""
    added = "".join(sorted(set(wide.split()) - set(short.split())))
    return bool(re.search(r"\b(?:plus|and|with|or|no|without)\b|\+(?=\w)|/", wide) or TELLS_APART.search(added))
