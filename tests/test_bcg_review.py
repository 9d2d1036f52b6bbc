"""A whole review on another topic, from text to its textbook answer, with no change in the library."""

import pytest

from mscreview import clean, effects, extract, pool, records
from mscreview.pool import analyses
from mscreview.project import read_protocol
from mscreview.trace import trace

# Counts: Colditz 1994 (doi:10.1001/jama.1994.03510380076038), as every textbook of meta-analysis prints them.
COUNTS = {
    "aronsonjd1948": (4, 123, 11, 139), "fergusonrg1949": (6, 306, 29, 303), "rosenthalsr1960": (3, 231, 11, 220),
    "hartpd1977": (62, 13598, 248, 12867), "frimodtmollerj1973": (33, 5069, 47, 5808),
    "steinsc1953": (180, 1541, 372, 1451), "vandivierehm1973": (8, 2545, 10, 629),
    "tptmadras1980": (505, 88391, 499, 88391), "coetzeeam1968": (29, 7499, 45, 7277),
    "rosenthalsr1961": (17, 1716, 65, 1665), "comstockgw1974": (186, 50634, 141, 27338),
    "comstockgw1969": (5, 2498, 3, 2341), "comstockgw1976": (27, 16913, 29, 17854),
}  # fmt: skip


@pytest.fixture(scope="module")
def review(repo):
    folder = repo / "tests" / "bcg_review"
    protocol = read_protocol(folder / "protocol.toml")
    found = records.load(folder)
    screening = records.screen(found, protocol)
    facts = extract.table(found, protocol)
    sheets = clean.load_sheets(folder)
    cleaned = clean.clean(facts, found, screening, sheets, protocol)
    effect = effects.build(cleaned.outcomes, cleaned.arms, protocol)
    tables = {"records": found, "screening": screening, "facts": facts, "effects": effect}
    return tables, cleaned, sheets


def test_the_review_of_the_trials_is_turned_away_and_the_thirteen_trials_stay(review):
    decisions = review[0]["screening"].set_index("record_id")["decision"]
    assert (decisions == "include").sum() == 13
    assert (decisions == "exclude").sum() == 1


def test_every_two_by_two_table_is_found_in_its_text(review):
    effect = review[0]["effects"].query("measure == 'RR' and window == 'last'").set_index("study_id")
    outcomes = review[1].outcomes.set_index(["study_id", "arm_id"])["events"]
    arms = review[1].arms.set_index(["study_id", "role"])
    found = {
        study: (
            outcomes[study, row["arm_t"]], arms.loc[(study, "treated"), "n"],
            outcomes[study, row["arm_c"]], arms.loc[(study, "control"), "n"],
        )
        for study, row in effect.iterrows()
    }  # fmt: skip
    assert found == COUNTS


@pytest.mark.parametrize("method, log_rr", [("DL", -0.7141), ("REML", -0.7145)])
def test_the_pooled_log_risk_ratio_is_metafors(review, method, log_rr):
    planned = analyses.plan(review[0]["effects"])
    pooled = pool.groups(planned, analyses.KEYS, method=method).set_index("analysis_id")
    assert pooled.loc["tuberculosis-last-RR", "k"] == 13
    assert pooled.loc["tuberculosis-last-RR", "est"] == pytest.approx(log_rr, abs=5e-5)


def test_the_pooled_number_leads_back_to_the_words(review):
    tables, _, sheets = review
    pooled = analyses.pooled(analyses.plan(tables["effects"]))
    chain = trace("tuberculosis-last-RR", tables | {"pooled": pooled}, sheets)
    assert set(chain["record_id"]) == set(COUNTS)
    aronson = chain[chain["record_id"] == "aronsonjd1948"]["words"]
    assert any("4 of 123" in words for words in aronson)
