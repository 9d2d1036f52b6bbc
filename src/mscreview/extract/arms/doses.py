"""Arms that differ in dose or schedule alone: "placebo, X 5 mg or X 10 mg", "X once weekly versus X thrice weekly".

A part of `find`: candidate names with the key of their arm in, doses told apart out; arms with doses in, the places that
name them out ("the 5 mg group", "5- and 10-mg groups"). A name is divided only where it was given, sized or counted with
at least two doses; its bare mention then names none of the arms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mscreview.extract.arms.edges import Candidate
from mscreview.extract.model import Arm, Mention

_UNIT = r"mg|g|mcg|μg|ug|ng|IU|U|units?|m[lL]|%|c?Gy|mmol|kcal|J"
_VALUE = r"(?P<value>\d{1,5}(?:\.\d{1,3})?)"
_AMOUNT = rf"{_VALUE}[ -]?(?P<unit>{_UNIT})(?![A-Za-z])(?:/(?:kg|d(?:ay)?|m\^?2|week|dose|ml)\b)*"
_TIMES = r"(?P<times>[Oo]nce|[Tt]wice|[Tt]hrice|[Tt]hree[ -]times)[ -](?:a[ -]|per[ -]|every[ -])?(?P<per>daily|weekly|monthly|day|week|month)\b"
_DOSE = re.compile(rf"(?<![\w.,±])(?:{_AMOUNT}|{_TIMES})")
_DOSE_HINT = re.compile(r"\d ?-?[mgμunIUJcGk%]|once|twice|thrice|three|Once|Twice|Thrice|Three")
_GIVEN = frozenset({"allocation", "size", "count", "group"})
# between a name and its dose; "5, 10 or 20 mg"
_THEN = re.compile(r",? ?(?:[(]|at |of |in )?(?:a )?(?:doses? of )?")
_THEN_MORE = r"(?:,? (?:or|and|versus|vs\.?) |, ?|/(?=\d))(?:or |and )?"
# "5 mg (n = 40), 10 mg (n = 41)", "5 mg daily (40 women), 35 mg weekly"
_SHORT = r"(?i:[qbt]\.?i\.?d|[qob]\.?d|q\.?w)\b\.?"
_OFTEN = rf" (?P<often>(?:(?:once|twice|three times)[ -])?(?:daily|weekly|monthly)|{_SHORT})"
_ASIDE = rf"(?:{_OFTEN})?(?: \([^()]{{1,40}}\))?"
_LIST = re.compile(rf"{_VALUE}(?: ?(?P<unit>{_UNIT})(?![A-Za-z])(?:/(?:kg|d(?:ay)?)\b)*{_ASIDE}|-)?{_THEN_MORE}")
_LIST_BEFORE = re.compile(rf"(?<![\w.,±]){_VALUE}-?{_THEN_MORE}$")
# "A plus B (75 and 600 mg, respectively)" is one arm; what all patients had is none
_TOGETHER = re.compile(r"(?:,? |(?<=, ))respectively")
_FOR_ALL = re.compile(
    r"\b(?:all (?:the )?(?:patients|subjects|participants|women)|background|stable|ongoing|existing)\b[^.;]{0,40}$",
    re.I,
)
_AMOUNT_LAST = re.compile(rf"\d[ -]?(?:{_UNIT})$")
_ALONE = re.compile(
    rf"(?<![\w.,±])(?:\d+(?:\.\d+)?(?:[ -]?(?:{_UNIT}))?-?(?:,? (?:or|and) |, ?)){{0,5}}\d+(?:\.\d+)?[ -]?(?:{_UNIT})$"
)
_OF = re.compile(r"(?: (?:daily|a day|per day))?(?: of| dose of)? ")
_MOST = 6


def amounts(norm: str, c: Candidate) -> list[str]:
    """The doses printed with a name: behind it, in a list behind it, in front of it or as the name itself."""
    if c.source not in _GIVEN or not _DOSE_HINT.search(norm, max(0, c.start - 30), c.end + 30):
        return []
    opened = norm.rfind("(", max(0, c.start - 80), c.start)
    if opened >= 0 and norm.find(")", opened, c.start) < 0:
        return []  # a part of a regimen
    amount = _AMOUNT_LAST.search(norm, max(0, c.end - 8), c.end)
    if amount and (alone := _ALONE.search(norm, max(0, c.start - 60), c.end)):  # "the 5 mg, 10 mg and placebo groups"
        return _listed(norm, alone.start())
    if inside := _DOSE.match(norm, c.start, c.end + 24):
        if inside["times"] and inside.end() <= c.end and (doses := _behind(norm, c)):
            return doses  # "once-weekly X 5 mg"
        share = inside["unit"] == "%" and inside.end() >= c.end  # "80% in the ... group", no name behind the dose
        return [] if share else [_label(inside)] if inside.end() < c.end else _listed(norm, c.start)
    ahead = [m for m in _DOSE.finditer(norm, max(0, c.start - 30), c.start) if _OF.fullmatch(norm, m.end(), c.start)]
    if ahead and ahead[-1]["unit"] not in (None, "%"):
        return [_label(ahead[-1])]
    if doses := _behind(norm, c):
        return [] if _FOR_ALL.search(norm, max(0, c.start - 50), c.end) else doses
    return [_label(ahead[-1])] if ahead and ahead[-1]["times"] else []


def _behind(norm: str, c: Candidate) -> list[str]:
    then = _THEN.match(norm, c.end)
    return _listed(norm, then.end() if then else c.end, c.source == "allocation")


def _listed(norm: str, at: int, strengths: bool = False) -> list[str]:
    """The doses of "5, 10 or 20 mg" or "5 mg" at a place; shares and doses of several drugs are none.

    Percentages are `strengths` behind a name that was given out ("randomised to X 0.1%, X 0.2% or ..."), else shares.
    """
    listed: list[re.Match[str]] = []
    while (m := _LIST.match(norm, at)) and len(listed) < _MOST:
        listed.append(m)
        at = m.end()
    last = _DOSE.match(norm, at)
    units = [_unit(m) for m in (*listed, last) if m and m["unit"]]
    if ("%" in units and not strengths) or _TOGETHER.match(norm, last.end() if last else at) or not (units or last):
        return []
    doses = [f"{m['value']} {_unit(m) if m['unit'] else units[-1]}" for m in listed if units]
    often = [m["often"] for m in listed] + ([_often_behind(norm, last)] if last else [])
    told = [_schedule(words) for words in often if words]
    return [*doses, *([_label(last)] if last else []), *(told if len(set(told)) == len(often) > 1 else [])]


_OFTEN_BEHIND = re.compile(_OFTEN)


def _often_behind(norm: str, dose: re.Match[str]) -> str | None:
    m = _OFTEN_BEHIND.match(norm, dose.end())
    return m["often"] if m else None


def _schedule(words: str) -> str:
    """One spelling of a schedule: "bid" is "twice daily"."""
    plain = words.lower().replace(".", "").replace("-", " ")
    return _SCHEDULES.get(plain, plain)


_SCHEDULES = {
    "qd": "once daily", "od": "once daily", "daily": "once daily", "bid": "twice daily", "bd": "twice daily",
    "tid": "three times daily", "qw": "once weekly", "weekly": "once weekly", "monthly": "once monthly",
}  # fmt: skip


def _unit(m: re.Match[str]) -> str:
    return {"ug": "μg", "mcg": "μg", "unit": "units", "U": "units"}.get(m["unit"], m["unit"])


def _label(m: re.Match[str]) -> str:
    """One spelling of a dose: "5-mg" and "5 mg/day" are "5 mg"."""
    if m["times"]:
        return f"{m['times'].lower().replace('-', ' ')} {_PER.get(m['per'].lower(), m['per'].lower())}"
    return f"{m['value']} {_unit(m)}"


_PER = {"day": "daily", "week": "weekly", "month": "monthly"}


_SIZED = re.compile(rf"(?:to|and|or|,) {_AMOUNT} ?\([nN] ?= ?\d")


def sized(norm: str) -> Iterator[tuple[int, str]]:
    """ "to 10 mg (n = 52), 20 mg (n = 53) or ...": doses that are given sizes, with their places."""
    for m in _SIZED.finditer(norm) if "n = " in norm or "n=" in norm else ():
        if m["unit"] != "%":
            yield m.start("value"), f"{m['value']} {_unit(m)}"


def divided(doses: Sequence[str]) -> list[str]:
    """The doses that tell arms apart, in order: at least two of one unit, or schedules; none where kinds are mixed."""
    told = list(dict.fromkeys(doses))
    if len(masses := [d for d in told if d[0].isdigit()]) > 1:
        told = masses  # "once-daily X 5 mg or 10 mg"
    kinds = {d.rsplit(" ", 1)[-1] if d[0].isdigit() else "schedule" for d in told}
    if len(kinds) > 1 and len(schedules := [d for d in dict.fromkeys(doses) if not d[0].isdigit()]) > 1:
        told, kinds = schedules, {"schedule"}  # "5 mg once daily or 5 mg twice daily"
    return told if 2 <= len(told) < _MOST and len(kinds) == 1 else []


def named(name: str, doses: Sequence[str], norm: str, start: int, role: str) -> Iterator[Arm]:
    """One arm for each dose of a name, placed where the text first prints that dose behind `start`."""
    at: dict[str, tuple[int, int]] = {}
    for label, begin, end in _places(norm, frozenset(doses), max(0, start - _AHEAD)):
        at.setdefault(label, (begin, end))
    for dose in doses:
        begin, end = at.get(dose, (start, start + len(name)))
        yield Arm(f"{name} {dose}".strip(), _labels(norm, end), role, None, begin, end)


_LABEL_BEHIND = re.compile(
    r"(?:/(?:kg|min|h|hr|d|day|m\^?2)\b)*(?: (?:daily|once daily|twice daily))? ?"
    r"\((?:(?:[Gg]roup|[Aa]rm) (?P<a>[A-Z]{0,2}\d?)|(?P<b>[A-Z]{1,3}\d?) (?:group|arm)|(?P<c>[A-Z]{1,3}\d))[,;)]"
)


def _labels(norm: str, end: int) -> tuple[str, ...]:
    """The label in brackets behind a dose, "5 mg/day (D1 group)": with the word group, and alone where it has two signs."""
    m = _LABEL_BEHIND.match(norm, end)
    if m is None:
        return ()
    label = m["a"] or m["b"] or m["c"]
    return (f"group {label}", f"{label} group", *([label] if len(label) > 1 else []))


_SHORTS = re.compile(rf"(?<![\w.]){_SHORT}")
_AHEAD = 80  # "X once weekly" may stand in front of the form that gave the name


def bare(name: str) -> str:
    """A name without its doses: "0.5% oats" and "oats once-weekly" are "oats"."""
    return re.sub(r"\s+", " ", _DOSE.sub("", name)).strip(" ,-")


def dose_of(arm: Arm) -> str:
    """The dose an arm is told apart by, "" for any other arm."""
    m = _AT_END.search(arm.name)
    return m[0] if m else ""


# a dose as `_label` spells it; in another spelling it is a name like any other
_AT_END = re.compile(
    r"(?:\d[\d.]* (?:mg|g|μg|ng|IU|units|m[lL]|%|c?Gy|mmol|kcal|J)|(?:once|twice|thrice|three times) (?:daily|weekly|monthly))$"
)


def mentions(norm: str, arms: Sequence[Arm]) -> list[Mention]:
    """Every place that prints the dose of one of `arms`, with the name beside it where there is one."""
    of = {dose: (k, arm.name[: -len(dose)].strip()) for k, arm in enumerate(arms) if (dose := dose_of(arm))}
    out: list[Mention] = []
    for label, begin, end in _places(norm, frozenset(of), 0) if len(of) > 1 else ():
        number, name = of[label]
        before = begin - len(name) - 1
        if name and norm[max(0, before) : begin].lower() == f"{name} ".lower():
            begin = before
        elif name and (m := _OF.match(norm, end)) and norm[m.end() : m.end() + len(name)].lower() == name.lower():
            end = m.end() + len(name)
        elif label.endswith("%") and not (
            _GROUP.match(norm, end) or (out and _THEN_JOINED.fullmatch(norm, out[-1].end, begin))
        ):
            continue  # "0.5%" may be a result
        elif _AMOUNT_OF.search(norm, max(0, begin - 4), begin):
            continue
        out.append(Mention(begin, end, number))
    return out


# "0.1%, 0.2% and water groups"
_GROUP = re.compile(r"(?:,? (?:and |or )?(?:\d+(?:\.\d+)?%|[a-z]{4,12})(?=[ ,])){0,4}[ -](?:dose )?(?:groups?|arms?)\b")
_THEN_JOINED = re.compile(_THEN_MORE)
_AMOUNT_OF = re.compile(r"\bby $|± ?$")


def _places(norm: str, labels: frozenset[str], start: int) -> Iterator[tuple[str, int, int]]:
    """(dose, start, end) wherever one of `labels` is printed, those of "5- and 10-mg" each at its number."""
    for m in _SHORTS.finditer(norm, start) if any(not label[0].isdigit() for label in labels) else ():
        if (label := _schedule(m[0])) in labels:
            yield label, *m.span()
    for m in _DOSE.finditer(norm, start):
        unit = _unit(m) if m["unit"] else ""
        listed = []
        at = m.start()
        while unit and (before := _LIST_BEFORE.search(norm, max(0, at - 16), at)):
            at = before.start()
            listed.append((f"{before['value']} {unit}", at, before.end("value")))
        yield from (place for place in reversed(listed) if place[0] in labels)
        if (label := _label(m)) in labels:
            yield label, m.start(), m.end()
