"""Candidate answers to "which way did this outcome go": every direction word of an abstract with features of how well
it fits the asked outcome and arms.

Takes a passage and a `Question`; gives `Candidate`s. Three groups of features: `about` (is this the place that answers),
`apart` (do the arms differ there) and `way` (signed: positive when the intervention has more). Topic-free.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mscreview.extract import asked as ask
from mscreview.extract.askcues import Cue, cues
from mscreview.extract.pvalues import PValue, p_values
from mscreview.text import Passage, Sentence

Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A direction word (or a sentence without one) and its features; offsets count in the normal form."""

    start: int
    end: int
    about: Features
    apart: Features
    way: Features


@dataclass(frozen=True, slots=True)
class _Place:
    """One sentence with what was asked found in it."""

    sentence: Sentence
    words: Sequence[ask.Token]
    cues: Sequence[Cue]
    outcome: ask.Match | None
    left: Sequence[tuple[int, int, float]]
    right: Sequence[tuple[int, int, float]]
    ps: Sequence[PValue]
    turns: Sequence[int]


def candidates(
    passage: Passage, sentences: Sequence[Sentence], question: ask.Question, forms: dict[str, frozenset[str]]
) -> list[Candidate]:
    """Every direction word of every sentence, and each sentence that has none."""
    norm = passage.norm
    words, ps = ask.tokens(norm, forms), p_values(norm)
    places = []
    for s in sentences:
        if s.end - s.start >= _SHORTEST:
            places.append(_place(norm, s, [w for w in words if s.start <= w.start < s.end], ps, question))
    best = max((p.outcome.cover for p in places if p.outcome and p.sentence.section != "title"), default=0.0)
    harm = _valence(question)
    out = []
    for k, place in enumerate(places):
        shared = _sentence_features(norm, place, best, k, len(places), question)
        for cue in place.cues or (None,):
            out.append(_candidate(norm, place, cue, shared, harm, question))
    return out


_SHORTEST = 25
_TURN = re.compile(
    r";|,? ?\b(?:while|whereas|whilst|but|however|although|though|except|despite)\b|,? ?(?:但|而(?!且)|然而)", re.I
)


def _place(norm: str, s: Sentence, words: list[ask.Token], ps: Sequence[PValue], question: ask.Question) -> _Place:
    left, right = ask.arm_places(norm, words, question)
    # "compared" announces the comparator whether or not its name is understood
    right = sorted({*right, *((m.start(), m.end(), 0.9) for m in _COMPARED_WITH.finditer(norm, s.start, s.end))})
    return _Place(
        s,
        words,
        cues(norm, s.start, s.end),
        ask.cluster(question.outcome, words),
        left,
        right,
        [p for p in ps if s.start <= p.start < s.end],
        [m.start() for m in _TURN.finditer(norm, s.start, s.end)],
    )


# --- the sentence -----------------------------------------------------------------------------------------------

_WITHIN = re.compile(
    r"\b(?:from|to|with|than|versus|vs\.?|over) (?:the )?(?:baseline|pre-?\w+)|\bboth (?:\w+ )?(?:groups|arms|treatments|interventions|drugs|conditions)\b|\b(?:all|each) (?:\w+ )?(?:groups|arms|treatments)\b|\bafter (?:treatment|the intervention|therapy)\b|within[- ]group|\bfrom \d[\d.]* ?\S{0,8} to \d",
    re.I,
)
_BETWEEN = re.compile(
    r"\bbetween\b|\bcompared|\bcomparison|\bthan\b|\bversus\b|\bvs\b|\brelative to\b|\bin favou?r|\bthe (?:two|three|four) (?:\w+ )?(?:groups|arms|treatments)|\bboth groups\b",
    re.I,
)
_BASELINE = re.compile(
    r"\bat (?:baseline|entry|inclusion|randomi[sz]ation)\b|\bbaseline (?:characteristics|demographic|data)|\bbefore (?:treatment|the intervention|intervention|surgery|therapy)\b|\bdemographic",
    re.I,
)
_PLANS = re.compile(
    r"\b(?:aim|objective|purpose|hypothes\w+|investigat\w+|evaluat\w+|assess\w+|determine|whether|examine|compare)\b",
    re.I,
)
_COMPARED_WITH = re.compile(r"\bcompar(?:ed|ing|ison)\b", re.I)
_DEFINES = re.compile(
    r"\b(?:defined|measured|assessed|recorded|evaluated|calculated|randomi[sz]ed|assigned|allocated|will be|was used|were used)\b",
    re.I,
)
_SUBGROUP = re.compile(
    r"\b(?:subgroup|sub-group|among (?:patients|women|men|those)|in patients with|post[- ]hoc)\b", re.I
)


