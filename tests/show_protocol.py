"""A protocol of another topic, small enough to read at a glance, for the tests of what readers see."""

from mscreview.project import Protocol

PARTS = ("id", "title", "question", "population", "intervention", "comparator", "outcomes", "studies")


def protocol() -> Protocol:
    """Three outcomes, three windows: relapse (fewer is better), recovery, strength (higher is better, in umol/L)."""
    outcomes = {
        "relapse": {"label": "Relapse", "kind": "binary", "better": "lower", "main": True},
        "recovery": {"label": "Recovery", "kind": "binary", "better": "higher", "complement_of": "relapse"},
        "strength": {"label": "Strength", "kind": "continuous", "better": "higher", "unit": "umol/L", "main": True},
    }
    times = {"w0": ("baseline", 0, -1, 1), "w4": ("1 month", 4, 1, 8), "w24": ("6 months", 24, 8, 40)}
    names = ("label", "at", "low", "high")
    return Protocol.model_validate(
        {
            "review": {part: f"the {part} <asked>" for part in PARTS},
            "windows": [{"id": key} | dict(zip(names, row, strict=True)) for key, row in times.items()],
            "arms": {"treated": ["treated"], "control": ["control"]},
            "vocabulary": {"design": {"rct": ["randomised"], "single_arm": ["one arm"]}},
            "outcomes": {key: outcome | {"synonyms": [key]} for key, outcome in outcomes.items()},
            "pooling": {"subgroups": ["design"]},
        }
    )
