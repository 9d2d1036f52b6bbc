"""Words that say which way an outcome went, for a question that names outcome and arms: data and one reader.

Wider than the words of `direction`, which reads without knowing what is asked: here a word counts only when the asked
outcome stands near it, so "more", "earlier" or "superior" may count too. Takes a stretch of the normal form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """A direction word: `way` is up | down | better | worse | same | differ; `kind` is its grammatical shape."""

    start: int
    end: int
    way: str
    kind: str


_QUALITY = r"(?:statistical(?:ly)?|significan(?:t|ce|tly)|clinical(?:ly)?|meaningful(?:ly)?|major|marked|important|additional|substantial(?:ly)?|detectable|apparent|obvious|clear|other|overall|such|further|any|relevant|measurable|appreciable)"
_NEGATED = r"(?:no|not|n't|nor|neither|never|none|failed to|fail to|lack of|absence of|nonsignificant(?:ly)?|non-significant(?:ly)?|insignificant(?:ly)?|unable to|rather than)"
_MOVES = (
    r"(?:differ(?:ence|ences|ent|ently|ed|s)?|chang(?:e|es|ed)|effects?|affect(?:ed|s)?|improv(?:e|ed|ement|ements|es|ing)?|"
    r"increas(?:e|ed|es|ing)|decreas(?:e|ed|es|ing)|reduc(?:e|ed|tion|tions|es|ing)|benefit(?:s|ed)?|influenc(?:e|ed)|impact|"
    r"alter(?:ed|ation|ations)?|associat(?:ed|ion)|advantages?|higher|lower|greater|better|superior(?:ity)?|worse|more|less|fewer|"
    r"var(?:y|ied|iation)|modif(?:y|ied)|interaction|evidence|significan(?:t|ce)|statistical significance|prevent(?:ed)?|"
    r"longer|shorter|inferior|deteriorat(?:e|ed|ion)|worsen(?:ed|ing)?|correlat(?:ed|ion)|trend|distinguishable|enhanc(?:e|ed)|reach|achieve)"
)
_WAYS: tuple[tuple[str, str, str], ...] = (
    (
        "same", "negated",
        rf"\b{_NEGATED}\b(?:,? (?:\w+[-\w]*,? ){{0,4}}?| )(?:{_QUALITY} ){{0,3}}(?:or (?:\w+ ){{0,2}})?{_MOVES}\b(?: {_MOVES}\b)?",
    ),
    ("same", "negated", rf"\bwithout (?:{_QUALITY} )?{_MOVES}\b"),
    ("same", "nothing", r"\b(?:p|P) ?[=:] ?(?:NS|ns|n\.s\.)|\b(?:NS|n\.s\.)(?=[ ;,)])"),
    (
        "same", "alike",
        r"\b(?:similar(?:ly|ity)?|comparable|equivalen(?:t|ce)|equal(?:ly)?(?! to)|unchanged|unaffected|unaltered|identical|alike|indistinguishable|"
        r"non-?inferior(?:ity)?|stable|(?:almost |about |nearly )?the same|as (?:effective|well|good|safe|high|low|efficacious|often) as|"
        r"did not reach|inconclusive|remain(?:ed)? constant|irrespective|regardless)\b",
    ),
    ("up", "verb", r"\b(?:increas(?:e|es|ed|ing)|rose|risen|rises?|rising|elevat(?:ed|es|e|ion|ions)|rais(?:ed|es|e|ing)|prolong(?:ed|s|ing|ation)?|gain(?:ed|s)?|accelerat(?:ed|es|e)|augment(?:ed|s|ation)?|exceed(?:ed|s)?|doubled|upregulat(?:ed|ion)|stimulat(?:ed|es)|promot(?:ed|es|e)|lengthen(?:ed)?|extend(?:ed|s)|boost(?:ed|s)?)\b"),
    ("up", "adjective", r"\b(?:higher|greater|larger|longer|more|highest|greatest|longest|bigger|later|slower|stronger|heavier|thicker|larger|steeper|deeper|older)\b"),
    ("down", "verb", r"\b(?:decreas(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|reduc(?:e|es|ed|tion|tions|ing)|lower(?:ed|ing|s)|fell|fallen|falls|drop(?:s|ped)?|diminish(?:ed|es)?|shorten(?:ed|s|ing)?|suppress(?:ed|es|ion)|attenuat(?:ed|es|ion|e)|inhibit(?:ed|s|ion)?|prevent(?:ed|s|ing|ion)?|lost|loss|minimi[sz]ed?|blunt(?:ed|s)|lessen(?:ed|s)?|protect(?:ed|s|ive)?|alleviat(?:ed|es|e|ion)|abolish(?:ed)?|halved|mitigat(?:ed|es|e)|limit(?:ed|s)|delay(?:ed|s)|avoid(?:ed)?|impair(?:ed|s|ment)?|sav(?:ed|es|ing)|eliminat(?:ed|es))\b"),
    ("down", "adjective", r"\b(?:lower|less|fewer|smaller|shorter|lowest|fewest|least|shortest|lesser|earlier|faster|quicker|sooner|smallest|weaker|thinner|rapid|rapidly|quickly)\b"),
    ("better", "verb", r"\b(?:improv(?:e|es|ed|ing|ement|ements)|ameliorat(?:e|ed|es|ion)|recover(?:ed|y)|restor(?:e|ed|es|ation)|reliev(?:e|ed|es)|relief|enhanc(?:e|es|ed|ement|ements|ing)|benefi(?:t|ts|ted|cial|ted)|favou?r(?:ed|s|ing|able|ably)?|resol(?:ved|ution)|outperform(?:ed|s)?)\b"),
    ("better", "adjective", r"\b(?:better|superior(?:ity)?|best|effective(?:ly|ness)?|efficacious|efficacy|advantage(?:s|ous)?|successful(?:ly)?|well)\b"),
    ("worse", "any", r"\b(?:worsen(?:ed|ing|s)?|deteriorat(?:ed|ion|es|e)|worse|poorer|poor|inferior|worst|aggravat(?:ed|es|e)|harm(?:ful|ed)?|adversely|detrimental|exacerbat(?:ed|es))\b"),
    ("differ", "any", r"\b(?:differ(?:ence|ences|ed|s|ent|ently)?|affect(?:ed|s)?|influenc(?:ed|es|e)|effects?|impact|significan(?:t|tly|ce)|associated|only|chang(?:e|es|ed))\b"),
    ("same", "zh", r"(?:均|都)?(?:无|没有|未见|未有|不具有|不存在)(?:明显|显著|统计学|显著性)?(?:的)?(?:统计学)?(?:差异|意义|变化|改善|改变|差别)|差异(?:均)?(?:无|没有|不具有?)(?:统计学|显著)?(?:意义|性)|差异不(?:大|显著|明显)|相近|相当|相似"),
    ("up", "zh", r"升高|上升|增加|提高|增高|提升|高于|较高|更高|延长|增多|上调|多于|长于"),
    ("down", "zh", r"降低|下降|减少|减低|低于|较低|更低|缩短|减轻|下调|少于|短于"),
    ("better", "zh", r"改善|好转|恢复|优于|缓解|获益"),
    ("worse", "zh", r"恶化|加重|差于|劣于"),
    ("differ", "zh", r"差异(?:均)?(?:有|具有)?(?:统计学意义|显著)?|显著|明显"),
)  # fmt: skip
_CUE = re.compile("|".join(f"(?P<c{i}>{words})" for i, (_, _, words) in enumerate(_WAYS)), re.I)
# "more than 40 ml", "at least", "as well as", "more details": no comparison of arms
_NOT_A_CUE = re.compile(
    r"(?:more|less|fewer|greater|higher|lower|larger|longer|shorter|older|earlier) than (?:or equal to )?\d|as well as|at least|at best|well tolerated|more or less|once more|further more|not only|more details?",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:no|not|n't|nor|neither|never|failed to|non-?significant(?:ly)?|insignificant(?:ly)?)\b(?:,? \w+[-\w]*){0,3} $|(?:未|无|没有|并未|不能)\S{0,4}$",
    re.I,
)


# "greater improvement", "less frequent decrease": the adjective tells how much, the noun which way
_NOUN = re.compile(
    r"(?:improvement|reduction|decrease|increase|decline|loss|gain|rise|drop|recovery|relief|suppression|deterioration|worsening|elevation|benefit|inhibition)s?$",
    re.I,
)
_SMALL = re.compile(r"(?:less|smaller|lesser|lower|slower|fewer|smallest|least)$", re.I)
# an adjective with its noun behind it ("higher levels of") against one that ends its clause ("was higher in")
_ENDS_CLAUSE = re.compile(
    r" ?(?:$|[,;:.()\[\d]|(?:in|with|than|for|at|after|compared|among|during|by|when|on|under|following|but|and|as|vs|versus|from|if|between|over|to|within|throughout)\b)",
    re.I,
)
_COMPOUND_REACH = 22
_TURNED = {"up": "down", "down": "up", "better": "worse", "worse": "better"}


def cues(norm: str, start: int, end: int) -> list[Cue]:
    """Direction words of `norm[start:end]` in text order, none overlapping; a denied one says "same"."""
    out: list[Cue] = []
    for m in _CUE.finditer(norm, start, end):
        way, kind, _ = _WAYS[int((m.lastgroup or "c0")[1:])]
        if _no_cue(norm, m, start, kind):
            continue
        if way != "same" and _DENIED.search(norm, max(start, m.start() - 40), m.start()):
            way, kind = "same", "denied"
        elif kind == "adjective":
            kind = "predicate" if _ENDS_CLAUSE.match(norm, m.end(), min(end, m.end() + 12)) else "attribute"
        elif kind == "verb" and _NOUN.search(m[0]):
            kind = "noun"
        cue = Cue(m.start(), m.end(), way, kind)
        if out and kind == "noun" and (joined := _compound(norm, out[-1], cue)):
            out[-1] = joined
        else:
            out.append(cue)
    return out


def _no_cue(norm: str, m: re.Match[str], start: int, kind: str) -> bool:
    """Whether the word compares no arms: "self-efficacy", "3 days or more", "at least", "more than 40 ml"."""
    if norm[max(m.start() - 1, start) : m.start()] == "-" and kind != "negated":
        return True
    if (
        kind == "adjective"
        and norm[max(m.start() - 3, start) : m.start()] == "or "
        and norm[m.end() : m.end() + 5] != " than"
    ):
        return True
    return (
        _NOT_A_CUE.match(norm, max(start, m.start() - 3) if m[0].lower() in ("well", "least", "best") else m.start())
        is not None
    )


def _compound(norm: str, first: Cue, noun: Cue) -> Cue | None:
    between = norm[first.end : noun.start]
    if (
        first.kind != "attribute"
        or first.way not in ("up", "down")
        or len(between) > _COMPOUND_REACH
        or re.search(r"[,;.]| of | in ", between)
    ):
        return None
    small = _SMALL.search(norm[first.start : first.end])
    return Cue(first.start, noun.end, _TURNED[noun.way] if small else noun.way, "compound")