def _sentence_features(norm: str, place: _Place, best: float, k: int, count: int, question: ask.Question) -> Features:
    s = place.sentence
    text = norm[s.start : s.end]
    share = place.outcome.cover if place.outcome else 0.0
    all_over = ask.cover(question.outcome, place.words)
    out = {
        "cover": share,
        "cover2": share * share,
        "covered": all_over,
        "section:" + (s.section or "none"): 1.0,
        f"fits:{_bucket(share)}": 1.0,
        f"fits:{_bucket(share)}&{s.section or 'none'}": 1.0,
        "late": k / max(count - 1, 1),
        "left": float(bool(place.left)),
        "right": float(bool(place.right)),
        "both": float(bool(place.left and place.right)),
        "p": float(bool(place.ps)),
        "cues": min(len(place.cues), 6) / 6,
        "long": min(len(text), 600) / 600,
    }
    if share and share >= best - 1e-9:
        out["best"] = 1.0
        out[f"best&{s.section or 'none'}"] = 1.0
    for name, pattern in (
        ("within", _WITHIN),
        ("between", _BETWEEN),
        ("compared", _COMPARED_WITH),
        ("baseline", _BASELINE),
        ("plans", _PLANS),
        ("defines", _DEFINES),
        ("subgroup", _SUBGROUP),
    ):
        if pattern.search(text):
            out[name] = 1.0
            if name in ("baseline", "plans"):
                out[f"{name}&{s.section or 'none'}"] = 1.0
    return out


def _bucket(share: float) -> str:
    return (
        "none"
        if share <= 0
        else "low"
        if share < 0.34
        else "half"
        if share < 0.67
        else "most"
        if share < 0.999
        else "all"
    )


# --- the direction word -----------------------------------------------------------------------------------------


def _candidate(
    norm: str, place: _Place, cue: Cue | None, shared: Features, harm: str, question: ask.Question
) -> Candidate:
    s = place.sentence
    if cue is None:
        return Candidate(
            s.start, s.end, shared | {"cue:none": 1.0}, _apart(norm, place, None, harm), _way(norm, place, None, harm)
        )
    about = dict(shared)
    name = f"{cue.way}.{cue.kind}"
    about["cue:" + name] = 1.0
    about[f"cue:{cue.way}&{s.section}"] = 1.0
    about |= _fit(norm, place, cue)
    low, high = _clause(place, cue)
    inside = [w for w in place.words if low <= w.start < high]
    about["clause cover"] = ask.cover(question.outcome, inside)
    ahead = [w for w in place.words if cue.start - 70 <= w.start < cue.start and w.start >= low]
    behind = [w for w in place.words if cue.end <= w.start < min(cue.end + 70, high)]
    about["ahead cover"] = ask.cover(question.outcome, ahead)
    about["behind cover"] = ask.cover(question.outcome, behind)
    about["near cover"] = max(about["ahead cover"], about["behind cover"])
    about[f"ahead cover&{cue.kind}"] = about["ahead cover"]
    about[f"behind cover&{cue.kind}"] = about["behind cover"]
    named = ask.stem(norm[cue.start : cue.end].lower().split()[-1])
    if named in question.outcome:
        about["asked word"] = 1.0
        about[f"asked word&{cue.way}.{cue.kind}"] = 1.0
    about["first"] = float(cue is place.cues[0])
    about["last"] = float(cue is place.cues[-1])
    return Candidate(cue.start, cue.end, about, _apart(norm, place, cue, harm), _way(norm, place, cue, harm))


