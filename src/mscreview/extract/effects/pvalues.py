"""P-values: the printed sign and number, and what they test: arms, an arm against its baseline, or something else.

Takes the normal form; gives `PValue`s in order (candidates), and the reader `read` that turns them into facts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mscreview.extract.effects.tested import comparison, is_threshold
from mscreview.extract.model import Context, Fact
from mscreview.text.search import starting


@dataclass(frozen=True, slots=True)
class PValue:
    """One p-value: `sign` is '<', '>' or '='; `value` is None for "NS"."""

    start: int
    end: int
    sign: str
    value: float | None
    text: str
    decimals: int


_SIGN = (
    r"(?:(?:[<>] ?(?:or ?)?= ?|= ?or ?(?=[<>])|[<>=≤≥≦≧]|less than(?: or equal to)?|greater than"
    r"|more than|was|of|equals?|value,?|为|小于|大于) ?){1,2}"
)
P_VALUE = re.compile(
    r"(?<![A-Za-z013-9])(?<![A-Za-z0-9.]2)(?:[Pp](?:'?s)?|P均|均P)"
    r"(?:[ -]?values?| ?值)?(?:[ -]?(?:均|趋势|交互|both|all|each|adj(?:usted)?|trend(?: by \w+)?|int(?:eraction)?\b"
    r"|overall|corrected|two-sided|[(\[][^()\[\]]{1,30}[)\]]|(?:for|from) [^.;()=<>]{1,45}))?"
    r"[ ,:]{0,2}"
    rf"(?:(?P<sign>{_SIGN})|(?= ?0?\. ?\d)) ?(?:均)?"
    r"(?P<num>(?:\d{1,2}(?:\. ?\d+)?|\. ?\d+)(?: ?(?:x|×|\*"
    r"|·) ?10 ?\^? ?\(?-? ?\d{1,3}\)?|[eE]-?\d{1,3})?|NS\b|N\.S\.|n\.s\.|ns\b"
    r"|non-?significant)"
)

# "2P", the P of two sides, is one
_LETTER = re.compile("[Pp均](?<![A-Za-z013-9].)(?<![A-Za-z0-9.]2.)")
# "P = .05, < .001 and .02, respectively": the letter is printed once
_NEXT = re.compile(
    r",? ?(?:and |or |& )?(?P<sign>[<>=≤≥] ?)?(?P<num>0?\.\d{1,6})(?=,? (?:and|or|&|respectively)|[,;)\]。])"
)
_MOST = 12


# "(< 0.001)", "(= .71, ANCOVA)": the letter is left out
NAMELESS = re.compile(r"[\[(] ?(?P<sign>[<>=]) ?(?P<num>0?\. ?\d{1,5})(?= ?[\]),])")


@lru_cache(maxsize=2)  # three readers ask for the p-values of one text in turn
def p_values(norm: str) -> tuple[PValue, ...]:
    """Every p-value of the normal form. "P < or = .05" reads as <, "p = NS" has no number."""
    found = [p for m in starting(P_VALUE, _LETTER, norm) for p in _listed(norm, m)]
    nameless = [p for m in NAMELESS.finditer(norm) if (p := _p_value(m)) is not None]
    return tuple(sorted(found + nameless, key=lambda p: p.start))


def is_p_value(norm: str, at: int) -> bool:
    """Whether the number at a place of the normal form is a p-value."""
    k = bisect_right(_starts(norm), at) - 1
    return k >= 0 and at < p_values(norm)[k].end


@lru_cache(maxsize=2)
def _starts(norm: str) -> list[int]:
    return [p.start for p in p_values(norm)]


def read(context: Context) -> Iterable[Fact]:
    """Facts of kind p_value; `comparator` says what is tested.

    'baseline' (an arm against its own start), 'between' (arms), 'at baseline' (arms before treatment, week 0),
    'subgroup' (or patients told apart by their course), 'interaction', 'heterogeneity', 'trend', 'non-inferiority' or
    'correlation' (what goes with what among patients, whatever their arm); '' when untold. The level below which authors
    call a result significant is no result: status `background`.
    """
    norm, floor = context.passage.norm, 0
    for p in p_values(norm):
        tested = comparison(context, p.start, p.end, floor)
        floor = p.end
        level = {"status": "background"} if is_threshold(norm, p.start, p.end) else {}
        yield context.fact(
            kind="p_value",
            measure=p.sign,
            value=p.value,
            value_text=p.text,
            decimals=p.decimals,
            comparator=tested,
            weeks=0.0 if tested == "at baseline" else None,
            start=p.start,
            end=p.end,
            rule="p-value",
            **level,
        )


def _p_value(m: re.Match[str]) -> PValue | None:
    number, sign = m["num"], m["sign"] or "="
    if number[0] in "Nn":
        return PValue(m.start(), m.end(), "=", None, m.group(), 0)
    value = _number(number)
    if value > 1 or (value == int(value) and value not in (0.0, 1.0)):
        return None
    return PValue(m.start(), m.end(), _simple(sign), value, m.group(), len(number.partition(".")[2].split(" ")[0]))


def _listed(norm: str, m: re.Match[str]) -> list[PValue]:
    """The p-value of a match and those of its list: each that has a sign of its own, or all "respectively"."""
    first = _p_value(m)
    if first is None or first.value is None:
        return [first] if first else []
    out, at = [first], m.end()
    signed = 1
    while len(out) < _MOST and (more := _NEXT.match(norm, at)):
        signed += signed == len(out) and more["sign"] is not None
        sign, start = (
            _simple(more["sign"]) if more["sign"] else first.sign,
            more.start("sign" if more["sign"] else "num"),
        )
        text = norm[start : more.end()]
        out.append(PValue(start, more.end(), sign, _number(more["num"]), text, len(more["num"].partition(".")[2])))
        at = more.end()
    return out if "respectively" in norm[at : at + 20] else out[:signed]


def _simple(sign: str) -> str:
    """'<', '>' or '=' of a printed sign or its words."""
    return "<" if re.search(r"[<≤≦]|less|小于", sign) else ">" if re.search(r"[>≥≧]|greater|more|大于", sign) else "="


def _number(text: str) -> float:
    m = re.match(r"(\d*(?:\. ?)?\d+)(?: ?[x×*·] ?10 ?\^? ?\(?(-?) ?(\d+)|[eE](-?\d+))?", text)
    assert m is not None, "P_VALUE lets nothing else through"
    base = float(m[1].replace(" ", ""))
    if m[3]:
        # "10-4" lost its superscript: a p-value's power of ten is never positive
        return base * 10.0 ** -int(m[3])
    return base * 10.0 ** int(m[4]) if m[4] else base
