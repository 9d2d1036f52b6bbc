"""Where a Chinese text names its groups: a normal form in, places that end in 组 out. Part of `names`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

# what tells one arm from another: 常规治疗组 is not the 治疗组, 多次喂养组 not the 喂养组, 假茶组 not the 茶组
TELLS_APART = re.compile("[常规单双多两次联合安慰空白高中低大小纯综药物内科对照标准早晚新老假伪非未不无]")


def names(norm: str) -> Iterator[tuple[int, int]]:
    """ "治疗组", "常规治疗组", "AB-CDE 组", "A组"."""
    spans = list(_spans(norm)) if "组" in norm else []
    printed = Counter(norm[a:b] for a, b in spans)
    for start, end in spans:
        yield _own_start(norm[start:end], printed, start), end


def second_names(norm: str) -> Iterator[tuple[str, str]]:
    """ "小剂量组(D1组)", "小剂量组(D1组,n=20)": a name with the one printed in brackets behind it."""
    for m in _SECOND.finditer(norm) if "组" in norm else ():
        yield m["long"], m["short"]


_SECOND = re.compile(
    r"(?P<long>[A-Za-z0-9+\u4e00-\u9fff-]{1,12}组) ?\((?P<short>[A-Za-z0-9+\u4e00-\u9fff-]{1,8}组)[),;]"
)
_GROUP = re.compile(r"(?<!区)(?P<gap> ?)(?<!区)组(?!(?<=重组)[人干胰乙牛促]|织|成|分(?!别)|间|内|合|学|胺|蛋)")
# what ends a Chinese name, going back from 组: marks, words of relation and of measure; 两组, 各组, 分组 name no arm
_EDGE = re.compile(
    r"[,;。、:()\[\]\s\"“”=<>%]|于|与|和|及|或|较|比|将|为|分|(?<!介)入|的|均|都|以|在|至|由|从|对(?!照)|给予|接受|采用|患者|者(?!$)|病例|水平|评分"
    r"|其中|中(?=[试对治观实干研控][验照疗察预究制]$)|[例名]|内(?!科)|则|但|而|[后前时年月周天]|共|每|各|两(?!次)|[二三四](?=个?$)|该|本|同期|同|其他|其余|另|全|率|中位数?|升高|增加|增高|降低|下降|减少|提高|随机|显著|明显|使|(?<!神)经|并设|另设|设立|设为|了|是|第|组"
)
_NAME = re.compile(r"[A-Za-z0-9+\u4e00-\u9fff/-]{1,12}$")
_LONGEST_MODIFIER = 4
_ADDED_TO = re.compile("(?:复合|联合|配合|合并|辅以|加)$")
_MODIFIER = re.compile("常规|[单双多高中低大小早晚新老假伪非未不无纯药]|两次|联合|安慰|空白|综合|内科|对照|标准")
_LABEL = re.compile(r"(?<=[\u4e00-\u9fff])[A-F]$")  # "发热A组": what befell group A


def _spans(norm: str) -> Iterator[tuple[int, int]]:
    numbers = {int(n) for n in _NUMBERED.findall(norm)}
    for m in _GROUP.finditer(norm):
        low = max(0, m.start() - 14)
        edge = max((e.end() for e in _EDGE.finditer(norm, low, m.start())), default=low)
        name = _NAME.search(norm, edge, m.start())
        if (
            name
            and not (m["gap"] and not norm[m.start() - 1].isascii())
            and norm[m.start() - 1] != "小"
            and name[0] not in ("小", "一", "双", "多", "单")
            # "3组比较" tells how many groups there are, where no group 2 or 4 is named
            and not (name[0].isdecimal() and numbers.isdisjoint((int(name[0]) - 1, int(name[0]) + 1)))
        ):
            label = _LABEL.search(name[0])
            yield name.start() + (label.start() if label else 0), m.end()


def _is_whole(name: str, k: int) -> bool:
    """Whether what begins at `k` can be a name: two characters before 组, or the letter of "R组"."""
    return len(name) - k > 2 or (name[k].isascii() and name[k].isupper() and not name[k - 1].isascii())


_NUMBERED = re.compile(r"(?<![A-Za-z\d])(\d{1,12}) ?组")


def _own_start(name: str, printed: Counter[str], start: int) -> int:
    """Where the name itself begins: what only once stands in front of a name printed elsewhere ("疼痛评分治疗组") is none of it."""
    if printed[name] > 1:
        return start
    added = next((k for k in range(1, len(name) - 1) if name[k:] in printed and _is_whole(name, k)), 0)
    if _ADDED_TO.search(name[:added]):
        return start  # "甲药复合乙药组" beside "乙药组"
    return start if added <= _LONGEST_MODIFIER and _MODIFIER.search(name[:added]) else start + added
