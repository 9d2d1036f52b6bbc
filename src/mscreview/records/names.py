"""Readable record ids from names: `Lin BL` 2017 is `linbl2017`, 邓力宾 2015 is `denglb2015`.

Author names as exports print them in; surname and initials in plain lower-case letters out.
"""

from __future__ import annotations

import re
import unicodedata

from pypinyin import lazy_pinyin

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
# Surnames that are read otherwise than the same character elsewhere, and surnames of two characters.
_SURNAMES = {
    "曾": "zeng", "单": "shan", "單": "shan", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "區": "ou",
    "朴": "piao", "任": "ren", "华": "hua", "華": "hua", "覃": "qin", "翟": "zhai", "缪": "miao", "繆": "miao",
    "冼": "xian", "盖": "ge", "欧阳": "ouyang", "歐陽": "ouyang", "司马": "sima", "司馬": "sima", "上官": "shangguan",
    "诸葛": "zhuge", "諸葛": "zhuge", "司徒": "situ", "东方": "dongfang", "皇甫": "huangfu", "尉迟": "yuchi",
    "慕容": "murong",
}  # fmt: skip


def author_key(author: str) -> str:
    """Surname and initials of one printed name, in lower-case letters; empty where nothing is left."""
    surname, given = split_name(author)
    return _plain(surname) + "".join(_initials(given))


def surname_in_latin(author: str) -> str:
    """Surname of one printed name as a label shows it: `Al Tayeb`, `Deng` for 邓力宾."""
    surname, _ = split_name(author)
    latin = surname if surname.isascii() else _pinyin(surname)
    return latin.capitalize() if latin.islower() else latin


def split_name(author: str) -> tuple[str, str]:
    """Surname and given names (or initials) of one printed name.

    `Newsome PN`, `Newsome, Philip N`, `Philip Newsome`, `NEWSOME Philip` and 邓力宾 are told apart; one word alone is a
    surname.
    """
    author = author.strip(" .,;")
    if re.fullmatch(r"[\u3400-\u9fff·•]+", author):
        surname = max((s for s in _SURNAMES if author.startswith(s)), key=len, default=author[0])
        return _pinyin(surname), " ".join(lazy_pinyin(author[len(surname) :]))
    if "," in author:
        surname, _, given = author.partition(",")
        return surname, given
    words = author.split()
    if len(words) < 2:
        return author, ""
    if _are_initials(words[-1]):
        return "".join(words[:-1]), words[-1]
    if words[0].isupper() and len(words[0]) > 1:
        return words[0], " ".join(words[1:])
    return words[-1], " ".join(words[:-1])


def _are_initials(word: str) -> bool:
    letters = re.sub(r"[.\-‐]", "", word)
    return letters.isupper() and len(letters) <= 4


def _pinyin(surname: str) -> str:
    return _SURNAMES.get(surname) or "".join(lazy_pinyin(surname))


def _initials(given: str) -> list[str]:
    words = [w for w in re.split(r"[\s.\-‐]+", given) if w]
    return [_plain(w) if w.isupper() and len(w) <= 4 else _plain(w)[:1] for w in words]


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return re.sub(r"[^a-z]", "", apart)
