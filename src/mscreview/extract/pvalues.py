"""P-values: the printed sign and number, and whether they compare arms or an arm with its own baseline.

Takes the normal form; gives `PValue`s in order (candidates), and the reader `read` that turns them into facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

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
    r"(?:(?:[<>] ?(?:or ?)?= ?|[<>=≤≥≦≧]|less than(?: or equal to)?|greater than"
    r"|more than|was|of|equals?|value,?|为|小于|大于){1,2})"
)
P_VALUE = re.compile(
    r"(?<![A-Za-z0-9])(?:[Pp]s?|P均|均P)"
    r"(?:[ -]?values?| ?值)?(?: ?(?:均|both|all|each|adj(?:usted)?|trend|interaction"
    r"|overall|corrected|two-sided|\([^()]{1,30}\)|for [^.;()=<>]{1,45}))?"
    r"[ ,:]{0,2}"
    rf"(?:(?P<sign>{_SIGN})|(?= ?0?\. ?\d)) ?(?:均)?"
    r"(?P<num>(?:\d{1,2}(?:\. ?\d+)?|\. ?\d+)(?: ?(?:x|×|\*"
    r"|·) ?10 ?\^? ?\(?-? ?\d{1,3}\)?|[eE]-?\d{1,3})?|NS\b|N\.S\.|n\.s\.|ns\b"
    r"|non-?significant)"
)

_LETTER = re.compile("[Pp均](?<![A-Za-z0-9].)")


# "(< 0.001)", "(= .71, ANCOVA)": the letter is left out
NAMELESS = re.compile(r"[\[(] ?(?P<sign>[<>=]) ?(?P<num>0?\. ?\d{1,5})(?= ?[\]),])")


@lru_cache(maxsize=2)  # three readers ask for the p-values of one text in turn
def p_values(norm: str) -> tuple[PValue, ...]:
    """Every p-value of the normal form. "P < or = .05" reads as <, "p = NS" has no number."""
    found = [p for m in starting(P_VALUE, _LETTER, norm) if (p := _p_value(m)) is not None]
    nameless = [p for m in NAMELESS.finditer(norm) if (p := _p_value(m)) is not None]
    return tuple(sorted(found + nameless, key=lambda p: p.start))


def read(context: Context) -> Iterable[Fact]:
    """Facts of kind p_value; `comparator` is 'baseline' (within an arm) or 'between' (arms)."""
    norm = context.passage.norm
    for p in p_values(norm):
        yield context.fact(
            kind="p_value",
            measure=p.sign,
            value=p.value,
            value_text=p.text,
            decimals=p.decimals,
            comparator=comparison(norm, p),
            start=p.start,
            end=p.end,
            rule="p-value",
        )


_WITHIN = re.compile(
    r"(?:vs\.?|versus|from|compared (?:with|to)|than|against|relative to"
    r"|over) (?:the )?(?:baseline|before|pre-?treatment|initial)"
    r"|within[- ](?:the )?(?:group|arm|treatment)|与(?:治疗前|基线|术前)|(?:较|比)(?:治疗前|基线|术前)|治疗前后|组内",
    re.I,
)
_BETWEEN = re.compile(
    r"between|\bvs?\b\.?|versus|compared (?:with|to)|than|differen|respectively"
    r"|group|arm|relative to|对照组|组间|两组",
    re.I,
)


def comparison(norm: str, p: PValue) -> str:
    """'baseline' where the words around name a before-after comparison, 'between' where they name arms, else ''."""
    left = re.split(r"[.;。;] ", norm[max(0, p.start - 160) : p.start])[-1]
    right = re.split(r"[.;。;)]", norm[p.end : p.end + 40])[0]
    if _WITHIN.search(right) or _WITHIN.search(left):
        return "baseline"
    return "between" if _BETWEEN.search(left) or _BETWEEN.search(right) else ""


def _p_value(m: re.Match[str]) -> PValue | None:
    number, sign = m["num"], m["sign"] or "="
    if number[0] in "Nn":
        return PValue(m.start(), m.end(), "=", None, m.group(), 0)
    value = _number(number)
    if value > 1 or (value == int(value) and value not in (0.0, 1.0)):
        return None
    simple = "<" if re.search(r"[<≤≦]|less|小于", sign) else ">" if re.search(r"[>≥≧]|greater|more|大于", sign) else "="
    return PValue(m.start(), m.end(), simple, value, m.group(), len(number.partition(".")[2].split(" ")[0]))


def _number(text: str) -> float:
    m = re.match(r"(\d*(?:\. ?)?\d+)(?: ?[x×*·] ?10 ?\^? ?\(?(-?) ?(\d+)|[eE](-?\d+))?", text)
    if m is None:  # pragma: no cover - P_VALUE allows nothing else
        return float("nan")
    base = float(m[1].replace(" ", ""))
    if m[3]:
        # "10-4" lost its superscript: a p-value's power of ten is never positive
        return base * 10.0 ** -int(m[3])
    return base * 10.0 ** int(m[4]) if m[4] else base
