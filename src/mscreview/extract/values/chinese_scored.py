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
    r"(?:升高|降低|下降|上升|增加|减少|提高|增高|缩短|延长|增长|变化|改变|差值?|差异)(?:了|值|量|幅度?|比例|百分比)?"
    r"(?:均|平均|约|分别|依次)*(?:为|是|达)? ?[-+]?$"
)
# in methods: "服用甲药300 mg/d", "燕麦粉12.45公克"; not "抽取骨髓200 ml", "尿蛋白>1 g"
_MASS = re.compile(
    r"(?:mg|g|μ ?g|mcg|ug|IU|U|m[lL]|毫克|毫升|公克|微克)(?: ?/ ?(?:kg|m2|m\^2))?(?: ?/ ?(?:d|h|次|日|天|周))?$"
)
_DRUG = re.compile(r"(?:[A-Za-z\u4e00-\u9fff)] ?|n ?= ?\d{1,5}, ?|[(](?:[^()\d]{1,16},)? ?)$")
_NO_DRUG = re.compile(
    r"(?:抽取?|采集?|吸取|留取|取血|骨髓|外周血|静脉血|尿|出血量?|蛋白|体[质重]量?|血糖|[<>≤≥]|大于|小于|低于|高于)[^,。;]{0,8}$"
)
_STRENGTH = re.compile(r" ?(?!的|者|[、和与及比对])[A-Za-z\u4e00-\u9fff]")  # "0.01%茶水"
# "不良事件中白细胞减少9.7%": what befell people, however it is called
_HARM = re.compile(r"(?:不良(?:反应|事件)|毒性|毒副|副作用|并发症)(?![^。;]*率)[^。;]*$")
_NEXT = re.compile(r" ?%? ?(?:、|和|与|及|,|vs\.?|比|对)+ ?[-+]?")


def settled(norm: str, group: Sequence[Value], labels: Sequence[str], section: str) -> list[str]:
    """The classes of the numbers of one Chinese sentence of a section."""
    out: list[str] = []
    for k, (v, label) in enumerate(zip(group, labels, strict=True)):
        share = v.unit.startswith("%") and v.spread is None
        if (
            label in _BY_RULES
            or (label == "relative" and not share)
            or (label == "dose" and (not v.unit or _NO_AMOUNT.match(v.unit)))
        ):
            label = "other"
        before = norm[max(0, v.start - 20) : v.start]
        if label == "dose" and (_NO_DRUG.search(before) or (share and not _STRENGTH.match(norm, v.end))):
            label = "other"
        elif label == "other" and section == "methods" and v.spread is None and _MASS.match(v.unit):
            label = "dose" if _DRUG.search(before) and not _NO_DRUG.search(before) else label
        if share and norm[v.start] not in "+-" and label != "dose":
            follows = k > 0 and _NEXT.fullmatch(norm, group[k - 1].end, v.start) is not None
            moved = (
                out[-1] in ("relative", "difference") if follows else _MOVED.search(norm, max(0, v.start - 16), v.start)
            ) and not _HARM.search(norm, max(0, v.start - 60), v.start)
            label = (label if label in ("relative", "difference") else "relative") if moved else "percent"
        out.append(label)
    return out
