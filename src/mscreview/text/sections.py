"""Sentences and the section each stands in: a passage in, `Sentence`s out; English and Chinese.

Printed headings ("METHODS:", "【结果】") decide where they exist; without them the order background, aim, methods,
results, conclusion is followed by cues, and a sentence without a cue keeps the section it continues.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from mscreview.text.normal import Passage
from mscreview.text.patterns import PEOPLE
from mscreview.text.search import beginnings, starting


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the normal form; section is title | background | aim | methods | results | conclusion | ''."""

    start: int
    end: int
    section: str
    index: int


def sentences(passage: Passage) -> list[Sentence]:
    """Split the passage into sentences and name the section of each; together they cover all its words."""
    norm = passage.norm
    spans = list(_split(norm))
    headed = _headings(norm, spans)
    labels = headed
    if len(set(headed) - {""}) < 2:  # what stands before a lone heading is told by its cues
        labels = [printed or guessed for printed, guessed in zip(headed, _guess(norm, spans), strict=True)]
    if spans and not headed[0] and _is_title(norm, spans):
        labels[0] = "title"
    return [Sentence(a, b, label, i) for i, ((a, b), label) in enumerate(zip(spans, labels, strict=True))]


# --- sentences --------------------------------------------------------------------------------------------------

# a stop followed by a space and something that can open a sentence; a Chinese stop needs no space
_STOP = re.compile(
    r"[.!?][\"')\]]{0,2}(?=\s+[\"'(\[]{0,2}[A-Z0-9\u4e00-\u9fff])|[。!?](?=[\u4e00-\u9fff])|。|[.](?=\s*[【\[])|(?<=[\u4e00-\u9fff)%])\.(?=[\u4e00-\u9fffA-Z\d])|\n+"
)
_STOP_AT = re.compile(r"[.!?。\n]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:vs|v|e\.g|i\.e|al|Fig|No|no|approx|ca|Dr|Prof|St|resp|cf|viz|etc|Inc|Ltd|Co|Eur|Am|Clin|[A-Z])|[( ]n)$"
)
# "100 mg q.d. (n = 12)", "95% c.i. 0.4 to 0.9": no name opens what follows
_LETTERS = re.compile(r"\b[a-z](?:\. ?[a-z]){1,2}$")
_GOES_ON = re.compile(r"\.\s?[(\[]?-?(?:\d|[nN] ?=)")
_ENDS = ".!?。;:"


def _is_abbreviated(norm: str, low: int, stop: int) -> bool:
    return bool(
        _ABBREVIATION.search(norm, low, stop) or (_GOES_ON.match(norm, stop) and _LETTERS.search(norm, low, stop))
    )


def _split(norm: str) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    at = 0
    for m in starting(_STOP, _STOP_AT, norm):
        if m[0][0] == "\n":
            line = norm[at : m.start()].rstrip()
            # a hard wrap inside a sentence is no boundary; the first line (title) and an empty line are
            if out and len(m[0]) == 1 and line and line[-1] not in _ENDS:
                continue
            end = m.start()
        else:
            if m[0] == "." and _is_abbreviated(norm, max(at, m.start() - 8), m.start()):
                continue
            end = m.end()
        if span := _trim(norm, at, end):
            out.append(span)
        at = m.end()
    if span := _trim(norm, at, len(norm)):
        out.append(span)
    pieces = [piece for span in out for piece in _bounded(norm, *span)]
    if norm.isascii() or not _INNER.search(norm):
        return pieces
    return [part for piece in pieces for part in _at_headings(norm, *piece)]


# no sentence is this long: a text without stops is cut, so that what is read sentence by sentence stays linear
_LONGEST = 4000


def _bounded(norm: str, start: int, end: int) -> list[tuple[int, int]]:
    out = []
    while end - start > _LONGEST:
        blank = norm.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        cut = blank if blank > 0 else start + _LONGEST
        out.append((start, cut))
        start = cut + (1 if blank > 0 else 0)
    out.append((start, end))
    return [span for a, b in out if (span := _trim(norm, a, b))]


def _trim(norm: str, start: int, end: int) -> tuple[int, int] | None:
    text = norm[start:end]
    start += len(text) - len(text.lstrip())
    end -= len(text) - len(text.rstrip())
    return (start, end) if start < end else None


# --- headings ---------------------------------------------------------------------------------------------------

