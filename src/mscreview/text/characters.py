"""Character tables of the normal form, as data: which character becomes which. Used by `normal` only."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

EXPONENT_START = tuple("0123456789-+−–")
SUPERSCRIPT_SIGNS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
SUPERSCRIPTS = str.maketrans(SUPERSCRIPT_SIGNS, "0123456789+-")
SUPERSCRIPT_RUN = re.compile(f"[{SUPERSCRIPT_SIGNS}]+")

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d\u2796\u02d7"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_BY_HAND = {
    "‘": "'", "’": "'", "“": '"', "”": '"', "′": "'", "＜": "<", "〈": "<", "〉": ">", "≦": "≤", "≧": "≥",
    "⩽": "≤", "⩾": "≥", "﹤": "<", "﹥": ">", "∼": "~", "～": "~", "〜": "~", "✕": "×", "╳": "×", "⨯": "×",
    "µ": "μ", "．": ".", "｡": "。", "∶": ":", "〔": "[", "〕": "]", "［": "[", "］": "]", "﹪": "%",
    "\u2028": "\n", "\u2029": "\n", "\x85": "\n",
}  # fmt: skip
_KEEP = set("，⁄")
# blocks that hold compatibility forms met in abstracts: Latin-1, letterlike, squared units, full-width, styled digits
_BLOCKS = ((0xA0, 0x180), (0x2070, 0x2190), (0x3000, 0x3400), (0xF900, 0xFB10), (0xFE30, 0xFFF0), (0x1D7CE, 0x1D800))


def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Split the compatibility forms into one-for-one characters and those whose plain form is longer."""
    singles = dict.fromkeys(_DASHES, "-") | dict.fromkeys(_SPACES, " ") | _BY_HAND
    longer = dict.fromkeys(_INVISIBLE, "") | {"…": "..."}
    for low, high in _BLOCKS:
        for code in range(low, high):
            char = chr(code)
            kind = unicodedata.decomposition(char).partition(">")[0].lstrip("<")
            if char in singles or char in _KEEP or not kind or kind in ("super", "fraction"):
                continue
            plain = unicodedata.normalize("NFKC", char)
            if kind == "circle" and plain.isdigit():
                plain = f"({plain})"
            if len(plain) == 1 and plain != char:
                singles[char] = plain
            elif len(plain) > 1 and plain[0] != " ":
                longer[char] = plain
    return {char: singles.get(plain, plain) for char, plain in singles.items()}, longer


SINGLES, EXPANSIONS = _tables()
# sets: the few odd characters of a text are looked up in them, a table would be gone through whole
SINGLE_SIGNS, EXPANSION_SIGNS = frozenset(SINGLES), frozenset(EXPANSIONS)
EXPANSION_PATTERN = re.compile("[" + "".join(map(re.escape, EXPANSIONS)) + "]")

# UTF-8 read as Windows-1252 or Latin-1: "â€“", "Â±", "â‰¥", "Ã—"
_OFTEN_BROKEN = "–—−‐‑±×≥≤·’‘“”µμ°²³⁶⁹αβγδκΔχ∼≈½é…•→ üöä"


def _broken(char: str) -> set[str]:
    raw = char.encode("utf8")
    return {raw.decode(code, errors="ignore") for code in ("cp1252", "latin1")}


MOJIBAKE = {bad: c for c in _OFTEN_BROKEN for bad in _broken(c) if len(bad) > 1}
MOJIBAKE_SIGNS = "ÂÃâÎÏ"
MOJIBAKE_PATTERN = re.compile("|".join(sorted(map(re.escape, MOJIBAKE), key=len, reverse=True)))

CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAS_CJK = re.compile(f"[{CJK}]")
# "發(fā)展": pages that gloss a character with its reading; the tone mark tells it from an abbreviation
GLOSS = re.compile(f"(?<=[{CJK}])" + r" ?\((?=[a-zA-Z]{0,5}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ\u0300-\u030c])[^()\s\d]{1,8}\)")

# half a character, as broken exports hold it: opencc refuses it
_SURROGATE = re.compile("[\ud800-\udfff]")


def may_hold_chinese(characters: frozenset[str]) -> bool:
    """Whether a Chinese character can be among these; a cheap test, true of some other scripts too."""
    return max(characters, default="") >= "\u3400"


def simplified(text: str) -> str:
    """Traditional to Simplified, character for character; text without Chinese characters is returned as it is."""
    if not _HAS_CJK.search(text):
        return text
    text = _SURROGATE.sub("\ufffd", text)
    convert = _converter().convert
    new = convert(text)
    if len(new) == len(text):
        return new
    return "".join(c if len(s := convert(c)) != 1 else s for c in text)


@cache
def _converter():  # type: ignore[no-untyped-def]
    from opencc import OpenCC  # loading its dictionaries costs more than reading an English abstract

    return OpenCC("t2s")
