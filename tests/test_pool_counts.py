"""Mantel-Haenszel and Peto against reference numbers, and against statsmodels' stratified tables."""

import numpy as np
import pytest
from reference_numbers import disagreements, load
from statsmodels.stats.contingency_tables import StratifiedTable

from mscreview import pool
from mscreview.pool import counts

REFERENCE = load("counts")


@pytest.mark.parametrize("dataset", REFERENCE["data"])
def test_counts_agree_with_the_reference(dataset):
    table, problems, compared = REFERENCE["data"][dataset], [], 0
    for record in (r for r in REFERENCE["records"] if r["id"] == dataset):
        options = {name: tuple(value) for name, value in dict(record["args"]).items()}
        if record["fn"] == "rma.peto":
            f = counts.peto(**{name: value[1] for name, value in options.items()}, **table)
        else:
            f = counts.mantel_haenszel(record["measure"], correct=record["correct"], **options, **table)
        ours = {"beta": f.est, "se": f.se, "stat": f.stat, "pval": f.p, "ci_lb": f.ci_low, "ci_ub": f.ci_high}
        ours |= {"QE": f.q, "QEp": f.q_p, "I2": f.i2, "H2": f.h2, "k": f.k, "k_yi": f.k_q}
        for name, ref in (("CMH", "MH"), ("Cochran", "CO"), ("Breslow-Day", "BD"), ("Tarone", "TA")):
            if name in f.tests:
                ours |= {ref: f.tests[name].stat, f"{ref}p": f.tests[name].p}
        problems += disagreements(ours, record, f"{dataset} {record['fn']} {record['measure']} {record['args']}")
        compared += 1
    assert not problems, "\n".join(problems)
    assert compared == 27


def test_tests_agree_with_statsmodels():
    bcg = {name: np.array(column, dtype=float) for name, column in REFERENCE["data"]["bcg"].items()}
    tables = np.array([[bcg["ai"], bcg["bi"]], [bcg["ci"], bcg["di"]]])
    theirs = StratifiedTable(tables)
    ours = counts.mantel_haenszel("OR", correct=True, **bcg)
    assert ours.est == pytest.approx(theirs.logodds_pooled)
    assert ours.se == pytest.approx(theirs.logodds_pooled_se)
    assert ours.tests["CMH"].stat == pytest.approx(theirs.test_null_odds(correction=True).statistic)
    assert ours.tests["Tarone"].stat == pytest.approx(theirs.test_equal_odds(adjust=True).statistic)


def test_rate_ratio_of_one_study_is_its_own():
    f = counts.mantel_haenszel("IRR", x1i=[12], t1i=[100.0], x2i=[20], t2i=[110.0])
    assert f.est == pytest.approx(np.log(12 / 100 / (20 / 110)))
    d = counts.mantel_haenszel("IRD", x1i=[12], t1i=[100.0], x2i=[20], t2i=[110.0])
    assert d.est == pytest.approx(0.12 - 20 / 110)
    assert d.se == pytest.approx(np.sqrt(12 / 100**2 + 20 / 110**2))


def test_equal_studies_pool_to_themselves():
    one = counts.mantel_haenszel("OR", ai=[10], bi=[20], ci=[15], di=[18])
    four = counts.mantel_haenszel("OR", ai=[10] * 4, bi=[20] * 4, ci=[15] * 4, di=[18] * 4)
    assert four.est == pytest.approx(one.est)
    assert four.se == pytest.approx(one.se / 2)
    assert four.q == pytest.approx(0, abs=1e-12)
    assert four.row()["model"] == "common"


def test_counts_without_information_are_refused():
    with pytest.raises(pool.PoolError, match="no information"):
        counts.mantel_haenszel("OR", ai=[0, 0], bi=[9, 8], ci=[0, 0], di=[7, 9])
    with pytest.raises(pool.PoolError, match="nothing to pool"):
        counts.peto(ai=[0], bi=[9], ci=[0], di=[7])
    with pytest.raises(pool.PoolError, match="row 0: bi = -1"):
        counts.peto(ai=[10], n1i=[9], ci=[3], n2i=[7])
    with pytest.raises(pool.PoolError, match="Mantel-Haenszel pools OR"):
        counts.mantel_haenszel("SMD")