_HEADS = {
    "background": r"background(?: and [a-z]{3,10})?|introduction|context|rationale|importance|背景|前言|引言",
    "aim": r"(?:study )?(?:aims?|objectives?|purposes?|hypothes[ie]s|questions?)(?: and (?:aims?|methods?))?|"
    r"background(?:/| and |/ )(?:aims?|objectives?|purpose)|目的|背景与目的|背景和目的",
    "methods": r"(?:materials?|patients?|subjects?|participants?) (?:and|&) methods?|"
    r"(?:methods?|approach)(?: and [a-z]{4,12}){0,2}|"
    r"methodology|study design|(?:experimental |trial |research )?design(?: and [a-z]{4,12}| ?, ?setting[a-z, ]{0,40})?|"
    r"settings?(?: and [a-z]{4,12})?|participants?|patients|subjects|interventions?|"
    r"(?:main |primary )?outcome(?: measure(?:ment)?)?s?|main outcome measures?|measurements?|statistical analysis|"
    r"方法|(?:资料|对象|材料|病例)(?:与|和|及)方法|研究设计|一般资料",
    "results": r"(?:main )?results?|(?:main )?findings|measurements and main results|outcomes and results|结果|主要结果",
    "conclusion": r"(?:authors' )?conclusions?(?:[/ ](?:and )?[a-z]{4,14})?|interpretation|discussion|summary|"
    r"implications|limitations|clinical trial registration|trial registration|registration|funding|"
    r"结论|讨论|小结|临床意义|试验注册",
}
_HEADING = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _HEADS.items()), re.I)
_HEADING_AT = re.compile(
    # "ABSTRACT.METHODS::", as full-text archives flatten their markup
    r"(?:ABSTRACT\. ?)?"
    r"(?:(?P<upper>[A-Z][A-Z/&', ]{3,40}?)(?=\s?[:.]\s|\s-\s|\s[A-Z][a-z]|\n|\s[A-Z]\s|\s\d)\s?[:.-]?"
    r"|(?P<mixed>[A-Z][A-Za-z/&', ]{2,40}?)\s?(?::|\s-\s|\n)"
    r"|[\[【](?P<bracket>[^\]】]{2,20})[\]】]\s?:?"
    # "Results A total of ...": exports that lose the colon
    r"|(?:Abstract )?(?P<bare>Background|Introduction|Aims?|Objectives?|Purpose|Methods?|Results?|Findings|Conclusions?|Interpretation|Design|Setting"
    r"|Participants|Interventions?|Main outcome measures?) (?=[A-Z][A-Za-z]*[ ,-]|\d)"
    r"|(?P<zh>[\u4e00-\u9fff]{2,6})\s?(?::|\s))"
)
_INNER = re.compile(
    r"(?<=[。.;\s])[\[【](?:背景|目的|方法|结果|结论|讨论|资料与方法|对象与方法)[\]】]|(?<=[。;])(?:背景|目的|方法|结果|结论)(?=:)"
)


_LOUD = re.compile(r"(?:RESULTS?|FINDINGS|CONCLUSIONS?|结果|结论) ?:")


def _heading(norm: str, start: int, end: int) -> tuple[str, int] | None:
    """Section and end of the heading a sentence opens with, or None."""
    m = _HEADING_AT.match(norm, start, min(end + 1, start + 60))
    if not m:
        return None
    printed = (m["upper"] or m["mixed"] or m["bracket"] or m["bare"] or m["zh"]).strip()
    named = _HEADING.fullmatch(printed)
    return (named.lastgroup or "", m.end()) if named else None


