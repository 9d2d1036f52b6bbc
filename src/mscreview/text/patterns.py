"""Named fragments of the expressions of this library; strings and tables only, each with the phrase that forced it.

All of them are written for the normal form (ASCII digits, "-" for every dash, "." decimals). No fragment nests an
unbounded repeat in another: gaps are bounded, so that matching stays linear.
"""

from __future__ import annotations

# "12.1 ± 3.4", "12.1 +/- 3.4", "12.1+-3.4"
PLUSMINUS = r"(?:±|\+ ?/ ?-|\+-)"
# "18-70", "18 to 70", "3~5", "4 through 6", "10至20"
RANGE_DASH = r"(?: ?[-~] ?| to | through |至|到)"

WORD_UNITS = {
    w: i
    for i, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {w: 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
WORD_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
# "one hundred and fifty-four", "twenty five"
# the capital is spelt out: a pattern that ignores case cannot skip ahead to the few letters that open a number word
_WORDS = sorted([*WORD_UNITS, *WORD_SCALES], key=len, reverse=True)
_WORD = "(?:" + "|".join(f"[{w[0].upper()}{w[0]}]{w[1:]}" for w in _WORDS) + ")"
# "and" adds to a scale only: "one, three and four" are three numbers
_AND = "(?:(?<=hundred)|(?<=thousand)|(?<=million))(?: ?and |-and-)"
NUMBER_WORDS = rf"\b{_WORD}(?:(?:[ -]|{_AND}){_WORD}){{0,8}}\b"

# who is counted: "12 patients", "45 eyes"
_WITH_S = """patient pt subject participant person individual volunteer recipient mother adult adolescent infant neonate
newborn girl boy male female student resident eye case""".split()
_OWN_PLURAL = "people women woman men man children child babies baby".split()
PEOPLE_WORDS = frozenset([*_WITH_S, *(f"{w}s" for w in _WITH_S), *_OWN_PLURAL])
PEOPLE = "(?:" + "|".join([*(f"{w}s?" for w in _WITH_S), *_OWN_PLURAL]) + ")"

# "mg/dL", "mmol / l", "kg/m(2)", "U/L", "x10^9/L", "episodes/patient/year", "mm Hg", "%"
UNITS = (
    r" ?(?:%|percent(?:age points?)?\b|per cent\b|mm ?Hg\b|°C?|(?:x|×) ?10\^?\d+(?: ?/ ?[a-zA-Zμ]+)?"
    r"|/ ?(?:mm\^?3|mm\(3\)|[μµ]L)"
    r"|(?:[a-zA-Zμµ]{1,8}|[μµ] g) ?/ ?[a-zA-Zμµ]{1,8}(?: ?\( ?\d ?\)|\^?\d)?(?: ?/ ?[a-zA-Z]{1,6})?"
    r"|(?:mg|gms?|g|kg|grams?|[μµ] ?g|microg(?:rams?)?|milligrams?|mcg|ng|pg|mmol|μmol|µmol|nmol|pmol|mol|mL|ml|dL|L|l|cm|mm|m|IU|U|c?Gy"
    r"|units?|points?|steps?|euros?|kcal|bpm|dB|kPa|cells?)\b(?![-'])"
    r"|(?:months?|mos?|weeks?|days?|years?|hours?|hrs?|h|min|minutes?|seconds?|s)\b(?![-'])"
    r"|(?:毫克|微克|公克|公斤|毫升|公分|公尺|米(?![索氮力非])|个月|周|天|日|年|小时|分钟|分(?![别配为成组入])|岁|例|次|倍))"
)

CHINESE_DIGITS = dict(zip("〇零一二三四五六七八九两", [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2], strict=True))
CHINESE_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
CHINESE_NUMERAL = r"[〇零一二三四五六七八九两十百千万亿]"
# measure words that make a Chinese numeral a count: "两次", "三十余例", "六周"
CHINESE_MEASURE = r"(?:例|名|位|个|次|人|周|月|天|日|年|岁|倍|种|篇|项|组|例次|人次|只|份|小时|疗程|度)"