def _fit(norm: str, place: _Place, cue: Cue) -> Features:
    """How close the outcome stands to the word, and what stands between."""
    m = place.outcome
    if m is None:
        return {"gap:no outcome": 1.0}
    ahead = m.end <= cue.start
    inside = m.start < cue.end and cue.start < m.end
    a, b = (m.end, cue.start) if ahead else (cue.end, m.start)
    gap = 0 if inside else max(b - a, 0)
    bucket = (
        "in"
        if inside
        else "8"
        if gap <= 8
        else "25"
        if gap <= 25
        else "60"
        if gap <= 60
        else "120"
        if gap <= 120
        else "far"
    )
    side = "inside" if inside else "ahead" if ahead else "behind"
    between = 0 if inside else sum(1 for c in place.cues if a <= c.start and c.end <= b)
    turned = 0 if inside else sum(1 for t in place.turns if a <= t < b)
    return {
        f"gap:{bucket}": 1.0,
        f"gap:{bucket}&{side}": 1.0,
        f"gap:{bucket}&{_bucket(m.cover)}": 1.0,
        f"side:{side}&{cue.way}.{cue.kind}": 1.0,
        "between": min(between, 3) / 3,
        "turned": float(turned > 0),
        "commas": 0.0 if inside else min(norm.count(",", a, b), 4) / 4,
    }


def _clause(place: _Place, cue: Cue) -> tuple[int, int]:
    low = max((t for t in place.turns if t <= cue.start), default=place.sentence.start)
    return low, min((t for t in place.turns if t > cue.start), default=place.sentence.end)


_CLAIM = re.compile(
    r"\bsignifican(?:t|tly|ce)\b|\bmarked(?:ly)?\b|\bremarkabl[ey]|\bsubstantial(?:ly)?|\bdramatic(?:ally)?|\bconsiderabl[ey]|显著|明显",
    re.I,
)
_HEDGE = re.compile(
    r"\b(?:trend(?:ed|s)?|tend(?:ed|ency|s)|slight(?:ly)?|numerical(?:ly)?|marginal(?:ly)?|borderline|may|might|could|non-?significant(?:ly)?|insignificant(?:ly)?|not significant|not statistically)\b",
    re.I,
)
_INTERVAL = re.compile(
    r"(?P<head>[^;]{0,70}?)(?:CI|[Cc]onfidence [Ii]ntervals?|CrI)\W{0,5}(?:[:=,]|of|was|from)?\W{0,4}?(?P<a>-? ?\d+(?:\.\d+)?)(?: ?%)? ?(?:-|to|,|;|and|~) ?(?P<b>[-+]? ?\d+(?:\.\d+)?)"
)
_RATIO = re.compile(r"\b(?:a?OR|a?RR|a?HR|IRR|SHR|PR|odds|hazards?|ratio|relative risk)\b")


def _apart(norm: str, place: _Place, cue: Cue | None, harm: str) -> Features:
    """Features of "the arms differ"."""
    s = place.sentence
    way = f"{cue.way}.{cue.kind}" if cue else "none"
    low, high = _clause(place, cue) if cue else (s.start, s.end)
    here = cue.start if cue else s.start
    text = norm[low:high]
    out = {f"cue:{way}": 1.0, f"cue:{cue.way if cue else 'none'}&{s.section}": 1.0, f"section:{s.section}": 1.0}
    around = norm[max(low, here - 30) : min(high, (cue.end if cue else here) + 40)]
    for name, pattern in (("claim", _CLAIM), ("hedge", _HEDGE)):
        if pattern.search(around):
            out[f"{name} near"] = 1.0
            out[f"{name} near&{cue.way if cue else 'none'}"] = 1.0
        elif pattern.search(text):
            out[f"{name} in clause"] = 1.0
    for name, pattern in (
        ("within", _WITHIN),
        ("between", _BETWEEN),
        ("compared", _COMPARED_WITH),
        ("baseline", _BASELINE),
    ):
        if pattern.search(text):
            out[name] = 1.0
            out[f"{name}&{cue.way if cue else 'none'}"] = 1.0
    out |= _p_features(place, here, high)
    spread = _interval(norm, s, here)
    if spread:
        out["interval:" + spread] = 1.0
    others = {c.way for c in place.cues if c is not cue and low <= c.start < high}
    out |= {f"also:{w}": 1.0 for w in others}
    out |= {f"elsewhere:{c.way}": 1.0 for c in place.cues if not low <= c.start < high}
    out["left"] = float(any(low <= p[0] < high for p in place.left))
    out["right"] = float(any(low <= p[0] < high for p in place.right))
    return out


