"""Every estimator, test and interval against numbers of metafor (tests/references, source stated there)."""

import itertools

import pytest
from reference_numbers import disagreements, load

from mscreview import pool
from mscreview.pool import tau2
from mscreview.pool.models import TESTS

UNIVARIATE = load("univariate")
REGRESSION = load("meta_regression")

# metafor stops at tau2 = 0 there; the likelihood is higher at 0.137 (see test_pool_global_maximum.py)
REFERENCE_MISSES_MAXIMUM = {("edge_vi_ratio1e6", "ML")}


def common_fields(f: pool.Fit) -> dict:
    out = {"beta": f.beta, "se": f.se, "stat": f.stat, "pval": f.p, "ci_lb": f.ci[:, 0], "ci_ub": f.ci[:, 1]}
    out |= {"tau2": f.tau2, "se_tau2": f.se_tau2, "I2": f.i2, "H2": f.h2, "QE": f.q, "QEp": f.q_p}
    return out | {"ci_tau2": [f.tau2_low, f.tau2_high]}


@pytest.mark.parametrize("dataset", UNIVARIATE["data"])
def test_models_agree_with_the_reference(dataset):
    data, problems, compared = UNIVARIATE["data"][dataset], [], 0
    for record in (r for r in UNIVARIATE["records"] if r["dataset"] == dataset):
        options = {"method": record["method"], "test": record["test"]}
        f = pool.fit(**data, prediction="metafor", min_k_prediction=2, **options)
        ours = common_fields(f) | {"pi_lb": f.pi[0], "pi_ub": f.pi[1], "logLik": f.statistics()["ll"]}
        ours |= {"ci_I2": [f.i2_low, f.i2_high], "ci_H2": [f.h2_low, f.h2_high]}
        ours |= {f"fit_{kind}": list(f.statistics(kind).values()) for kind in ("ML", "REML")}
        if "ci_tau2_PL" in record:
            profile = pool.fit(**data, tau2_interval="PL", **options)
            ours["ci_tau2_PL"] = [profile.tau2_low, profile.tau2_high]
        problems += disagreements(ours, record, f"{dataset} {record['method']} {record['test']}")
        compared += 1
    assert not problems, "\n".join(problems)
    assert compared >= 4 * len(tau2.METHODS)


@pytest.mark.parametrize("key", REGRESSION["data"])
def test_meta_regressions_agree_with_the_reference(key):
    data, problems, compared = REGRESSION["data"][key], [], 0
    for record in (r for r in REGRESSION["records"] if f"{r['dataset']}|{r['formula']}" == key):
        f = pool.fit(**data, method=record["method"], test=record["test"], prediction=None)
        ours = common_fields(f) | {"vb": f.vcov, "ll": f.statistics()["ll"]}
        problems += disagreements(ours, record, f"{key} {record['method']} {record['test']}")
        compared += 1
    assert not problems, "\n".join(problems)
    assert compared >= 4 * 8


def test_the_grid_of_references_is_complete():
    """Every method x test x data set is compared; a new estimator needs reference numbers."""
    have = {(r["dataset"], r["method"], r["test"]) for r in UNIVARIATE["records"]}
    want = set(itertools.product(UNIVARIATE["data"], ["EE", *tau2.METHODS], TESTS))
    missing = {cell for cell in want - have if cell[:2] not in REFERENCE_MISSES_MAXIMUM}
    assert not missing
    assert not have - want


def test_every_file_of_references_says_where_it_comes_from():
    for name in ("univariate", "meta_regression", "effect_sizes", "counts", "conversions"):
        assert load(name)["source"], name
