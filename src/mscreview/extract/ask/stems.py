"""Words made comparable: a short key that the forms of one word share, and how much a word tells.

Takes single words; used wherever asked words are looked for in an abstract. Knows no topic.
"""

from __future__ import annotations

import re

WORD = re.compile(
    r"(?:\b[Gg]roups?|\b[Aa]rm|\bGROUP) ?-?(?P<after>[A-Z]\d?|\d|I{1,3}V?)\b(?![.-]\d)|\b(?P<before>[A-Z]\d?|I{1,3}V?)-? ?[Gg]roup\b"
    r"|[A-Za-z\u0370-\u03ff\u00c0-\u024f][A-Za-z0-9\u0370-\u03ff\u00c0-\u024f]*(?:[-/]\d+)?|\d+(?:\.\d+)?|[\u4e00-\u9fff]"
)
_STEM_LENGTH = 6
_SUFFIX = re.compile(r"(?<=\w{3})(?:'s|ies|ing|edly|ed|es|s|ly|y|e|al|ic|ity)$")
_STOP = frozenset(
    """the a an of and or in on at to for with without by from as is are was were be been which that this these their its
    between among during after before per than versus vs each any all both either who whom whose within into over under
    not no via using used use followed respectively day days week weeks month months year years hour hours min minutes
    mg ml kg g h mm cm dl l mmol meq iu n when if only st nd rd th dose daily received receiving receive given once twice
    every group groups arm arms patients patient subjects participants women men children people treated treatment therapy plus versus compared""".split()
)
# words that many outcomes share: they count less than those that name one
_COMMON = frozenset(
    """level levels concentration concentrations score scores rate rates mean median total change changes number numbers
    incidence percentage proportion value values frequency amount index scale measure measures outcome outcomes overall
    average increase increased decrease decreased reduction improvement improvements higher lower plasma serum
    blood clinical baseline assessment test time duration significant effect effects occurrence risk events event
    quality function primary secondary difference differences""".split()
)
_SAME = {
    "mortal": "death", "died": "death", "die": "death", "fatal": "death", "dead": "death", "deceas": "death",
    "adverse": "advers", "side": "advers", "satisf": "satisf",
    "diarrhe": "diarrh", "length": "durati", "durat": "durati",
    "iv": "intrav", "bleed": "hemorr", "hospit": "hospit",
}  # fmt: skip


def stem(word: str) -> str:
    """A short key that forms of one word share; at most six letters."""
    if len(word) > 3 and word.isalpha():
        word = word.replace("ae", "e").replace("oe", "e").replace("our", "or")
        word = _SUFFIX.sub("", word)
        word = _SUFFIX.sub("", word) if len(word) > 6 else word
    key = word if word.startswith("group_") else word[:_STEM_LENGTH]
    return _SAME.get(key, key)


def label(m: re.Match[str]) -> str:
    """The key of a group label ("group A", "B group") matched by `WORD`, "" for other words."""
    letter = m["after"] or m["before"]
    return "group_" + letter.lower() if letter else ""


_STOP_STEMS = frozenset(_STOP) | frozenset(stem(w) for w in _STOP)
_COMMON_STEMS = frozenset(stem(w) for w in _COMMON)


def weight(key: str) -> float:
    """How much a stem tells: 0 for words of no meaning here, little for numbers and words many outcomes share."""
    if key in _STOP_STEMS:
        return 0.0
    if key[0].isdigit():
        return 0.2
    return 0.35 if key in _COMMON_STEMS else 1.0