def _p_features(place: _Place, here: int, high: int) -> Features:
    out: Features = {}
    verdicts = {_verdict(p) for p in place.ps}
    if verdicts:
        out["p:" + ("mixed" if len(verdicts) > 1 else verdicts.pop())] = 1.0
    after = [p for p in place.ps if here <= p.start < high]
    if after:
        out["p next:" + _verdict(after[0])] = 1.0
    m = place.outcome
    if m:
        behind = [p for p in place.ps if p.start >= m.end]
        if behind:
            gap = behind[0].start - m.end
            out[f"p of outcome:{_verdict(behind[0])}{'' if gap < 60 else ' far'}"] = 1.0
    return out


def _verdict(p: PValue) -> str:
    if p.value is None:
        return "ns"
    if p.sign == ">":
        return "ns" if p.value >= 0.01 else "sig"
    return "sig" if p.value < 0.05 or (p.sign == "<" and p.value <= 0.05) else "ns"


def _interval(norm: str, s: Sentence, here: int) -> str:
    """Whether the first interval behind the word (or in the sentence) holds the value of no effect."""
    m = _INTERVAL.search(norm, here, s.end) or _INTERVAL.search(norm, s.start, s.end)
    if not m:
        return ""
    low, high = (float(m[g].replace(" ", "").replace("+", "")) for g in "ab")
    null = 1.0 if _RATIO.search(m["head"]) and low >= 0 else 0.0
    if low == high:
        return ""
    return ("holds null" if min(low, high) <= null <= max(low, high) else "clear") + (" ratio" if null else "")


# --- which arm has more -----------------------------------------------------------------------------------------

_COMPARED = re.compile(
    r"\bthan\b|\bcompared? (?:with|to)\b|\bin comparison (?:with|to|of)\b|\bversus\b|\bvs\b\.?|\brelative to\b|\bover\b|\bagainst\b|\bas opposed to\b|\bwhen compared\b|\brather than\b|\bcompared\b|比|较|低于|高于|优于",
    re.I,
)
_POLE = {"up": 1.0, "down": -1.0, "better": 1.0, "worse": -1.0}


def _way(norm: str, place: _Place, cue: Cue | None, harm: str) -> Features:
    """Signed features: each is + when it speaks for more in the intervention arm, - for less."""
    s = place.sentence
    out: Features = {"prior": 1.0}
    pole = _POLE.get(cue.way, 0.0) if cue else 0.0
    if cue and cue.way in ("better", "worse"):
        out |= {f"{cue.way}&{harm}&{cue.kind}": pole}
        pole *= -1.0 if harm == "harm" else 1.0
    low, high = _clause(place, cue) if cue else (s.start, s.end)
    pattern, arm = _orientation(norm, place, cue, low, high)
    if pole:
        out[f"way:{cue.way}.{cue.kind}" if cue else "way"] = pole * arm
        out["pattern:" + pattern] = pole * arm
        if not _told_apart(pattern):
            # without both arms in sight the word alone says most: the intervention is what a text speaks of
            out["pole"] = pole
            out[f"pole&{cue.way}&{harm}" if cue else "pole"] = pole
        if arm < 0:
            out["flipped"] = pole * arm
    if numbers := _arm_numbers(norm, place, low, high):
        out["numbers"] = numbers
        out["numbers&" + (cue.way if cue else "none")] = numbers
    if ratio := _ratio_sign(norm, s, cue.start if cue else s.start):
        out["ratio"] = ratio
        out["ratio&" + (cue.way if cue else "none")] = ratio
    if place.outcome:
        out |= _own_direction(norm, place, arm, pole)
    return out


def _told_apart(pattern: str) -> bool:
    """Whether both asked arms stand around the word, one of them as what is compared with."""
    subject, follows, against, opened = pattern.split("|")[:4]
    named = set(subject + follows + against + opened)
    return (against in ("I", "C") or opened in ("I", "C")) and {"I", "C"} <= named


