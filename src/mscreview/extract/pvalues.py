"""P-values: the printed sign and number, and what they test: arms, an arm against its baseline, or something else.

Takes the normal form; gives `PValue`s in order (candidates), and the reader `read` that turns them into facts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

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
    r"(?:[ -]?values?| ?值)?(?:[ -]?(?:均|both|all|each|adj(?:usted)?|trend(?: by \w+)?|int(?:eraction)?\b"
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
    found = p_values(norm)
    k = bisect_right(found, at, key=attrgetter("start")) - 1
    return k >= 0 and at < found[k].end


def read(context: Context) -> Iterable[Fact]:
    """Facts of kind p_value; `comparator` says what is tested.

    'baseline' (an arm against its own start), 'between' (arms), 'at baseline' (arms before treatment, week 0),
    'subgroup', 'interaction', 'heterogeneity', 'trend', 'non-inferiority' or 'correlation'; '' when untold. The level below which
    authors call a result significant is no result: status `background`.
    """
    norm = context.passage.norm
    for p in p_values(norm):
        tested = comparison(norm, p)
        level = {"status": "background"} if is_threshold(norm, p) else {}
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


_WITHIN = re.compile(
    r"(?:vs\.?|versus|from|compared (?:with|to)|than|against|relative to"
    r"|over) (?:the )?(?:baseline|before|pre-?treatment|initial)"
    r"|within[- ](?:the )?(?:group|arm|treatment)|与(?:治疗前|基线|术前)|(?:较|比)(?:治疗前|基线|术前)|治疗前后|组内",
    re.I,
)
# "the fall from baseline was greater with X than Y (P = .02)": the changes of two arms
_CHANGES_COMPARED = re.compile(
    r"\b(?:greater|larger|smaller|higher|lower|better|worse|more|less|fewer)\b[^.;]{0,90}\b(?:than|compared (?:with|to)|versus|relative to)\b"
    r"(?! (?:(?:the|at|its|their) )*(?:baseline|before|pre-?treatment|initial))"
    r"|\bdifferences? between\b|\bbetween[- ](?:groups?|arms?|treatments?)\b|\bplacebo-(?:corrected|adjusted|subtracted)\b",
    re.I,
)
_BETWEEN = re.compile(
    r"between|\bvs?\b\.?|versus|compared (?:with|to)|than|differen|respectively"
    r"|group|arm|relative to|对照组|组间|两组",
    re.I,
)


# tests of something else than an effect, by the words right in front of the p-value or inside it ("P for trend")
_OTHER_TESTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("interaction", re.compile(r"\binteractions?\b|\bp-int\b|交互作用", re.I)),
    ("heterogeneity", re.compile(r"\bheterogene(?:ity|ous)\b|异质性", re.I)),
    ("trend", re.compile(r"\b(?:for|test of|linear) trend|\bp-? ?trend|趋势检验", re.I)),
    ("non-inferiority", re.compile(r"\bnon-? ?inferior(?:ity)?\b|非劣效", re.I)),
    (
        "correlation",
        re.compile(
            r"\b(?:correlat(?:ed?|es|ions?)|(?:predict(?:s|ed|ors?|ive)|independently associated)"
            r"|(?:Pearson|Spearman)\b.{0,20}\b(?:r|rho))\b|(?<![A-Za-z])[rR] ?= ?-? ?0?\.\d|相关(?!的?不良|并发)",
            re.I,
        ),
    ),
)
# one of these stands wherever a test of the table, or a comparison before treatment, is named: cheap to ask first
_OTHER_HINTS = ("interact", "p-int", "heterogen", "trend", "inferior", "correlat", "predict", "independently", "r =", "r=", "r  =",
                "pearson", "spearman", "交互", "异质", "趋势", "非劣", "相关")  # fmt: skip
_BASELINE_HINTS = ("baseline", "pretreatment", "pre-treatment", "entry", "enrol", "randomi", "基线", "治疗前")
# arms alike before treatment: "Baseline scores were 61 and 60 (P = .85)", "did not differ at baseline (p = .3)"
_OF_BASELINE = re.compile(
    r"^(?: ?[A-Z]{4,}:? )?(?:the |mean |median |their |demographic(?:s| data)? and )*(?:baseline|pre-?treatment)\b"
    r"(?! (?:to|and (?:after|at|final|end|week|month)|in|with|of)\b)|^[^,。]{0,20}(?:基线|治疗前)",
    re.I,
)
_LATER = re.compile(
    r"\b(?:from|versus|vs\.?|than|with|to) (?:the )?(?:baseline|before)|\b(?:after|end ?-?point|follow-?up|final)\b|\b(?:decreas|increas"
    r"|reduc|chang|improv)|\b(?:at|by) (?:the )?(?:end|\d+ ?-?[wmdyh]|week|month|day|year)|治疗后|后",
    re.I,
)
_SAME = r"(?:similar|comparable|balanced|matched|equivalent|\bdiffer)"
_ALIKE = re.compile(rf"{_SAME}|无(?:明显|显著|统计学)|可比|差异", re.I)
_ALIKE_AT_BASELINE = re.compile(
    rf"{_SAME}[^.;,]{{0,60}}\bat (?:the )?(?:baseline|entry|enrol?lment|randomi[sz]ation)\b"
    rf"|\bat (?:the )?(?:baseline|entry|enrol?lment|randomi[sz]ation)\b[^.;(]{{0,60}}{_SAME}",
    re.I,
)
# "mean scores at baseline were 61 and 60 (P = .85)", "with a baseline weight of 61 and 60 kg (P = .85)"
_GIVEN_AT_BASELINE = re.compile(
    r"\bat (?:the )?(?:baseline|entry|enrol?lment),? (?:was|were) [-\d]|\bbaseline (?:[a-z]\w*[ -]){0,4}(?:was|were|=|of|:) ?[-\d]",
    re.I,
)
_COMPARED = re.compile(r"\bbetween\b|respectively|\bvs\b|versus|\band\b|与|和", re.I)
_SUBGROUP = re.compile(r"\bsub-?(?:groups?|sets?|populations?)\b", re.I)
_CLAUSE_ENDS = re.compile("[.;。;] ")
_SENTENCE_ENDS = re.compile(r"\. (?=[A-Z])|。")
_THRESHOLD = re.compile(
    r"^[^.;。;()]{0,40}?\b(?:(?:considered|regarded|defined|accepted|deemed|taken|used|set|chosen)\b[^.;。;]{0,30}\bsignifican"
    r"|(?:indicat|denot)(?:ed|es|ing) (?:statistical )?significan)|^ ?(?:为|时|表示|认为)[^。;,]{0,14}(?:意义|显著)",
    re.I,
)
_LEVEL_OF = re.compile(
    r"\b(?:significance|alpha|level)\b[^.;。;()]{0,40}\b(?:set|defined|accepted|considered|taken|assumed|established|fixed)\b"
    r"[^.;。;()]{0,20}$|检验水准[^。;]{0,10}$",
    re.I,
)


def is_threshold(norm: str, p: PValue) -> bool:
    """Whether the p-value is the level of significance chosen beforehand ("P < .05 was considered significant")."""
    after, before = norm[p.end : p.end + 90], norm[max(0, p.start - 90) : p.start]
    if any(w in after for w in ("ignifican", "意义", "显著")) and _THRESHOLD.match(after):
        return True
    known = before.lower()
    return any(w in known for w in ("significance", "alpha", "level", "水准")) and bool(_LEVEL_OF.search(before))


def comparison(norm: str, p: PValue) -> str:
    """What the words around say is tested (see `read`); '' when they do not."""
    left = _clause_before(norm[max(0, p.start - 160) : p.start])
    right = re.split(r"[.;。;)]", norm[p.end : p.end + 40])[0]
    near = left[-60:].rsplit(")", 1)[-1] + p.text + right
    told = near.lower()
    if any(w in told for w in _OTHER_HINTS):
        for name, words in _OTHER_TESTS:
            if words.search(near):
                return name
    before = norm[max(0, p.start - 300) : p.start]
    known = before.lower()
    if any(w in known for w in _BASELINE_HINTS) and _before_treatment(_SENTENCE_ENDS.split(before)[-1]):
        return "at baseline"
    if ("sub" in known and _SUBGROUP.search(left)) or "亚组" in left:
        return "subgroup"
    if _WITHIN.search(right):
        return "baseline"
    if _CHANGES_COMPARED.search(left):
        return "between"
    if _WITHIN.search(left):
        return "baseline"
    return "between" if _BETWEEN.search(left) or _BETWEEN.search(right) else ""


def _clause_before(left: str) -> str:
    """The clause a p-value closes; a semicolon inside its own bracket ends nothing: "(24 vs 31; P = .02)"."""
    opened = left.rfind("(")
    opened = opened if opened > left.rfind(")") else len(left)
    return _CLAUSE_ENDS.split(left[:opened])[-1] + left[opened:]


def _before_treatment(sentence: str) -> bool:
    """Whether the words in front of a p-value compare arms before treatment and nothing later."""
    if _LATER.search(sentence):
        return False
    given = _OF_BASELINE.search(sentence) or _GIVEN_AT_BASELINE.search(sentence)
    told = given and (_ALIKE.search(sentence) or _COMPARED.search(sentence))
    return bool(told or _ALIKE_AT_BASELINE.search(sentence))


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
