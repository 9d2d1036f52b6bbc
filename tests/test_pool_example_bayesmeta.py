"""Eight schools by the bayesmeta package: Roever 2020 (J Stat Softw 93(6), doi:10.18637/jss.v093.i06); digits as printed
in the package's vignette "bayesmeta" (data: Rubin 1981, doi:10.3102/10769986006004377)."""

import pytest

from mscreview.pool import bayes

EFFECT = [28.39, 7.94, -2.75, 6.82, -0.64, 0.63, 18.01, 12.16]
STDERR = [14.9, 10.2, 16.3, 11.0, 9.4, 11.4, 10.4, 17.6]
PRIOR = bayes.Prior("half-cauchy", 25.0, mu_mean=0.0, mu_sd=50.0)


@pytest.fixture(scope="module")
def schools():
    return bayes.posterior(EFFECT, [s**2 for s in STDERR], PRIOR, interval="shortest")[0]


def test_heterogeneity_to_every_printed_digit(schools):
    tau = schools.loc["tau"]
    assert tau["median"] == pytest.approx(4.758539, abs=1e-6)
    assert tau["mean"] == pytest.approx(5.884511, abs=1e-6)
    assert tau["sd"] == pytest.approx(4.869904, abs=1e-6)
    assert tau["low"] == pytest.approx(0, abs=1e-6)
    assert tau["high"] == pytest.approx(15.165894, abs=1e-6)


def test_effect_to_the_accuracy_of_the_package(schools):
    """bayesmeta replaces the mixture over tau by a coarse one within a stated divergence (delta = 0.01) for mu."""
    mu = schools.loc["mu"]
    printed = {"median": 7.962961, "mean": 7.985729, "sd": 4.995762, "low": -1.823353, "high": 17.824562}
    for name, value in printed.items():
        assert mu[name] == pytest.approx(value, abs=0.003)