def _at_headings(norm: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a Chinese sentence where a heading stands inside it ("...。方法:...")."""
    cuts = [m.start() for m in _INNER.finditer(norm, start + 1, end)]
    edges = [start, *cuts, end]
    return [s for a, b in itertools.pairwise(edges) if (s := _trim(norm, a, b))]


def _headings(norm: str, spans: list[tuple[int, int]]) -> list[str]:
    """Section of each sentence from printed headings; '' before the first and everywhere without any."""
    labels, current = [], ""
    for start, end in spans:
        if found := _heading(norm, start, end):
            current = found[0]
        labels.append(current)
    # one word with a colon is no structure: it takes two headings, or "RESULTS:" or "CONCLUSION:" in capitals, or 结果:
    told = set(labels) - {""}
    loud = told <= {"results", "conclusion"} and any(_LOUD.match(norm, a, b) for a, b in spans)
    return labels if len(told) >= 2 or (told and loud) else [""] * len(spans)


# --- cues -------------------------------------------------------------------------------------------------------

_ORDER = ("background", "aim", "methods", "results", "conclusion")
# what a sentence of a section opens with
_OPENING = {
    "conclusion": re.compile(
        r"(?:In (?:conclusion|summary)|We conclude|Conclusions?\b|Thus|Therefore|Overall,|To conclude|Taken together|"
        r"Th(?:is|ese|e present|e) (?:\w+ ){0,3}(?:stud(?:y|ies)|trial|data|results|findings|analys[ie]s)\b.{0,40}"
        r"\b(?:shows?|showed|suggests?|demonstrates?|confirms?|indicates?|supports?|provides?|is|are|may|should)\b|"
        r"Our (?:\w+ )?(?:results|findings|data|study))|总之|综上|结论"
    ),
    "results": re.compile(r"There (?:was|were)|After a (?:median|mean)"),
    "methods": re.compile(rf"A total of \d{{1,5}} (?:[\w-]+ ){{0,3}}{PEOPLE}\b"),
    "aim": re.compile(
        r"To (?:determine|evaluate|compare|assess|investigate|examine|test|study|explore|identify|describe)\b"
    ),
}
# what stands anywhere in one, and how that can start
_CUES = {
    "conclusion": (
        re.compile(r"\b(?:further (?:stud|research|trials|investigation)|(?:should be considered|we conclude)\b)"),
        beginnings("further should we"),
    ),
    "results": (
        re.compile(
            r"\b[pP] ?(?:values? )?[=<>≤≥]|%(?<=\d%)|%(?<=\d %)|±|\b[Ss]ignificant(?:ly)?\b|\bCI\b|confidence interval|"
            r"\b[Mm]edian (?:follow-?up|age|time|duration|survival)|\b(?:was|were) (?:higher|lower|greater|similar|observed|"
            r"found|seen|reported|improved|reduced|increased|decreased|longer|shorter|more|less|well tolerated)\b|"
            r"\brespectively\b|差异|显著|明显|升高|降低|下降|缩短|未发生|未见|未出现|死亡\d"
        ),
        beginnings("p significant ci confidence median was were respectively", "%±差显明升降下缩未死"),
    ),
    "methods": (
        re.compile(
            r"\brandom(?:i[sz]ed|ly|i[sz]ation)\b|\b(?:were|was) (?:assigned|enrolled|recruited|allocated|treated|given|"
            r"assessed|measured|evaluated|performed|compared|administered|included|eligible|used|collected|conducted|"
            r"obtained|studied|analy[sz]ed|determined|calculated|followed|offered|invited|entered|stratified)\b|"
            r"\breceived\b|\b[Ww]e (?:enrolled|included|recruited|treated|randomi[sz]ed|randomly|gave|infused|operated|compared(?=(?:[^.;]|\.\d){5,140} in (?:a total of )?\d))\b|\b[Ee]nd ?-?points?\b|\b[Pp]rimary outcome|\bdouble-blind|\bconsisted of\b|\bdivided\b|"
            r"\b(?:study|trial) (?:enrolled|included|recruited)\b|\btook part\b|\bparticipated\b|\([nN] ?= ?\d|\bentered\b|\bpooled\b|随机|纳入|入选|例患者|给予|选取|分为|"
            r"分成|分析了|收[治集案]|招募|回[顾溯]|本组|[例名位](?:(?<=\d.)|(?<=\d .))(?!医|护|专|研)"
        ),
        beginnings(
            "random were was study trial received we end endpoint primary double consisted divided took participated entered pooled",
            "(随纳入例给选分回收招本名位",
        ),
    ),
    "aim": (
        re.compile(
            r"\b(?:aim|purpose|objective|goal)s?\b.{0,40}\b(?:is|was|were|of)\b|\bwe (?:aimed|sought|hypothesi[sz]ed|"
            r"investigated|evaluated|examined|compared|assessed|tested|determined|studied|report)\b|"
            r"\bdesigned to (?:determine|evaluate|compare|assess|investigate|examine|test)\b|旨在|探讨|目的"
        ),
        beginnings("aim purpose objective goal we designed", "旨探目"),
    ),
}


def _has(label: str, norm: str, start: int, end: int) -> bool:
    """Whether a sentence holds a cue of a section."""
    cue, places = _CUES[label]
    return bool(_OPENING[label].match(norm, start, end)) or any(starting(cue, places, norm, start, end))


def _guess(norm: str, spans: list[tuple[int, int]]) -> list[str]:
    """Sections of an unstructured abstract by cues in their usual order; never backwards except from conclusion."""
    labels: list[str] = []
    at, count = 0, len(spans)
    for i, (start, end) in enumerate(spans):
        if at < 4 and i > count // 2 and _has("conclusion", norm, start, end):
            at = 4
        elif at < 3 and i and (at == 2 or i >= count // 4) and _has("results", norm, start, end):
            at = 3
        elif at < 2 and _has("methods", norm, start, end):
            at = 2
        elif at < 1 and _has("aim", norm, start, end):
            at = 1
        labels.append(_ORDER[at] if count > 2 else "")
    return labels


_VERB = re.compile(r"\b(?:was|were|is|are|has|have|had|we|received|showed|aimed|been)\b", re.I)


def _is_title(norm: str, spans: list[tuple[int, int]]) -> bool:
    """The first line of several, or a first sentence without a verb (and without a Chinese stop) that others follow."""
    start, end = spans[0]
    if len(spans) < 2:
        return False
    own_line = "\n" in norm[end : spans[1][0]]
    return end - start < 400 and (own_line or (norm[end - 1] != "。" and not _VERB.search(norm, start, end)))
