"""Features of "which arm has more" at one direction word: each is + when it speaks for the intervention, - against it.

Takes a `Place` and a cue; gives signed features for the model of `ask`, and whether more of an outcome is harm.
"""

from __future__ import annotations

import re

from mscreview.extract.ask import question as asked
from mscreview.extract.ask.cues import Cue
from mscreview.extract.ask.pair import larger
from mscreview.extract.ask.place import Features, Place, clause, first, side
from mscreview.extract.ask.stems import stem
from mscreview.text import Sentence

_COMPARED = re.compile(
    r"\bthan\b|\bcompared? (?:with|to)\b|\bin comparison (?:with|to|of)\b|\bversus\b|\bvs\b\.?|\brelative to\b|\bover\b|\bagainst\b|\bas opposed to\b|\bwhen compared\b|\brather than\b|\bcompared\b|比|较|低于|高于|优于",
    re.I,
)
_SWAPPED = str.maketrans("IC", "CI")
_POLE = {"up": 1.0, "down": -1.0, "better": 1.0, "worse": -1.0}


def way(norm: str, place: Place, cue: Cue | None, harm: str, question: asked.Question) -> Features:
    """Signed features: each is + when it speaks for more in the intervention arm, - for less."""
    s = place.sentence
    out: Features = {"prior": 1.0}
    pole = _POLE.get(cue.way, 0.0) if cue else 0.0
    if cue and cue.way in ("better", "worse"):
        out |= {f"{cue.way}&{harm}&{cue.kind}": pole}
        pole *= -1.0 if harm == "harm" else 1.0
    low, high = clause(place, cue) if cue else (s.start, s.end)
    turned = cue is not None and _compares_falls(norm, place, cue, low)
    if turned:
        pole = -pole
    pattern, arm = orientation(norm, place, cue, low, high)
    if pole:
        out[f"way:{cue.way}.{cue.kind}" if cue else "way"] = pole * arm
        out["pattern:" + (pattern.translate(_SWAPPED) if arm < 0 else pattern)] = pole * arm
        if not _told_apart(pattern):
            # without both arms in sight the word alone says most: the intervention is what a text speaks of
            out["pole"] = pole
            out[f"pole&{cue.way}&{harm}" if cue else "pole"] = pole
        if arm < 0:
            out["flipped"] = pole * arm
    numbers, told = larger(norm, place, low, high, question)
    if numbers:
        out["numbers"] = numbers
        out["numbers:" + told] = numbers
        out["numbers&" + (cue.way if cue else "none")] = numbers
    if ratio := _ratio_sign(norm, s, cue.start if cue else s.start):
        out["ratio"] = ratio
        out["ratio&" + (cue.way if cue else "none")] = ratio
    if place.outcome and not turned:
        out |= _own_direction(norm, place, arm, pole)
    return out


_FALLS_WERE = re.compile(
    r"\b(?P<fall>decreases?|reductions?|declines?|drops?|falls?|lowering)\b(?: \([^()]{0,20}\))? (?:in|of|from)\b[^;]{0,140}?"
    r"\b(?:was|were|is|are|being)\b[^;,]{0,30}$",
    re.I,
)
_FELL = re.compile(r"\b(?P<fall>decreased|reduced|declined|fell|dropped|decrease|reduction)(?: \w+){0,3} $", re.I)


def _compares_falls(norm: str, place: Place, cue: Cue, low: int) -> bool:
    """ "The decrease in X was greater": the word compares falls, so more of it is less of the outcome."""
    if cue.way not in ("up", "down") or cue.kind not in ("predicate", "attribute"):
        return False
    m = _FALLS_WERE.search(norm, low, cue.start) or _FELL.search(norm, low, cue.start)
    asked_for = (
        place.outcome is not None and m is not None and place.outcome.start <= m.start("fall") < place.outcome.end
    )
    return m is not None and not asked_for


def _told_apart(pattern: str) -> bool:
    """Whether both asked arms stand around the word, one of them as what is compared with."""
    subject, follows, against, opened = pattern.split("|")[:4]
    named = set(subject + follows + against + opened)
    return (against in ("I", "C") or opened in ("I", "C")) and {"I", "C"} <= named


def orientation(norm: str, place: Place, cue: Cue | None, low: int, high: int) -> tuple[str, float]:
    """The pattern of arms around the word and +1 when the intervention is its subject, -1 when the comparator is."""
    here = cue.end if cue else low
    before = side(place, low, cue.start if cue else low)
    behind = norm[here:high]
    mark = _COMPARED.search(behind)
    stop = here + mark.start() if mark else high
    follows = first(place, here, stop)
    against = first(place, here + mark.end(), min(high, here + mark.end() + 70)) if mark else ""
    opened = ""
    if cue and not against and (earlier := _COMPARED.search(norm, low, cue.start)):
        # "Compared with placebo, X lowered ...": the comparison opens the clause
        opened = first(place, earlier.end(), min(cue.start, earlier.end() + 60))
        if opened and len(before) > 1:
            before = before.replace(opened, "")
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
    whole = side(place, place.sentence.start, place.sentence.end)
    return name, -1.0 if whole == "C" and not mark else 1.0


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


def _own_direction(norm: str, place: Place, arm: float, pole: float) -> Features:
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


# Words that make more of an outcome worse, in any field: stems of `stems.stem`.
_HARM_WORDS = (
    """pain death mortality died bleeding hemorrhage complication complications adverse infection infections failure
    relapse recurrence symptom symptoms severity depression anxiety stress fatigue nausea vomiting fever disability
    incidence risk rate toxicity loss error errors burden exacerbation exacerbations hospitalization stay duration time
    consumption requirement cost costs injury ulcer ulcers edema swelling cough wheeze dropout withdrawal inflammation
    crisis score scores distress dyspnea insomnia itching pruritus hypotension progression stroke infarction fracture
    fractures falls lesion lesions cases rejection delirium shivering disease plaque hypoglycemia cravings
    negative discomfort impairment deficit problems difficulties dysfunction tension anger worry irritability
    breathlessness dyspnoea oedema haemorrhage bruising redness sickness diarrhea constipation headache soreness"""
).split()
_GOOD_WORDS = (
    """survival quality function recovery response satisfaction strength adherence compliance success rate knowledge
    performance capacity efficacy healing remission ability tolerance control cure clearance accuracy memory balance
    mobility fitness wellbeing motivation flow acceptance conception pregnancy weight sleep skills range density
    attendance completion confidence independence vitality wellness visualization comprehension learning positive"""
).split()
_HARM = frozenset(stem(w) for w in _HARM_WORDS)
_GOOD = frozenset(stem(w) for w in _GOOD_WORDS)
_TURNS_GOOD = frozenset(
    stem(w)
    for w in "relief resolution free freedom absence improvement reduction loss decrease prevention without time-to".split()
)


def valence(question: asked.Question) -> str:
    """harm | good | unknown: whether more of the asked outcome is worse."""
    if any(s in _TURNS_GOOD for s in question.outcome):
        return "good"
    harm = sum(1 for s in question.outcome if s in _HARM)
    good = sum(1 for s in question.outcome if s in _GOOD)
    return "harm" if harm > good else "good" if good > harm else "unknown"
