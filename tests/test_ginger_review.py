"""A review of invented trials, from exports to effects: values that change, several arms, two reports, two languages.

Every number below is read off the texts in `tests/ginger_review`, whose trials never took place.
"""

import math

import pytest

from mscreview import clean, effects, extract, records
from mscreview.pool import analyses
from mscreview.project import read_protocol


@pytest.fixture(scope="module")
def review(repo):
    folder = repo / "tests" / "ginger_review"
    protocol = read_protocol(folder / "protocol.toml")
    found = records.load(folder)
    screening = records.screen(found, protocol)
    facts = extract.table(found, protocol)
    cleaned = clean.clean(facts, found, screening, clean.load_sheets(folder), protocol)
    return cleaned, effects.build(cleaned.outcomes, cleaned.arms, protocol, cleaned.reported)


def effect(review, effect_id):
    rows = review[1].set_index("effect_id")
    assert effect_id in rows.index, sorted(rows.index)
    return rows.loc[effect_id, ["yi", "vi"]].tolist()


def change(mean, low, high, n):
    """Mean and squared standard error of an arm whose 95% interval is printed (Student's t)."""
    from scipy.stats import t

    return mean, ((high - low) / (2 * t.ppf(0.975, n - 1))) ** 2


G1, G2, P = change(-14, -17, -11, 50), change(-18, -21, -15, 52), change(-6, -9, -3, 51)


@pytest.mark.parametrize(
    "effect_id, yi, vi",
    [
        ("reeda2001-treated-nausea-w12-MD", -7.0, (9**2 + 10**2) / 40),
        ("reeda2001-treated-nausea-w6-MD", -4.0, (9.5**2 + 9.8**2) / 40),
        ("sandb2002-treated-nausea-w6-MD-change", -7.2, 1.5**2 + 1.6**2),
        ("ternc2003-ginger_1_g-nausea-w12-MD-change", G1[0] - P[0], G1[1] + P[1]),
        ("ternc2003-ginger_2_g-nausea-w12-MD-change", G2[0] - P[0], G2[1] + P[1]),
        ("waved2004-treated-nausea-w12-MD-reported", -8.0, (8 / (2 * 1.959964)) ** 2),
        ("yawle2005-treated-stay-once-MD", -0.8, (1.2**2 + 1.4**2) / 70),
    ],
)
def test_differences_of_means(review, effect_id, yi, vi):
    assert effect(review, effect_id) == pytest.approx([yi, vi], rel=1e-6)


@pytest.mark.parametrize(
    "effect_id, treated, control",
    [
        ("reeda2001-treated-vomiting-last-OR", (3, 40), (9, 40)),
        ("ternc2003-ginger_1_g-vomiting-last-OR", (6, 50), (12, 51)),
        ("ternc2003-ginger_2_g-vomiting-last-OR", (4, 52), (12, 51)),
        ("yawle2005-treated-vomiting-last-OR", (10, 70), (19, 70)),
        ("haiy2007-treated-vomiting-last-OR", (6, 50), (15, 50)),
        ("haie2008-l组-vomiting-last-OR", (7, 40), (13, 40)),
        ("haie2008-h组-vomiting-last-OR", (4, 40), (13, 40)),
    ],
)
def test_odds_of_an_event(review, effect_id, treated, control):
    (a, n1), (c, n2) = treated, control
    yi = math.log(a * (n2 - c) / (c * (n1 - a)))
    assert effect(review, effect_id) == pytest.approx([yi, 1 / a + 1 / (n1 - a) + 1 / c + 1 / (n2 - c)], rel=1e-6)


def test_nothing_else_is_pooled_and_no_control_counts_twice(review):
    planned = analyses.plan(review[1]).query("measure in ['MD', 'OR']")
    counted = planned.groupby("analysis_id")["study_id"].agg(["size", "nunique"])
    assert counted["size"].to_dict() == {
        "nausea-w12-MD": 3, "nausea-w6-MD": 2, "stay-once-MD": 2, "vomiting-last-OR": 5,
    }  # fmt: skip
    assert (counted["size"] == counted["nunique"]).all()
