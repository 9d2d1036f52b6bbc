"""Words and marks of effect estimates: names of measures, labels of intervals, bounds; patterns only."""

from __future__ import annotations

import re

from mscreview.text.search import beginnings

NUM = r"(?<![\d.])(?:\d+(?:\.\d+)?|\. ?\d+)"
SIGNED = rf"(?:(?:- ?|\+ ?)?{NUM})"
UNIT = (
    r"(?!(?:to|and|through|or)\b)(?:%|percent(?:age points?)?"
    r"|[a-zA-Zμµ]{1,10}(?: ?/ ?[a-zA-Zμµ0-9.]{1,8}(?:\(\d\))?){0,3}|mm ?Hg|个?[月周]|[天年岁分倍秒次]|小时|分钟|公[斤分尺]|毫升)"
)
TO = r"(?:to|through|and|[-,;~/]|至|到)"
LABEL_WORDS = (
    r"(?:(?P<level>\d{2}(?:\.\d+)?) ?(?:%|per ?cent)? ?-? ?(?:posterior )?)?(?<![A-Za-z])"
    r"(?:(?:CIs?|CrIs?|C\.I\.|c\.i\.|CL|[Cc]onfidence (?:[Ii]ntervals?|[Ll]imits?)"
    r"|[Cc]redib(?:le|ility) [Ii]ntervals?|(?:置信|可信|信赖)(?:区间|限))"
    r"|(?<=%)C(?= ?[-:\d])|(?<=% )C(?= ?[-:\d]))"
    r"(?: ?[\[(] ?(?:95 ?% ?)?C\.?I\.?s? ?[\])])?(?(level)|(?: ?9[059] ?%)?)"
)
LABEL = re.compile(LABEL_WORDS)
BOUNDS = rf"(?P<low>{SIGNED}) ?{UNIT}? ?(?:{TO}) ?(?P<high>{SIGNED})"
LABELLED = re.compile(
    rf"{LABEL_WORDS}(?: (?:for|of) [^.;()\d]{{1,40}}(?<![-+]))?[ ,:=;\[(]{{0,5}}(?:from |of |was "
    rf"|is |between |为|是|range )?{BOUNDS}"
)
BRACKETED = re.compile(rf"[\[(] ?{BOUNDS} ?{UNIT}? ?(?=[\]);,])")
# "HR 0.49, 0.32-0.75; p = ...": an estimate and its bounds, told apart by a comma alone
LISTED = re.compile(r"[,;](?<=\d.) (?P<low>\d+\.\d+) ?(?:to|-) ?(?P<high>\d+\.\d+)(?= ?[\]);,])")

