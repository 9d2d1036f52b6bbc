"""Where a text names its groups: candidate arm names with the phrase that gave them, before any is believed.

A part of `find`: a context in, candidates out. A name is told by "the X group", a size behind it ("n = 23"), a count
in front of it ("24 on X", "24 received X"), an allocation ("randomised to X or Y"), two results in turn ("1.7% with X
and 1.0% with Y") or "X versus Y" in the title; Chinese names end in 组.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.arms import chinese, numbered, treated
from mscreview.extract.arms.allocated import allocated
from mscreview.extract.arms.contrasts import contrasted, results, sized_pairs
from mscreview.extract.arms.edges import A_DOSE_OF, Candidate, name_after, name_before, nameless
from mscreview.extract.model import Context
from mscreview.text.patterns import PEOPLE
from mscreview.text.search import around, beginnings, starting


def candidates(context: Context) -> Iterator[Candidate]:
    """Every phrase that may name an arm, in no particular order."""
    norm = context.norm
    for c in _phrases(context):
        name = norm[c.start : c.end].lower()
        last = name.rsplit(" ", 1)[-1]
        if (
            (last not in _NO_HEAD or (c.source, name) == _TESTED)
            and not (last == "list" and _WAITING.search(norm, max(0, c.start - 24), c.start))
            and not _studied(norm, c)
        ):
            yield c


_TESTED = ("group", "test")  # "the test group" is an arm, a walking test is none
_WAITING = re.compile(rf"\b{PEOPLE} on (?:the |an? )?$")  # "patients on the waiting list": who was studied


def _phrases(context: Context) -> Iterator[Candidate]:
    norm = context.norm
    yield from _labels(norm)
    yield from group_names(norm)
    yield from treated.and_controls(norm)
    yield from _sized(norm)
    yield from _counted(norm)
    yield from (Candidate(*place, "count") for place in numbered.names_in(context))
    yield from _received(norm)
    yield from results(norm)
    yield from sized_pairs(context)
    yield from (Candidate(start, end, "named") for start, end in chinese.names(norm))
    for sentence in context.sentences:
        yield from allocated(norm, sentence.start, sentence.end)
    yield from contrasted(context)


# --- "the X group" ----------------------------------------------------------------------------------------------

# "prevents arm swelling": a limb
_LIMB = r"(?! (?:swelling|volumes?|circumferences?|o?edema|pain|morbidity|function|mobility|movements?|strength|exercises?|symptoms?|problems|measurements?|span)\b)"
_GROUP = re.compile(rf"(?<=[ -])(?:[Gg]roups?|[Aa]rms?|recipients|dosing)\b(?! [A-D1-4]\b){_LIMB}")
_DOSING = re.compile(r"\b(\w+) dosing\b")  # "morning dosing" beside "evening dosing"
_GROUP_AT = beginnings("group arm recipients dosing")
_LABEL = re.compile(
    r"\b(?:[Gg]roup|[Aa]rm|GROUP|ARM|[Cc]ohort)[ -]?(?P<label>[A-F]\d?|[1-6]|I{1,3}|IV|[A-Z](?=\)|[,;] ?n ?=))\b(?![-.]\d)"
)
_INITIALS = re.compile(r"(?<=[a-z\d] \()[A-Z]G(?=[),;:])")  # "were trained (TG) or waited (CG)"
_LETTER = re.compile(r"\b[Gg]roup [A-Z](?=[ ,.;:])(?! ?[-=<>])")
_LETTERS = 3  # "group T" and "group G", each said again
_LABEL_AT = beginnings("group arm cohort")


def _labels(norm: str) -> Iterator[Candidate]:
    """ "group A", "arm 2"."""
    for m in starting(_LABEL, _LABEL_AT, norm):
        yield Candidate(m.start(), m.end(), "label")
    letters = [m for m in starting(_LETTER, _LABEL_AT, norm) if m[0][-1] > "F"]
    if len({m[0][-1] for m in letters}) > 1 and len(letters) > _LETTERS:
        yield from (Candidate(m.start(), m.end(), "label") for m in letters)
    initials = list(_INITIALS.finditer(norm)) if "(CG" in norm or "(IG" in norm else []
    if len({m[0] for m in initials}) > 1:
        yield from (Candidate(m.start(), m.end(), "named") for m in initials)


def group_names(norm: str) -> Iterator[Candidate]:
    """ "the placebo group"; "the X and Y groups" gives both names, "the X, Y and Z groups" all three."""
    apart = len({name.lower() for name in _DOSING.findall(norm)}) > 1 if " dosing" in norm else False
    for m in starting(_GROUP, _GROUP_AT, norm):
        stop = m.start() - 1
        start = name_before(norm, stop, 4)
        if m[0] == "dosing" and not apart:
            continue
        if start == stop and norm.endswith(" treated", 0, stop):
            yield treated.group(norm, stop, m.end())
        if start == stop or nameless(norm[start:stop]) or (m[0][-1] == "s" and norm[start:stop] == "treatment"):
            continue
        joined = list(_joined(norm, start))
        source = "named" if len(joined) > 1 else "group"  # "the X, Y and Z groups" leaves no doubt
        yield from (c._replace(source=source) for c in (Candidate(start, stop, "group"), *joined))


_JOINED = re.compile(r"(?: and | or |/| vs\.? | versus |, and (?!in )|, or )(?:the |in the |to the )?$")
_LISTED = re.compile(r", (?:the )?$")
_LIST_OPENS = re.compile(r"\b(?:the|in|for|of|between|among|into|with|an?) $")


def _joined(norm: str, start: int) -> Iterator[Candidate]:
    """The names joined in front of the name that begins at `start`."""
    joint = _JOINED.search(norm, max(0, start - 16), start)
    while joint:
        end = joint.start()
        start = name_before(norm, end, 3)
        if start == end or nameless(norm[start:end]):
            return
        listed = joint.re is _LISTED
        if listed and not (
            _LIST_OPENS.search(norm, max(0, start - 9), start) or _LISTED.search(norm, start - 6, start)
        ):
            return
        yield Candidate(start, end, "group")
        joint = _LISTED.search(norm, max(0, start - 6), start)


_NO_HEAD = frozenset(
    """type study trial investigators analysis analyses set population schedule period test index evaluable difference
    margin interval intervals part comparison comparisons interaction plus subset substudy subsample drop tablet capsule puff fractions cycles courses
    sessions length maximum minimum target levels toxicity toxicities without analysed analyzed evaluated assessed""".split()
)


# --- "X (n = 23)", "23 received X" ---------------------------------------------------------------------------------

# "women with a long cough (n = 228)": who was studied, not what they got
_WHO = re.compile(
    rf"(?:{PEOPLE} (?:with|who|of|from|in|aged|for)|\b(?:subset|subgroup|stratum) (?:of|with)) (?:a |an |the )?$"
)
_SIZE = re.compile(
    r"(?: ?[(\[,:] ?| )(?:(?P<inner>[^()\[\];]{1,25})[,;] ?)?[nN] ?= ?(?![12]\b)\d{1,6}\b(?! ?[;,] ?\d[\d.]* ?%)"
    rf"| ?[(\[]\d{{1,6}} {PEOPLE}[)\]]"
)
_SIZE_END = re.compile(rf"=(?:(?<=[nN]=)|(?<=[nN] =)) ?\d+|[(\[]\d{{1,6}} {PEOPLE}[)\]]")
_COUNT = re.compile(
    r"\d(?<![\w-].)\d{0,5} (?:\w+ )?(?:on|to|received|receiving|assigned to|randomi[sz]ed to|treated with|allocated to|given|took|"
    r"for|underwent) (?:the |a |an |receive )?"
    rf"{A_DOSE_OF}"
    r"(?=[A-Za-z])(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d)"
)
_RECEIVED = re.compile(
    r"\b(?:receiv(?:e|ed|ing)|treated with|given|assigned(?: to)?|taking|(?:patients|women|those|subjects|participants) on) "
    r"(?:either |the |a |an )?(?=[A-Za-z])"
)
_RECEIVED_AT = beginnings("received treated given assigned taking patients women those subjects participants")
_TREATED = re.compile(r"\b(?P<name>[A-Za-z][\w/+]{1,25})-(?:treated|assigned)\b")


def _received(norm: str) -> Iterator[Candidate]:
    """ "women receiving X", "X-treated patients": weak evidence, said of many things."""
    for m in starting(_RECEIVED, _RECEIVED_AT, norm):
        end = name_after(norm, m.end(), len(norm), 4)
        if end > m.end():
            yield Candidate(m.end(), end, "received")
    given = [*_TREATED.finditer(norm)] if "-treated" in norm or "-assigned" in norm else []
    told_apart = len({m["name"].lower() for m in given}) > 1
    for m in given:
        yield Candidate(*m.span("name"), "group" if told_apart else "received")


# "patients with cough or fever": both are what they had
_DISEASED = re.compile(
    rf"{PEOPLE} with (?:an? |the )?"
    r"(?:(?!random|assign|receiv|treat|alloc|to )[\w/-]+,? ){0,5}$"
)


_STAGE = re.compile(r"(?:I{1,3}|IV|V)[A-C]? ")  # "women with stage I to III disease"


def _studied(norm: str, c: Candidate) -> bool:
    """Whether a name behind "or" or "versus" says who was studied."""
    if c.source not in ("allocation", "contrast"):
        return False
    return bool(_DISEASED.search(norm, max(0, c.start - 70), c.start) or _STAGE.match(norm, c.start))


# "X 5 mg once daily in the evening (n = 23)"
_OFTEN = r" (?:(?:once|twice|three times)[ -](?:daily|weekly|a day|per day)|daily|weekly|once|[bqt]\. ?(?:i\. ?)?d\.|[bqt]i?d)"
_AT = r",? (?:in the (?:evening|morning)|at (?:bedtime|night))"
_WHEN_GIVEN = re.compile(
    rf"(?: \d[\d.,]* ?(?:%|(?:mg|g|ml|μg|mcg|IU|U|units?)\b(?:/\w+)?))?(?:{_OFTEN}(?:{_AT})?|{_AT})$"
)
_PLUS = re.compile(r" (?:plus|\+) ")
_UNIT_FIRST = re.compile(r"(?:mg|g|ml|μg|mcg|IU|U|units?)\b")
_DOSED = re.compile(r" \d[\d.,]* ?(?=(?:mg|g|ml|μg|mcg|IU|U|units?)\b)")


# "redness (n = 3 with X and n = 5 with Y)": counts of arms named behind them
_OF_ANOTHER = re.compile(r" (?:with|on|for|receiving|given) (?:the )?[A-Za-z]")


def _sized(norm: str) -> Iterator[Candidate]:
    """ "TAM (n = 336)", "(placebo, n = 65)", "control group (n = 28)"."""
    for m in around(_SIZE, _SIZE_END, norm, 36):
        if _OF_ANOTHER.match(norm, m.end()):
            continue
        ends = [m.start(), m.end("inner")] if m["inner"] else [m.start()]
        for end in ends:
            group = re.search(r"(?: groups?| arms?)$", norm[max(0, end - 8) : end])
            if group:
                end -= len(group[0])
            if norm[end - 1 : end] > "\u2e7f":
                continue  # Chinese names end in 组 and have their own rule
            when = _WHEN_GIVEN.search(norm, max(0, end - 60), end)
            if when and name_before(norm, when.start(), 5) < when.start():
                end = when.start()
            start = name_before(norm, end, 5)
            if norm.startswith("plus ", start):  # "X twice daily plus placebo (n = 23)"
                when = _WHEN_GIVEN.search(norm, max(0, start - 61), start - 1)
                end = when.start() if when else end
                start = name_before(norm, end, 5)
            while dose := _DOSED.search(norm, max(0, start - 10), end) if _UNIT_FIRST.match(norm, start) else None:
                end = end if _PLUS.search(norm, start, end) else dose.start()  # "X 100 mg tablets (n = 23)"
                start = name_before(norm, dose.start(), 5)  # "X 10 mg plus Y 20 mg (n = 23)"
            # "X (5 mg for 2 days) plus rest (n = 23)"
            if norm.startswith("plus ", start) and norm.endswith(") ", 0, start):
                end = max(0, norm.rfind("(", max(0, start - 60), start) - 1)
                start = name_before(norm, end, 5)
            if re.search(r"(?:[Gg]roup|[Aa]rm) $", norm[max(0, start - 6) : start]):
                continue  # "group B" is a label
            if start < end and not nameless(norm[start:end]) and not _WHO.search(norm, max(0, start - 30), start):
                yield Candidate(start, end, "size")


_COUNT_MORE = re.compile(
    r"(?: ?[(\[][^()\[\]]{0,40}[)\]])?(?:,? and|,) \d{1,5} (?:patients |subjects )?(?:with|to|on) (?:the |an? )?(?=[A-Za-z])"
)


# "a trial in 60 women on X": who was studied
_TRIAL_IN = re.compile(r"\b(?:trial|study|comparison|experiment) (?:in|of|among|with) \d{1,5}$")


def _counted(norm: str) -> Iterator[Candidate]:
    """ "24 randomised to X and 29 to Y", "24 were treated with X and 29 with Y"."""
    for m in _COUNT.finditer(norm):
        last: re.Match[str] | None = None if _TRIAL_IN.search(norm, max(0, m.start() - 40), m.start() + 1) else m
        while last and not norm[last.end()].isdigit():
            end = name_after(norm, last.end(), len(norm), 4)
            if end == last.end():
                break
            yield Candidate(last.end(), end, "count")
            last = _COUNT_MORE.match(norm, end)