def _orientation(norm: str, place: _Place, cue: Cue | None, low: int, high: int) -> tuple[str, float]:
    """The pattern of arms around the word and +1 when the intervention is its subject, -1 when the comparator is."""
    here = cue.end if cue else low
    before = _side(place, low, cue.start if cue else low)
    behind = norm[here:high]
    mark = _COMPARED.search(behind)
    stop = here + mark.start() if mark else high
    follows = _first(place, here, stop)
    against = _first(place, here + mark.end(), min(high, here + mark.end() + 70)) if mark else ""
    opened = ""
    if not mark and cue:
        # "Compared with placebo, X lowered ...": the comparison opens the clause
        earlier = _COMPARED.search(norm, low, cue.start)
        if earlier:
            opened = _first(place, earlier.end(), min(cue.start, earlier.end() + 60))
    name = f"{before or '0'}|{follows or '0'}|{against or ('x' if mark else '0')}|{opened or '0'}"
    if against:
        return name, 1.0 if against == "C" else -1.0
    if opened:
        return name, 1.0 if opened == "C" else -1.0
    if cue and not mark and _COMPARED.search(norm, low, cue.start):
        return name + "|o", -1.0 if follows == "C" else 1.0
    if follows and follows != before:
        return name, 1.0 if follows == "I" else -1.0
    if before in ("I", "C"):
        return name, 1.0 if before == "I" else -1.0
    whole = _side(place, place.sentence.start, place.sentence.end)
    return name, -1.0 if whole == "C" and not mark else 1.0


def _first(place: _Place, start: int, end: int) -> str:
    i = min((p[0] for p in place.left if start <= p[0] < end), default=None)
    c = min((p[0] for p in place.right if start <= p[0] < end), default=None)
    if i is None and c is None:
        return ""
    return "I" if c is None or (i is not None and i < c) else "C"


def _side(place: _Place, start: int, end: int) -> str:
    """The arms named in a stretch: I, C, IC, CI (in order) or ''."""
    i = min((p[0] for p in place.left if start <= p[0] < end), default=None)
    c = min((p[0] for p in place.right if start <= p[0] < end), default=None)
    if i is None or c is None:
        return "I" if i is not None else "C" if c is not None else ""
    return "IC" if i < c else "CI"


_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\d)")
_PAIR = re.compile(
    r"(?P<a>(?<![\w.])-?\d+(?:\.\d+)?)(?P<mid>[^\d;]{0,24}?(?:(?:±|\+/-) ?\d+(?:\.\d+)?[^\d;]{0,16}?)?(?:\(\D{0,12}\d[^()]{0,30}\)[^\d;]{0,12}?)?)"
    r"(?:\bvs\b\.?|\bversus\b|\band\b|\bcompared (?:with|to)\b|\bthan\b|/|,|\bin\b)[^\d;<>=]{0,50}?(?P<b>-?\d+(?:\.\d+)?)"
)


_NOT_A_RESULT = re.compile(r"[pPnN] ?[=<>] ?$|[=<>] ?$")
_NOT_A_UNIT = re.compile(
    r" ?(?:weeks?|months?|days?|mg|years?|h\b|hours?|min\b|minutes?|patients|/\d|of \d|out of|-?week|-?month|% ?(?:CI|confidence))|\d"
)


def _arm_numbers(norm: str, place: _Place, low: int, high: int) -> float:
    """Sign of the intervention's number minus the comparator's, 0 where none can be told."""
    percent = len(_PERCENT.findall(norm, low, high)) >= 2
    found = [
        (m.start(), m.end(), float(m[0]))
        for m in (_PERCENT if percent else _NUMBER).finditer(norm, low, high)
        if not _NOT_A_RESULT.search(norm, max(low, m.start() - 5), m.start()) and not _NOT_A_UNIT.match(norm, m.end())
    ]
    marks = _marks(place, low, high)
    if len(marks) >= 2 and len(found) >= 2:
        (a, _, first), (b, _, _) = marks[0], next((m for m in marks if m[2] != marks[0][2]), marks[1])
        ahead = [f for f in found if f[1] <= a]
        middle = [f for f in found if a < f[0] < b]
        behind = [f for f in found if f[0] > b]
        pair = None
        if middle and behind and (not ahead or middle[0][0] - a < 40):
            pair = middle[0][2], behind[0][2]
        elif ahead and middle:
            pair = ahead[-1][2], middle[-1][2]
        if pair and pair[0] != pair[1] and marks[0][2] != (marks[1][2] if len(marks) > 1 else ""):
            sign = 1.0 if pair[0] > pair[1] else -1.0
            return sign if first == "I" else -sign
    return _pair_sign(norm, place, low, high)


_PERCENT = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?= ?%)(?! ?% ?(?:CI|confidence))")


