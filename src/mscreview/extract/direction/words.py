"""Words that say which way a value moved, both languages: a stretch of the normal form in, `Cue`s in order out.

Data first (what stands for increased, decreased, improved, worsened, no difference), then the one function that finds
them. Denied words ("did not improve", 未见升高) mean no difference; "returned to baseline" and "higher doses" mean nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """A direction word: which way it points, and the significance its own words claim."""

    start: int
    end: int
    way: str
    claim: str = ""


def direction_words(norm: str, start: int, end: int) -> list[Cue]:
    """Direction words of `norm[start:end]` in order; a denied one means no difference."""
    cues: list[Cue] = []
    returned = [m.span() for m in RETURNED.finditer(norm, start, end)]
    for m in _matches(norm, start, end):
        if _NO_CUE_AFTER.match(norm, m.end()) or any(a <= m.start() < b for a, b in returned):
            continue
        way = m.lastgroup or ""
        if way != "same" and _DENIED.search(norm, max(start, m.start() - 40), m.start()):
            way = "same"
        claim = "" if way == "same" else _claim(norm, m, start, end)
        if cues and m.start() - cues[-1].end <= 2 and cues[-1].way == _NAMES[way]:
            continue
        cues.append(Cue(m.start(), m.end(), _NAMES[way], claim))
    return cues


def _matches(norm: str, start: int, end: int) -> list[re.Match[str]]:
    """Words of both languages in text order; the Chinese ones are looked for only in a text that has any."""
    found = list(_WORDS_EN.finditer(norm, start, end))
    if norm.isascii():
        return found
    return sorted([*found, *_WORDS_ZH.finditer(norm, start, end)], key=lambda m: m.start())


def _claim(norm: str, m: re.Match[str], start: int, end: int) -> str:
    around = norm[max(start, m.start() - _CLAIM_REACH) : min(end, m.end() + 16)]
    return "significant" if _CLAIMED.search(around) else ""


# --- the words ---------------------------------------------------------------------------------------------------

_ENGLISH = {
    "same": r"\b(?:no|not|without|nor|never|did not|neither|failed to)\b(?: \w+){0,3}? "
    r"(?:significan(?:t|ce|tly)(?! (?:\w+[- ])?(?:side|adverse|complication|toxic|event|reaction|bleed))|"
    r"statistical(?:ly)?|differ(?:ence|ences|ent|ed)?|changes?|changed|effects?|affect|improve(?:ment|d)?|increase|decrease)"
    r"(?: (?:significant|statistical|difference|differences|change|changes|effect|improvement|increase|decrease|reduction|"
    r"benefit|between|in the|in|on))*"
    r"|\b(?:was|were|remained) (?:\w+ )?(?:similar|comparable|unchanged|stable|unaffected)\b|\bsimilar (?:in|between|among)\b",
    "up": r"\b(?:increas(?:e|ed|es|ing)|rose|risen|rises?|rising|elevat(?:ed|ion)|rais(?:ed|e)|higher|greater|went up|"
    r"upregulated|prolonged|gain(?:ed)?)\b",
    "down": r"\b(?:decreas(?:e|ed|es|ing)|declin(?:e|ed|es|ing)|reduc(?:e|ed|es|tion|tions|ing)|lower(?:ed|ing)?|fell|fallen|"
    r"falls?|drop(?:ped)?|diminish(?:ed)?|shorten(?:ed|ing)?|fewer|less frequent|smaller|went down)\b",
    "better": r"\b(?:improv(?:e|ed|es|ing|ement|ements)|ameliorat(?:e|ed|ion)|better|recover(?:ed|y)|restor(?:ed|ation)|"
    r"favou?red|benefit(?:ed)?|reliev(?:e|ed)|enhanc(?:e|ed|ement)|superior)\b",
    "worse": r"\b(?:worsen(?:ed|ing)?|deteriorat(?:e|ed|ion)|worse|poorer|inferior)\b",
}
_CHINESE = {
    "same": r"(?:均|都)?(?:无|没有|未见|未有|不具有|不存在)(?:明显|显著|统计学|显著性)?的?(?:统计学)?(?:差异|意义|变化|改善|改变|差别)"
    r"|差异均?(?:无|没有|不具有?)(?:统计学|显著)?(?:意义|性)|差异不(?:大|显著|明显)|(?:无|没有)统计学意义|相近|接近|相当|相似|未见明显"
    r"|未(?:较\S{1,8})?出现(?:持续)?(?:改善|变化|升高|下降)|未见?(?:明显)?(?:改善|升高|下降|降低)|改善有限",
    "up": r"(?:升高|上升|增加|提高|增高|提升|高于|较高|更高|(?<!随时间)延长|增多|上调|升至)(?!率)|增至",
    "down": r"(?:降低|下降|减少|减低|低于|较低|更低|缩短|减轻|下调|少于|短于|降至|降为)(?!率)|减至",
    "better": r"改善|好转|恢复|优于|缓解|获益|优化",
    "worse": r"恶化|加重|差于|劣于",
}


def _words(ways: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{way}>{words})" for way, words in ways.items()), re.I | re.ASCII)


_WORDS_EN, _WORDS_ZH = _words(_ENGLISH), _words(_CHINESE)
_NAMES = {
    "same": "no difference",
    "up": "increased",
    "down": "decreased",
    "better": "improved",
    "worse": "worsened",
}
_DENIED = re.compile(
    r"(?:\b(?:no|not|never|without|nor|neither|did not|were not|was not|failed to)(?: \w+){0,2} ?|未(?:能|见|出现)?|无|没有|并未|不能)(?:明显|显著|进一步|持续|额外)?的?$",
    re.I,
)
_CLAIMED = re.compile(
    r"\b(?:significant(?:ly)?|markedly|remarkably)\b|显著|明显|差异(?:均)?(?:有|具有)统计学意义", re.I
)
# "returned to baseline", "higher doses", "reduce the need": no direction of an outcome
_NO_CUE_AFTER = re.compile(
    r"者?(?:共|为)? ?\d+ ?[例名]"
    # "improved in 8 of 12 patients" counts people
    r"| in (?:only |about |all )?(?:\d+(?:\.\d+)? ?(?:%|of|/|\(|patients)|(?:one|two|three|four|five|six|seven|eight|nine|ten|half|most|some) )"
    r"| (?:doses?|dosages?|risk of bias|quality|grade|than \d|limit)|(?:剂量|例数|样本|受损|受损的|需求)",
    re.I,
)
RETURNED = re.compile(r"\breturn(?:ed)? to (?:the )?baseline|恢复(?:至|到)(?:基线|治疗前)(?:水平)?", re.I)
_CLAIM_REACH = 30
