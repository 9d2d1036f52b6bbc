"""Which script a text is in, and Traditional to Simplified character for character, so that offsets stay true."""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

_CJK = re.compile(r"[\u3400-\u9fff]")


def simplified(text: str) -> str:
    """`text` with each Traditional character in its Simplified form; the length never changes."""
    return "".join(_one(c, "t2s") if c > "\u33ff" else c for c in text)


def language(text: str) -> str:
    """`zh-hans`, `zh-hant` or `en` (any script that is not Chinese) of a text; empty for no text."""
    if not text.strip():
        return ""
    characters = _CJK.findall(text)
    if len(characters) < 0.15 * len(re.sub(r"\s", "", text)):
        return "en"
    traditional = sum(_one(c, "t2s") != c for c in characters)
    plain = sum(_one(c, "s2t") != c for c in characters)
    return "zh-hant" if traditional > plain else "zh-hans"


@cache
def _one(character: str, way: str) -> str:
    changed = _converter(way).convert(character)
    return changed if len(changed) == 1 else character


@cache
def _converter(way: str) -> OpenCC:
    return OpenCC(way)
