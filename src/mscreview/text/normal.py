"""Normal form of a raw text with a map back to it: raw `str` in, `Passage` out; the first step of every reading.

Each step looks at the text once, lists edits (start, end, replacement) and the edits are applied together with the
offset map, so any stretch of the normal form can be quoted from the untouched raw text. Every step is linear in the
length of the text and is skipped when a cheap test shows that it has nothing to do.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mscreview.text import characters as ch
from mscreview.text.patterns import PEOPLE

Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A raw text, its normal form, and for every normal character the raw stretch it came from.

    `begins` and `ends` hold one raw offset for each normal character; both are None when the two texts align.
    """

    raw: str
    norm: str
    begins: list[int] | None = field(default=None, repr=False)
    ends: list[int] | None = field(default=None, repr=False)

    def span(self, i: int, j: int) -> tuple[int, int]:
        """Raw offsets of `norm[i:j]`; an empty stretch gives an empty span."""
        if self.begins is None or self.ends is None:
            return i, j
        if i >= j:
            at = self.begins[i] if i < len(self.begins) else len(self.raw)
            return at, at
        return self.begins[i], self.ends[j - 1]

    def at(self, raw: int) -> int:
        """Place in the normal form of a raw offset."""
        return raw if self.begins is None else bisect_left(self.begins, raw)

    def quote(self, i: int, j: int) -> str:
        """The raw characters behind `norm[i:j]`."""
        start, end = self.span(i, j)
        return self.raw[start:end]


def normalise(raw: str) -> Passage:
    """Bring `raw` to the normal form and keep the way back; never fails, linear in the length of the text."""
    passage, odd = Passage(raw, raw), _odd(raw)
    for applies, find_edits in _STEPS:
        if applies(passage.norm, odd) and (edits := list(find_edits(passage.norm))):
            passage = _apply(passage, edits)
            odd = _odd(passage.norm)
    return passage


def _odd(text: str) -> frozenset[str]:
    """The characters of a text beside ASCII; ASCII letters are among them when there is any other."""
    return frozenset() if text.isascii() else frozenset(text)


