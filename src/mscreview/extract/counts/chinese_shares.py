"""Percentages in Chinese sentences: a context and one of its numbers in, the status of a share of people out.

Chinese prints a share as English does; what it is of, and what is a mean or a change in percent, is told later. A limit
("达标(<7%)者") is no result, and a bare 0 in a list of percentages is one of them ("6.8%和0").
"""

from __future__ import annotations

import re

from mscreview.extract.model import Context
from mscreview.text import Quantity

_LEVEL = re.compile(r" ?-?(?:CI|C\.?I\b|可信|置信|信赖)", re.I)
_LIMIT = re.compile(r"(?:[<>≤≥]|大于|小于|超过|不足|不低于|不少于|至少|低于|高于)(?:或等于)? ?$")
# of a test, not of people
_OF_A_TEST = re.compile(r"(?:灵敏|敏感|特异|准确)[度性率][^,。;]{0,4}$|预测值[^,。;]{0,4}$")
_AFTER_SHARE = re.compile(r"% ?(?:[(\[][^()\[\]]{1,20}[)\]])? ?(?:、|和|与|及|比|对|,|vs\.?) ?$")
_BEFORE_SHARE = re.compile(r"(?: ?[(\[][^()\[\]]{1,20}[)\]])? ?(?:、|和|与|及|比|对|vs\.?) ?\d+(?:\.\d+)? ?%")
_NO_COUNT = re.compile(r" ?(?:[例名位人次个周天月年.\d]|[A-Za-z])")


def share(context: Context, q: Quantity) -> str:
    """`ok` or `ambiguous` for a percentage, '' for what is none."""
    norm = context.norm
    before = norm[max(0, q.start - 30) : q.start]
    if q.percent:
        return (
            ""
            if _LEVEL.match(norm, q.end)
            else "ambiguous"
            if _LIMIT.search(before) or _OF_A_TEST.search(before)
            else "ok"
        )
    if q.value != 0 or q.text != "0" or _NO_COUNT.match(norm, q.end):
        return ""
    return "ok" if _AFTER_SHARE.search(before) or _BEFORE_SHARE.match(norm, q.end) else ""
