"""What a meta-analysis says of itself: I2 and the number of studies; a context in, facts out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mscreview.extract.model import Context, Fact
from mscreview.text.search import beginnings, starting

_I2 = re.compile(
    r"I(?<![A-Za-z].)(?:\^?2|-squared| square|²)(?: ?(?:statistic|value))? ?(?:=|:|of|was|for|为"
    r"|,)? ?(?P<num>\d{1,3}(?:\.\d+)?) ?%"
)
_STUDIES = re.compile(
    r" ?(?:(?:eligible|included|relevant|published|independent|different|original"
    r"|primary|controlled|clinical|prospective|"
    r"randomi[sz]ed|non-?randomi[sz]ed|comparative|observational|cohort|qualified"
    r"|retrospective|and|,|\(?RCTs?\)?)[ ,-]{1,2}){0,6}"
    r"(?:stud(?:y|ies)|trials?|RCTs?|articles|papers|publications|literatures?)\b"
    r"| ?[篇项](?=[,。;,、]|$)| ?[项篇个](?:[^。,;\d]{0,12}?)(?:研究|文献|试验|RCT)",
    re.I,
)
_POOLED = re.compile(
    r"includ|identif|eligib|meta-?analys|review|met the|enrolled|pooled|selected"
    r"|analy[sz]ed|retriev|involv|compris|from|of|across|共|纳入|入选|检索|荟萃",
    re.I,
)
_REVIEW = re.compile(
    r"meta-?analy|systematic review|pooled analysis|荟萃分析|系统(?:评价|综述)"
    r"|Meta分析|\b(?:articles|papers|studies|trials) [^.]{0,80}\bpooled"
    r"|brought together|pooled (?:odds|risk|hazard|mean|estimate)|(?:random"
    r"|fixed)-effects?",
    re.I,
)
_REVIEW_AT = beginnings("meta systematic pooled articles papers studies trials brought random fixed", "荟系")
# a plain search for letters that every one of those phrases holds, in a case that occurs: most texts stop here
_REVIEW_HINT = re.compile("Meta|meta|META|Systematic|systematic|SYSTEMATIC|Pool|pool|POOL|brought|effects|荟萃|系统")


def read(context: Context) -> Iterator[Fact]:
    """Facts of kind heterogeneity (measure I2, percent) and, in reviews, k_studies."""
    norm = context.norm
    for m in _I2.finditer(norm):
        text = m["num"]
        yield context.fact(
            "heterogeneity", m.start(), m.end(), "heterogeneity: I2", measure="I2", value=float(text), unit="%",
            value_text=text, decimals=len(text.partition(".")[2]),
        )  # fmt: skip
    if not _REVIEW_HINT.search(norm) or not any(starting(_REVIEW, _REVIEW_AT, norm)):
        return
    for q in context.quantities:
        if q.kind not in ("int", "words", "chinese") or q.value is None or not 1 < q.value < 2000:
            continue
        studies = _STUDIES.match(norm, q.end)
        if studies and _POOLED.search(norm, max(0, q.start - 90), min(len(norm), studies.end() + 60)):
            yield context.fact("k_studies", q.start, studies.end(), "studies counted", value=q.value, value_text=q.text)
