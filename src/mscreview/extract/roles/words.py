"""Words of trial reports as classes, for `features`: data only, no disease, drug or outcome among them.

A word outside these lists counts as "w" (lower case) or "~" (all capitals, mostly the short name of something).
"""

from __future__ import annotations

from mscreview.text.patterns import PEOPLE_WORDS

ROLES = ("other", "total", "group", "events", "percent", "mean", "median")

_CLASSES = {
    "change": """decrease decreased decreases reduction reductions reduced reduce reduces decline declined lower lowered
    fewer less drop fell improved improvement improve increase increased increases higher greater more rise rose gain
    gained elevated longer shorter better worse larger smaller change changes changed""",
    "allocated": """randomized randomised randomly assigned allocated randomization randomisation enrolled recruited
    entered included eligible accrued registered""",
    "got": "received receiving receive treated given on underwent undergoing took administered",
    "rate": """rate rates incidence proportion percentage percentages frequency prevalence probability survival response
    responses responders remission recurrence relapse mortality occurrence toxicity risk cumulative""",
    "occurred": """occurred occur developed experienced reported observed showed achieved died found seen detected
    identified noted presented discontinued withdrew deaths events complications""",
    "available": """available evaluable assessable analyzed analysed analysis evaluated assessed studied completed
    followed""",
    "time": "day days week weeks month months year years hour hours min minutes h",
    "dose": """mg g kg ml daily dose doses twice once bid weekly cycles cycle courses course q every""",
    "versus": "versus vs v compared than",
    "statistic": "p ci hr or rr hazard ratio odds confidence interval",
    "score": "score scores scale points index level levels",
    "age": "age aged older younger",
    "centre": "mean average median means averaged",
    "group": "group groups arm arms cohort",
    "label": "grade stage phase type table class category",
    "all": "total overall all whole entire both each either",
    "PEOPLE": " ".join(sorted(PEOPLE_WORDS | {"controls", "survivors"})),
}
_OWN = """of in the a an to for with and by from at as were was is are that those these this who whom which had has have
been be no not only respectively n both between among after before during until within over about approximately nearly
least whereas while but none per via because due"""

# "or" joins arms far more often than it means an odds ratio; in capitals it is not a word of this list
WORDS: dict[str, str] = {w: w for w in _OWN.split()}
for _name, _words in _CLASSES.items():
    for _word in _words.split():
        WORDS.setdefault(_word, _name)
WORDS["or"] = "or"

MEASURES = frozenset(
    """mean median average rate rates incidence percentage proportion survival response ratio hazard risk ci interval
    score scores age dose change difference reduction increase decrease duration time level levels cost number
    range""".split()
)