def _apply(passage: Passage, edits: list[Edit]) -> Passage:
    """Carry out non-overlapping edits in text order; a replaced stretch maps as a whole to its raw stretch."""
    norm = passage.norm
    if all(len(new) == end - start for start, end, new in edits):
        edges = [0, *(edge for start, end, _ in edits for edge in (start, end)), len(norm)]
        kept = [norm[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
        changed = [new for *_, new in edits]
        text = "".join(piece for pair in zip(kept, [*changed, ""], strict=True) for piece in pair)
        return Passage(passage.raw, text, passage.begins, passage.ends)
    old_begins = passage.begins if passage.begins is not None else range(len(norm))
    old_ends = passage.ends if passage.ends is not None else range(1, len(norm) + 1)
    parts: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    at = 0
    for start, end, new in edits:
        parts += (norm[at:start], new)
        begins.extend(old_begins[at:start])
        ends.extend(old_ends[at:start])
        if len(new) == end - start:
            begins.extend(old_begins[start:end])
            ends.extend(old_ends[start:end])
        else:
            begins.extend([old_begins[start]] * len(new))
            ends.extend([old_ends[end - 1]] * len(new))
        at = end
    parts.append(norm[at:])
    begins.extend(old_begins[at:])
    ends.extend(old_ends[at:])
    return Passage(passage.raw, "".join(parts), begins, ends)


# --- markup: entities, tags -------------------------------------------------------------------------------------

# "&lt;", "&amp;lt;", "& lt ;" and "&#x2212;": pages escape twice, and token-joined corpora put spaces inside
_ENTITY = re.compile(r"& ?(?:amp ?; ?){0,3}(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2}) ?;")
_TAG = re.compile(
    r"<(/?)(sup|sub|i|b|u|em|strong|p|br|div|span|a|h[1-6]|li|ul|ol|font|small|italic|bold|title|abstract|"
    r"AbstractText|sec|td|tr|th|table|jats:[a-z]{1,12})(?=[\s/>])[^<>]{0,300}>",
    re.I,
)


def _entities(text: str) -> Iterable[Edit]:
    for found in _ENTITY.finditer(text):
        plain = html.unescape(f"&{found[1]};")
        if not plain.startswith("&") or found[1] in ("amp", "AMP"):
            yield found.start(), found.end(), plain


def _tags(text: str) -> Iterable[Edit]:
    """Drop tags; an opening `<sup>` before a sign or digit becomes "^", a block tag a space."""
    for found in _TAG.finditer(text):
        closing, name = found[1], found[2].lower()
        new = ""
        if name == "sup" and not closing and text[found.end() : found.end() + 1] in ch.EXPONENT_START:
            new = "^"
        elif name in ("p", "br", "div", "li", "tr", "td", "th", "sec", "abstracttext") or name[0] == "h":
            new = " "
        yield found.start(), found.end(), new


# --- characters -------------------------------------------------------------------------------------------------


def _mojibake(text: str) -> Iterable[Edit]:
    return [(m.start(), m.end(), ch.MOJIBAKE[m[0]]) for m in ch.MOJIBAKE_PATTERN.finditer(text)]


def _superscripts(text: str) -> Iterable[Edit]:
    """A run of superscripts becomes "^" and plain characters; a lone superscript minus is a dash ("18⁻70")."""
    for found in ch.SUPERSCRIPT_RUN.finditer(text):
        plain = found[0].translate(ch.SUPERSCRIPTS)
        yield found.start(), found.end(), "^" + plain if any(c.isdigit() for c in plain) else plain


def _wide(text: str) -> Iterable[Edit]:
    """Characters whose plain form has another length: ligatures, unit squares, circled numbers, zero-width."""
    return [(m.start(), m.end(), ch.EXPANSIONS[m[0]]) for m in ch.EXPANSION_PATTERN.finditer(text)]


def _glosses(text: str) -> Iterable[Edit]:
    return [(m.start(), m.end(), "") for m in ch.GLOSS.finditer(text)]


def _plain(text: str) -> Iterable[Edit]:
    """One character for one: dashes, spaces, full-width forms, Traditional to Simplified."""
    new = text
    for c in frozenset(text) & ch.SINGLE_SIGNS:
        new = new.replace(c, ch.SINGLES[c])
    new = ch.simplified(new)
    return [(0, len(text), new)] if new != text else []


# --- numbers ----------------------------------------------------------------------------------------------------

# "0. 92", "1 .5": a decimal point with a space beside it, and the characters that show it
_POINT_APART = (" .", ". ")
_DECIMAL = (",",)
_PARTED = (re.compile(r"\. \d"), re.compile(r" \.\d"))
_DECIMAL_COMMA, _THOUSANDS_COMMA = re.compile(r",\d{1,2}(?!\d)"), re.compile(r", ?\d{3}(?!\d)")
_THREE_APART = re.compile(r" (?<=\d )\d{3}")
_MEASURES = "mg|g|kg|μg|ml|mL|cm|mm|mmol|mmHg|kPa|days?|h|hours?|min|points?"
# pattern, what its groups a and b become, and characters without which it cannot match (a cheap test first)
_NUMBER_EDITS: tuple[tuple[re.Pattern[str], tuple[str, ...], tuple[str, ...]], ...] = (
    # "10(6)/kg" as MEDLINE prints a lost superscript; "5 x 106 cells"
    (re.compile(r"10(?<![\d.,]10)(?P<a>\()\d{1,2}(?P<b>\))(?! ?%)"), ("^", ""), ("10(",)),
    (re.compile(r"\d ?[×x*] ?10(?P<a>)(?:[4-9]|1[0-2])(?= ?(?:cells|/|\.kg|个|细胞|MSC))"), ("^",), ("10",)),
    # "1·5" (Lancet), "1 . 5" (token-joined), "0. 92", "(0.46-0. 92)"
    (re.compile(r"(?<=\d)(?P<a> ?[·∙⋅] ?)(?=\d)(?!10\^)"), (".",), ("·", "∙", "⋅")),
    (re.compile(r"(?<=\d)(?P<a>[•‧‚] ?)(?=\d)"), (".",), ("•", "‧", "‚")),
    (re.compile(r"(?<=\d)(?P<a> \. )(?=\d)"), (".",), (" . ",)),
    (re.compile(r"0(?<![\d.,]0)(?P<a>(?: \.|\. ))(?=\d)"), (".",), ("0 .", "0. ")),
    (re.compile(r"(?<=[-=±<>(\[])\d{1,3}(?P<a>(?: \.|\. ))(?=\d{1,4} ?[-)\]%;,±])"), (".",), _POINT_APART),
    (re.compile(r"[-=±<>(\[] \d{1,3}(?P<a>(?: \.|\. ))(?=\d{1,4} ?[-)\]%;,±])"), (".",), _POINT_APART),
    # decimal commas only where a list is impossible: "0,05", "3,5 ± 1,2", "12,5%", "12,4 mg", both ends of "(8,0-18,5)"
    (re.compile(r"0(?<![\d.,]0)(?<!weeks 0)(?<!months 0)(?<!days 0)(?P<a>,)(?=\d{1,4}(?![\d,]))"), (".",), ("0,",)),
    (re.compile(rf"\d(?<![\d.,].)\d{{0,2}}(?P<a>,)(?=\d{{1,2}}(?: ?[±%]| (?:{_MEASURES})\b))"), (".",), _DECIMAL),
    (re.compile(r"[(\[]\d{1,3}(?P<a>,)\d{1,2} ?- ?\d{1,3}(?P<b>,)\d{1,2} ?[)\]]"), (".", "."), _DECIMAL),
    (re.compile(r"± ?\d{1,3}(?P<a>,)(?=\d{1,2}(?![\d,]))"), (".",), ("±",)),
    # "P<0.000 01": decimals printed in threes
    (re.compile(r"[Pp] ?[<=>] ?0?\.\d{3}(?P<a> )(?=\d{1,2} ?[)\];,，。、])"), ("",), (".0",)),
)
_THOUSANDS = re.compile(r"[1-9](?:(?<![\d.,].)|(?<=[\u4e00-\u9fff],.))\d{0,2}(?:, ?\d{3})+(?![\d]|,\d|\.\d{3},)")
# "12 345 women", "2 018例", "(1 136.4±268.7)"
_SPACED_THOUSANDS = re.compile(
    r"[1-9](?<![\d.,/-].)(?<!\d .)\d{0,2} \d{3}(?= (?:\w{3,20} ){0,2}" + PEOPLE + r"| ?[例名位篇])"
    r"|[1-9](?<![\d.,/-].)(?<!\d .)\d{0,2} \d{3}(?= (?:IU|kcal|steps|copies|cells|euros?)\b)"
    r"|(?<=[(\u4e00-\u9fff])[1-9]\d{0,2} \d{3}(?=(?:\.\d{1,3})? ?±)"
    r"|[nN] ?= ?[1-9]\d{0,2} \d{3}(?= ?[),;\]])"
)
# "12 807 in the first group": only in a text that prints thousands so elsewhere
_SPACED_ALIKE = re.compile(
    r"[1-9](?<![\d.,/-].)(?<!\d .)\d{0,2} \d{3}(?= ?[),;\]]| (?:in|on|to|with|were|was|had|of|and|received|assigned|who|from)\b)"
)


def _numbers(text: str) -> Iterable[Edit]:
    edits: dict[int, Edit] = {}
    held = {
        _POINT_APART: any(p.search(text) for p in _PARTED),
        _DECIMAL: _DECIMAL_COMMA.search(text) is not None,
    }
    for pattern, replaced, hints in _NUMBER_EDITS:
        if not (held[hints] if hints in held else any(hint in text for hint in hints)):
            continue
        for found in pattern.finditer(text):
            for group, new in zip("ab", replaced, strict=False):
                start, end = found.span(group)
                edits[start] = (start, end, new)
    for found in _THOUSANDS.finditer(text) if _THOUSANDS_COMMA.search(text) else ():
        groups = found[0].split(",")
        if ", " in found[0] and (len(groups) > 2 or not text[found.end() : found.end() + 16].lstrip()[:7].isalpha()):
            continue  # "5, 120 and 240": a list, not a thousand
        if len(groups) > 2 and len(groups[0]) == 3:
            continue  # "100,200,300 mg": a list
        if len(groups) == 2 and _are_quartiles(text, found.start(), groups):
            continue
        for comma in re.finditer(", ?", found[0]):
            at = found.start() + comma.start()
            edits.setdefault(at, (at, at + len(comma[0]), ""))
    spaced = [found.end() for found in _SPACED_THOUSANDS.finditer(text)] if _THREE_APART.search(text) else []
    spaced += [found.end() for found in _SPACED_ALIKE.finditer(text)] if spaced else []
    for end in spaced:
        edits.setdefault(end - 4, (end - 4, end - 3, ""))
    return _disjoint(edits)


def _are_quartiles(text: str, start: int, groups: list[str]) -> bool:
    """ "178(172,183)": what is printed around a median."""
    median = re.search(r"(?<![\d.])(\d{1,3}) ?\($", text[max(0, start - 6) : start])
    return median is not None and int(groups[0]) <= int(median[1]) <= int(groups[1])


def _disjoint(edits: dict[int, Edit]) -> Iterable[Edit]:
    at = 0
    for start in sorted(edits):
        if start >= at:
            yield edits[start]
            at = edits[start][1]


def _runs(text: str) -> Iterable[Edit]:
    """Runs of blanks ("n  =  455", typeset with thin spaces) become one blank."""
    return [(m.start(), m.end(), " ") for m in _BLANKS.finditer(text)]


_BLANKS = re.compile(r"  +")


def _wide_commas(text: str) -> Iterable[Edit]:
    """Last of all, so that a full-width comma never reads as a thousands separator."""
    return [(0, len(text), text.replace("，", ","))]


# whether a step can have something to do, by the text and its odd characters; what it does
_STEPS: tuple[tuple[Callable[[str, frozenset[str]], object], Callable[[str], Iterable[Edit]]], ...] = (
    (lambda t, odd: "&" in t, _entities),
    (lambda t, odd: "&" in t, _entities),
    (lambda t, odd: "<" in t, _tags),
    (lambda t, odd: not odd.isdisjoint(ch.MOJIBAKE_SIGNS), _mojibake),
    (lambda t, odd: not odd.isdisjoint(ch.SUPERSCRIPT_SIGNS), _superscripts),
    (lambda t, odd: not odd.isdisjoint(ch.EXPANSION_SIGNS), _wide),
    (lambda t, odd: not odd.isdisjoint(ch.SINGLE_SIGNS) or ch.may_hold_chinese(odd), _plain),
    (lambda t, odd: "(" in odd and ch.may_hold_chinese(odd), _glosses),
    (lambda t, odd: "  " in t, _runs),
    (lambda t, odd: True, _numbers),
    (lambda t, odd: "，" in odd, _wide_commas),
)