def _marks(place: _Place, low: int, high: int) -> list[tuple[int, int, str]]:
    """Arms named in a stretch, in order, neighbours of one arm joined: (start, end, I or C)."""
    both = [(p[0], p[1], "I") for p in place.left if low <= p[0] < high and p[2] >= 0.3]
    both += [(p[0], p[1], "C") for p in place.right if low <= p[0] < high]
    out: list[tuple[int, int, str]] = []
    for mark in sorted(both):
        if not out or out[-1][2] != mark[2]:
            out.append(mark)
    return out


def _pair_sign(norm: str, place: _Place, low: int, high: int) -> float:
    """ "12.1 vs 9.8": the first number belongs to the arm named first."""
    begin = max(low, place.outcome.start if place.outcome else low)
    for m in _PAIR.finditer(norm, begin, high):
        if re.search(r"CI|confidence|[pP] ?[=<>]|weeks?|months?|years|days", norm[max(low, m.start() - 6) : m.end()]):
            continue
        a, b = float(m["a"]), float(m["b"])
        order = _side(place, place.sentence.start, m.end()) or _side(place, m.end(), high)
        if a == b:
            return 0.0
        sign = 1.0 if a > b else -1.0
        return -sign if order in ("C", "CI") else sign
    return 0.0


_RATIO_VALUE = re.compile(
    r"\b(?:a?OR|a?RR|a?HR|IRR|odds ratios?|hazard ratios?|relative risk|rate ratio|risk ratio)\b[^\d;]{0,25}?(?:9\d ?% ?(?:CI|[Cc]onfidence [Ii]nterval)[^\d;]{0,8})?(\d+\.\d+)"
)


def _ratio_sign(norm: str, s: Sentence, here: int) -> float:
    m = _RATIO_VALUE.search(norm, here, s.end) or _RATIO_VALUE.search(norm, s.start, s.end)
    if not m or float(m[1]) == 1.0:
        return 0.0
    return 1.0 if float(m[1]) > 1 else -1.0


_OUTCOME_WAY = re.compile(
    r"\b(?P<up>increase[sd]?|gain|rise|elevation)\b|\b(?P<down>decrease[sd]?|reduction|decline|loss|drop)\b", re.I
)


def _own_direction(norm: str, place: _Place, arm: float, pole: float) -> Features:
    """ "reduction in X was greater": a direction word right before the outcome turns what more means."""
    m = place.outcome
    if m is None:
        return {}
    found = list(
        _OUTCOME_WAY.finditer(norm, max(place.sentence.start, m.start - 30), min(place.sentence.end, m.end + 14))
    )
    if not found:
        return {}
    name = found[-1].lastgroup or ""
    return {f"nominal:{name}": arm, f"nominal:{name}&pole": pole * arm}


# Words that make more of an outcome worse, in any field: stems of `asked.stem`.
_HARM_WORDS = (
    """pain death mortality died bleeding hemorrhage complication complications adverse infection infections failure
    relapse recurrence symptom symptoms severity depression anxiety stress fatigue nausea vomiting fever disability
    incidence risk rate toxicity loss error errors burden exacerbation exacerbations hospitalization stay duration time
    consumption requirement cost costs injury ulcer ulcers edema swelling cough wheeze dropout withdrawal inflammation
    crisis score scores distress dyspnea insomnia itching pruritus hypotension progression stroke infarction fracture
    fractures falls lesion lesions cases rejection delirium shivering disease plaque hypoglycemia cravings"""
).split()
_GOOD_WORDS = (
    """survival quality function recovery response satisfaction strength adherence compliance success rate knowledge
    performance capacity efficacy healing remission ability tolerance control cure clearance accuracy memory balance
    mobility fitness wellbeing motivation flow acceptance conception pregnancy weight sleep skills range density
    attendance completion confidence"""
).split()
_HARM = frozenset(ask.stem(w) for w in _HARM_WORDS)
_GOOD = frozenset(ask.stem(w) for w in _GOOD_WORDS)


_TURNS_GOOD = frozenset(
    ask.stem(w)
    for w in "relief resolution free freedom absence improvement reduction loss decrease prevention without time-to".split()
)


def _valence(question: ask.Question) -> str:
    """harm | good | unknown: whether more of the asked outcome is worse."""
    if any(s in _TURNS_GOOD for s in question.outcome):
        return "good"
    harm = sum(1 for s in question.outcome if s in _HARM)
    good = sum(1 for s in question.outcome if s in _GOOD)
    return "harm" if harm > good else "good" if good > harm else "unknown"
