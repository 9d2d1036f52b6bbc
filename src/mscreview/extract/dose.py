"""How much and how often: cells or drug per dose, and the number of doses; a context in, facts out.

Drug doses with a plain unit ("10 mg") are found by `values.continuous` among all numbers; this file reads amounts written
as powers or in words of a count unit ("1.0×10^6 cells/kg", "5×10^7", "两亿个"), and counts of administrations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.model import Context, Fact
from mscreview.text import Quantity
from mscreview.text.search import beginnings, starting

_AMOUNT_UNIT = re.compile(
    r" ?(?:个)?(?P<unit>(?:\w{0,12}[- ]?(?:cells?|细胞)|/ ?kg|per kg|个)(?: ?(?:/"
    r"|per|每) ?(?:kg|mL|ml|kilogram|公斤|千克)(?: (?:of )?(?:body ?weight"
    r"|BW))?)?(?:体重|/次)?)",
    re.I,
)
_PER_VOLUME = re.compile(r" ?(?:cells? ?)?(?:/|per) ?(?:L|mL|ml|μL|mm)\b")
_GIVEN = re.compile(
    r"infus|inject|transplant|administ|receiv|dose|given|treated|deliver|cells|输注"
    r"|注射|移植|剂量|回输|给予|细胞",
    re.I,
)
_ADMINISTERED = (
    r"(?:infusions?|injections?|doses?|transplantations?|transfusions?"
    r"|administrations?|treatments?|times|cycles|courses|applications|sessions)"
)
# "two patients received a transplantation", "2 years after the infusion": no number of doses
_OTHER_COUNT = (
    r"(?:patients?|subjects?|cases?|of|years?|months?|weeks?|days?|h|hours?|after|received|had|were|was|got"
    r"|underwent|groups?|arms?|in|and)\b"
)
_TIMES = re.compile(
    rf" ?-? ?(?:(?!{_OTHER_COUNT})\w{{1,30}}[- ]){{0,3}}?{_ADMINISTERED}\b(?![- ](?:cohorts?|groups?|levels?|arms?))|次",
    re.I,
)
_COUNT_WORD = re.compile(
    rf"\b(?P<word>single|one|once|twice|thrice|double|two|three|four|five"
    rf"|six)\b(?:[- ](?!{_OTHER_COUNT})\w{{1,30}}){{0,3}}?[- ]{_ADMINISTERED}\b(?![- ](?:cohorts?|groups?|levels?|arms?))"
    r"|\b(?:infused|injected|administered|transplanted|given"
    r"|received (?:[\w×^.+/-]+ ){1,9}?|received \w+) ?(?P<adverb>once|twice|thrice)\b(?! (?:a|per|daily|weekly"
    r"|every))",
    re.I,
)
_COUNT_WORD_AT = beginnings(
    "single one once twice thrice double two three four five six infused injected administered transplanted given received"
)
_WORDS = {
    "single": 1,
    "one": 1,
    "once": 1,
    "twice": 2,
    "double": 2,
    "two": 2,
    "thrice": 3,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
}
_INTERVAL_BEFORE = re.compile(r"(?:every|each|per|a|第|每[周天日月]?|/|最后|末|首|前|后|期) ?$", re.I)
_LEAST_AMOUNT = 1e4


def read(context: Context) -> Iterator[Fact]:
    """Facts of kind dose (amounts of at least ten thousand) and n_doses."""
    for q in context.quantities:
        top = q.value if q.value is not None else q.high
        if top is None:
            continue
        if top >= _LEAST_AMOUNT:
            yield from _amount(context, q)
        elif q.kind in ("int", "chinese", "words") and 1 <= top <= 30:
            yield from _count(context, q, top)
    for m in starting(_COUNT_WORD, _COUNT_WORD_AT, context.norm):
        word = (m["word"] or m["adverb"]).lower()
        yield context.fact("n_doses", m.start(), m.end(), "n_doses: word", value=float(_WORDS[word]), value_text=word)


def _amount(context: Context, q: Quantity) -> Iterator[Fact]:
    norm = context.norm
    if _PER_VOLUME.match(norm, q.end):
        return
    unit = _AMOUNT_UNIT.match(norm, q.end)
    near = norm[max(0, q.start - 60) : q.start]
    if unit is None and not (
        q.kind in ("power", "chinese", "range", "plusminus")
        and ("^" in q.text or "亿" in q.text)
        and _GIVEN.search(near)
    ):
        return
    end = unit.end() if unit else q.end
    yield context.fact(
        "dose",
        q.start,
        end,
        "dose: amount",
        measure="amount",
        value=q.value if q.value is not None else q.high,
        low=q.low,
        high=q.high,
        unit=re.sub(r"\s+", " ", unit["unit"]).strip() if unit else "",
        value_text=q.text,
        decimals=q.decimals,
    )


def _count(context: Context, q: Quantity, value: float) -> Iterator[Fact]:
    norm = context.norm
    m = _TIMES.match(norm, q.end)
    before = norm[max(0, q.start - 8) : q.start]
    if m is None or _INTERVAL_BEFORE.search(before) or (q.kind == "words" and _COUNT_WORD.match(norm, q.start)):
        return
    if not _GIVEN.search(norm, max(0, q.start - 50), min(len(norm), m.end() + 30)):
        return
    yield context.fact("n_doses", q.start, m.end(), "n_doses: number", value=value, value_text=q.text)
