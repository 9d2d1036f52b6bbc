"""Arms named by less than their name: labels listed together, and one word of a longer name.

"groups A, B and C" and "A、B、C三组" give a mention for each label that some arm is called by ("group A", "A组"); "after X"
one of the arm "X closure" when no other arm's name holds the word (`heads` gives aliases that count wherever they stand).
Part of `mentions`, which knows whole names only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mscreview.extract.arms.edges import ANY_TREATMENT
from mscreview.extract.model import Arm, Mention

LABEL = r"(?:[A-Z]\d?|[1-6]|I{1,3}|IV)"
_LISTS = re.compile(
    rf"\b(?:[Gg]roups|[Aa]rms) (?P<en>{LABEL}(?:, {LABEL})*,? (?:and|or|vs\.?|versus) {LABEL})\b"
    rf"|(?<![\w-])(?P<tail>{LABEL}(?:, {LABEL})*,? (?:and|or|vs\.?|versus) {LABEL})(?= (?:groups|arms)\b)"
    r"|(?<![A-Za-z])(?P<zh>[A-F](?: ?[、,和与及] ?[A-F])+)[两二三四2-4]?组"
)
_ONE = re.compile(LABEL)


def listed(norm: str, arms: Sequence[Arm]) -> Iterator[Mention]:
    """A mention for each label of a list, in text order."""
    called = {_plain(form): k for k, arm in enumerate(arms) for form in (arm.name, *arm.aliases)}
    called.pop("", None)
    for m in _LISTS.finditer(norm) if called else ():
        group = str(m.lastgroup)
        for label in _ONE.finditer(norm, *m.span(group)):
            if label[0] in called:
                yield Mention(label.start(), label.end(), called[label[0]])


_CALLED = re.compile(rf"(?:(?:group|arm|cohort)[ -]?)?(?P<en>{LABEL})|(?P<zh>[A-F])组", re.I)


def _plain(form: str) -> str:
    """The label of "Group A", "A" and "A组"; '' of any other name."""
    m = _CALLED.fullmatch(form)
    return (m["en"] or m["zh"]).upper() if m else ""


# --- "34 after X than after Y": one word of the arms "X closure" and "onlay Y" ------------------------------------------

_LEAST_LETTERS = 4
_LEADS = (" with ", " after ", " on ", " than ", " receiving ", " with the ", " after the ", " in the ")
_TRAILS = re.compile(r" ?[(\[,;.]| (?:and|than|vs\.?|versus|groups?|arms?)\b")


def short_names(norm: str, arms: Sequence[Arm], taken: Sequence[Mention]) -> list[Mention]:
    """A mention where a word of one arm's name alone stands behind "with" or "after", twice at least, out of order."""
    lower, out = norm.lower(), []
    for word, arm in _own_words(arms).items():
        found = []
        at = lower.find(word)
        while at >= 0:
            end = at + len(word)
            named = lower.endswith(_LEADS, 0, at) and _TRAILS.match(norm, end)
            if named and not any(m.start <= at < m.end for m in taken):
                found.append(Mention(at, end, arm))
            at = lower.find(word, end)
        out += found if len(found) > 1 else []
    return out


def _own_words(arms: Sequence[Arm]) -> dict[str, int]:
    """Words of names of more than one word that stand in no other arm's names, each with its arm."""
    owners: dict[str, set[int]] = {}
    for k, arm in enumerate(arms):
        for form in (arm.name, *arm.aliases):
            for word in form.lower().split():
                owners.setdefault(word, set()).add(k)
    long = {word for arm in arms for word in arm.name.lower().split() if " " in arm.name}
    return {
        word: next(iter(k))
        for word, k in owners.items()
        if word in long and len(k) == 1 and len(word) >= _LEAST_LETTERS and word.isalpha() and word not in ANY_TREATMENT
    }