# measure -> how it is printed; the longer names first so that "mean difference" is not read as "difference"
MEASURES: dict[str, str] = {
    "SMD": (
        r"\bSMDs?\b|standardi[sz]ed (?:weighted )?mean differences?|Hedges'? ?g\b"
        r"|Cohen'?s d\b|标准化均数差值?|标准化均差"
    ),
    "WMD": r"\bWMDs?\b|weighted mean differences?|加权均数差值?|加权均差",
    "RD": (
        r"\bRDs?\b|\bARRs?\b|(?:absolute )?risk differences?|absolute risk reductions?"
        r"|rate differences?|率差|危险差"
    ),
    "IRR": r"\bIRRs?\b|(?:incidence )?rate ratios?|incidence ratios?|ratios? of (?:[\w-]+ ){1,5}rates?|发生率比",
    "HR": (
        r"\b[as]?HRs?\b|hazards? ratios?|hazard rate ratios?|relative hazards?|hazard of"
        r"|风险比(?=[^A-Za-z]{0,3}HR)|危险比|风险函数比"
    ),
    "OR": r"\b[a]?ORs?(?:\b|(?=Q?\d))|odds ratios?|odds of|relative odds|比值比|优势比|胜算比|机会比",
    "RR": r"\b[a]?RRs?\b|relative risks?|(?:risk|mortality) ratios?|relative rates?|相对危险[度性]?|相对风险|风险比|危险度比",
    "NNT": r"\bNNT[BH]?\b|numbers? needed to (?:treat|harm)|需治疗人数|需治数",
    "ROM": r"\bROMs?\b|ratios? of (?:the )?(?:geometric )?means|(?:geometric )?mean ratios?|treatment effect ratios?",
    "MD": r"\bMDs?\b|\bLSMDs?\b|mean (?:\w+[- ]){0,3}differences?|differences? (?:in|of"
    r"|between) (?:the )?(?:adjusted |LS |least[- ]squares )?means?"
    r"|(?:treatment|between[- ](?:group|treatment|arm)s?|adjusted|group|estimated"
    r"|absolute|net) (?:\w+[- ]){0,2}(?:differences?|effects?)|\bETD\b|均数差值?"
    r"|均差|均值差|平均差(?:异|值)?",
    "difference": (
        r"\b(?:differences?|differ(?:ed|s)?|treatment effects?|effect sizes?|more than"
        r"|less than|treatment contrast)\b|[Δ∆](?= ?[=:]? ?(?:[-+]?\d|$))|差值|差异"
    ),
}
RATIOS = frozenset({"OR", "RR", "HR", "IRR", "ROM"})
# ASCII: an abbreviation in a Chinese sentence has no other word boundary ("合并SMD为0.85")
# no name starts inside a word: most places fail at once
NAME = re.compile("(?<![A-Za-z])(?:" + "|".join(f"(?P<m{k}>{v})" for k, v in MEASURES.items()) + ")", re.I | re.ASCII)
ABBREVIATION = re.compile(r"^(?:[asA]?[HO]Rs?|[as]?RRs?|S?MDs?|WMDs?|RDs?|IRRs?|ARRs?|LSMDs?|ETD|NNT[BH]?|ROMs?)$")
# "OR4th vs. 1st": digits glued to the name tell what is compared
BARE = re.compile(
    rf"(?<![A-Za-z])(?P<name>{'|'.join(v for k, v in MEASURES.items() if k not in ('difference', 'NNT', 'ROM'))})"
    r"(?!(?<=[A-Za-z])\d(?!\d?\.\d))(?: ?[\[(] ?[A-Za-z]{1,5} ?[\])])?(?: for [^.;()\d]{1,40})?(?: ?[=:,]| of| was| is| ?为)? ?(?:[\[(] ?)?"
    rf"(?P<est>{SIGNED})(?!\.?\d| ?%? ?(?:CI|confidence|C\b)| ?% of )",
    re.I | re.ASCII,
)
BARE_HINT = re.compile(
    "Ratio|ratio|RATIO|Difference|difference|Risk|risk|Hazard|hazard|Odds|odds|Effect|effect|RR|RD|OR|MD|HR|Hedges|Cohen|"
    "比|差|度"
)
_OPENING = (
    "smd standard hedges cohen wmd weighted rd rds arr absolute risk rate ratio irr incidence hr hrs ahr shr hazard relative "
    "or ors aor odds mortality rr rrs arr md mds lsmd mean difference treatment between adjusted group estimated net etd"
)
BARE_AT = beginnings(_OPENING, "标加率危发风比优胜相均平机")
NAME_AT = beginnings(
    _OPENING + " orq nnt number rom geometric differ effect more less", "标加率危发风比优胜相均需差平机Δ∆"
)
# what the label of an interval holds
LABEL_HINTS = ("CI", "CrI", "C.I", "c.i", "CL", "onfiden", "redib", "置信", "可信", "信赖", "%C", "% C")
LABEL_AT = re.compile(
    r"[\dCc置可信](?:(?<=\d)\d(?:\.\d+)? ?(?:%|per ?cent)? ?-? ?(?:posterior )?[Cc置可信]|(?<=[Cc])(?:r?I|L|\.[Ii]|onf|red| ?[-:\d])|(?<=[置可])信|(?<=信)赖)"
)
