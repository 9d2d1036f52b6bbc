"""What of the learned scorer's classes holds in a Chinese sentence: a group of numbers and their classes in, classes out.

The scorer was trained on English. In Chinese the means, changes and medians are read by the rules of `chinese`; of the
scorer's classes only doses, differences, shares and changes in percent are kept, and a percentage is a share of people
unless the words in front of it say that something rose, fell or differed by it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mscreview.extract.values.numbers import Value

_BY_RULES = ("baseline", "final", "change", "median", "median change")
_NO_AMOUNT = re.compile(r"[次例倍岁周天日月年位]|个月|小时|分(?:钟)?$")
# "下降0.9%", "率差为17.8%", "降低了约20%"
_MOVED = re.compile(
    r"(?:升高|降低|下降|上升|增加|减少|提高|增高|缩短|延长|增长|变化|改变|差值?|差异(?! ?[(]))(?:了|值|量|幅度?|比例|百分比)?"
    r"(?:均|平均|约|分别|依次)*(?:为|是|达)?[ (]*[-+]?$"
)
_NEXT = re.compile(r" ?%? ?(?:、|和|与|及|,|vs\.?|比|对)+ ?[-+]?")


def settled(norm: str, group: Sequence[Value], labels: Sequence[str]) -> list[str]:
    """The classes of the numbers of one Chinese sentence."""
    out: list[str] = []
    for k, (v, label) in enumerate(zip(group, labels, strict=True)):
        share = v.unit.startswith("%") and v.spread is None
        if label in _BY_RULES or (label == "relative" and not share) or (label == "dose" and _NO_AMOUNT.match(v.unit)):
            label = "other"
        if share and norm[v.start] not in "+-" and label != "dose":
            follows = k > 0 and _NEXT.fullmatch(norm, group[k - 1].end, v.start) is not None
            moved = (
                out[-1] in ("relative", "difference") if follows else _MOVED.search(norm, max(0, v.start - 16), v.start)
            )
            label = (label if label in ("relative", "difference") else "relative") if moved else "percent"
        out.append(label)
    return out
