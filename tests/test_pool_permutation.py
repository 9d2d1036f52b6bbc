"""The permutation test: exact where feasible, seeded otherwise."""

import itertools

import numpy as np
import pytest
from reference_numbers import load

from mscreview.pool import PoolError, permutation, regression

REFERENCE = load("permutation")


@pytest.mark.parametrize("record", REFERENCE["records"], ids=lambda r: r["dataset"])
def test_exact_sign_flips_agree_with_the_reference(record):
    found = permutation.permutation(**REFERENCE["data"][record["dataset"]], method="DL", seed=1)
    assert found.exact
    assert found.arrangements == record["iter"]
    assert found.p[0] == record["pval"]


def test_exact_shuffles_are_those_of_fitting_one_at_a_time():
    rng = np.random.default_rng(2)
    y, v = rng.normal(size=5), rng.uniform(0.05, 0.5, 5)
    x = np.column_stack([np.ones(5), np.arange(5.0)])
    found = permutation.permutation(y, v, x, method="REML", seed=0)
    fits = [regression.regress(y[list(o)], v[list(o)], x) for o in itertools.permutations(range(5))]
    qm = np.array([m.qm for m in fits])
    assert found.arrangements == 120
    assert found.p_omnibus == np.mean(qm >= qm[0] * (1 - 1e-9))
    slope = np.abs([m.fit.stat[1] for m in fits])
    assert found.p[1] == np.mean(slope >= slope[0] * (1 - 1e-9))


def test_a_sample_is_seeded_and_near_the_exact_answer():
    data = REFERENCE["data"]["hine1989_or"]
    a, b = (permutation.permutation(**data, method="DL", seed=7, most=60) for _ in range(2))
    assert not a.exact
    assert a.arrangements == 60
    assert a.p[0] == b.p[0]
    assert abs(a.p[0] - permutation.permutation(**data, method="DL", seed=0).p[0]) < 0.15
    many = {float(permutation.permutation(**data, method="DL", seed=s, most=60).p[0]) for s in range(5)}
    assert len(many) > 1


def test_refusals():
    with pytest.raises(PoolError, match="nothing to permute"):
        permutation.permutation([1.0], [1.0], seed=0)
    with pytest.raises(PoolError, match="most must be at least 2"):
        permutation.permutation([1.0, 2.0], [1.0, 1.0], seed=0, most=1)
