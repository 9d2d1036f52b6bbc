"""Agreement with statsmodels where it is sound (Q above its degrees of freedom)."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from mscreview import pool


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("method", "name", "limit"), [("DL", "chi2", 1e-10), ("PM", "iterated", 1e-4)])
def test_random_effects(seed, method, name, limit):
    """statsmodels stops its Paule-Mandel iteration at 1e-5: hence the wider limit."""
    rng = np.random.default_rng(seed)
    vi = rng.uniform(0.01, 0.2, 9)
    yi = rng.normal(0.2, np.sqrt(vi + 1.0))
    theirs = combine_effects(yi, vi, method_re=name, use_t=False)
    ours = pool.fit(yi, vi, method=method)
    assert ours.q > ours.q_df
    assert ours.q == pytest.approx(theirs.q)
    assert ours.tau2 == pytest.approx(theirs.tau2, rel=limit)
    assert ours.est == pytest.approx(theirs.mean_effect_re, rel=limit)
    assert ours.se[0] == pytest.approx(theirs.sd_eff_w_re, rel=limit)
    hksj = pool.fit(yi, vi, method=method, test="knha")
    assert hksj.se[0] == pytest.approx(theirs.sd_eff_w_re_hksj, rel=limit)


@pytest.mark.parametrize("seed", range(4))
def test_common_effect(seed):
    rng = np.random.default_rng(seed)
    vi, yi = rng.uniform(0.01, 0.2, 7), rng.normal(size=7)
    theirs = combine_effects(yi, vi, use_t=False)
    ours = pool.fit(yi, vi, method="EE")
    assert ours.est == pytest.approx(theirs.mean_effect_fe)
    assert ours.se[0] == pytest.approx(theirs.sd_eff_w_fe)
