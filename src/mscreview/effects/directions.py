"""Which way each study points: printed directions and the sign of every effect, for synthesis without effect sizes."""

from __future__ import annotations

import pandas as pd
from scipy.special import ndtr

from mscreview.project import Protocol

COLUMNS = [
    "study_id",
    "outcome",
    "window",
    "contrast",
    "direction",
    "significant",
    "p",
    "p_operator",
    "n",
    "design",
    "sources",
]
UNSTATED = "unstated"
BETWEEN, WITHIN, UNKNOWN = "between", "within", "unstated"
ALPHA = 0.05
_KEY = ["study_id", "outcome", "window", "contrast"]


def directions(
    outcomes: pd.DataFrame,
    effects: pd.DataFrame,
    studies: pd.DataFrame,
    arms: pd.DataFrame,
    protocol: Protocol,
) -> pd.DataFrame:
    """The `directions` table: what a study prints comes first; a computed effect fills in where it prints nothing.

    Notes
    -----
    A printed `p < 0.05` enters with p = 0.05 as an upper bound (`p_operator` keeps the sign). A direction without any
    p-value or word of significance is not called significant. Statements of one study that contradict each other
    within one outcome, window and contrast are `mixed`.
    """
    controlled = set(arms.loc[arms["role"] == "control", "study_id"])
    printed = _printed(outcomes, controlled, protocol)
    computed = _computed(effects)
    rows = pd.concat([f for f in (printed, computed) if len(f)] or [printed], ignore_index=True)
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    has_text = rows.groupby(_KEY)["from_text"].transform("any")
    rows = rows[rows["from_text"] | ~has_text]
    merged = [_merge(key, group) for key, group in rows.groupby(_KEY)]
    table = pd.DataFrame(merged)
    design = studies.set_index("study_id")["design"]
    table["design"] = table["study_id"].map(design)
    return table.loc[:, COLUMNS]


def _printed(outcomes: pd.DataFrame, controlled: set[str], protocol: Protocol) -> pd.DataFrame:
    told = outcomes[outcomes["value_kind"] == "direction"]
    rows = []
    for row in told.itertuples():
        window = protocol.window_of(row.outcome, row.weeks)
        no_difference = row.direction == "no difference"
        below = pd.notna(row.p) and row.p <= ALPHA and row.p_operator != ">"
        rows.append(
            {
                "study_id": row.study_id, "outcome": protocol.outcomes[row.outcome].complement_of or row.outcome,
                "window": window or UNSTATED,
                "contrast": _contrast(row.comparator, row.study_id in controlled), "direction": row.direction,
                "significant": False if no_difference else (below if pd.notna(row.p) else None),
                "p": row.p, "p_operator": row.p_operator, "n": row.n, "sources": row.source, "from_text": True,
            }
        )  # fmt: skip
    return pd.DataFrame(
        rows, columns=[*_KEY, "direction", "significant", "p", "p_operator", "n", "sources", "from_text"]
    )


def _contrast(comparator: object, controlled: bool) -> str:
    if comparator == "control":
        return BETWEEN
    if comparator == "baseline" or not controlled:
        return WITHIN
    return UNKNOWN


def _computed(effects: pd.DataFrame) -> pd.DataFrame:
    """Sign and Wald p of the computed effects, one measure an outcome, arms combined."""
    usable = effects[effects["shared_control"].isna() | effects["shared_control"].eq("")]
    usable = usable[usable["measure"].isin(["MD", "OR", "MC"]) & ~usable["window"].isin(["last", "w0"])]
    usable = usable[~usable["effect_from"].eq("baseline")]
    z = usable["yi"].astype("float64") / usable["vi"].astype("float64") ** 0.5
    favours = (usable["yi"] > 0) == (usable["better_if"] == "higher")
    p = 2 * ndtr(-z.abs())
    says = favours.map({True: "better", False: "worse"}).mask(usable["yi"] == 0, "no difference")
    return pd.DataFrame(
        {
            "study_id": usable["study_id"], "outcome": usable["outcome"], "window": usable["window"],
            "contrast": usable["effect_from"].map(lambda f: WITHIN if f == "pre-post" else BETWEEN),
            "direction": says,
            "significant": p <= ALPHA, "p": p, "p_operator": "=", "n": usable["n_t"] + usable["n_c"].fillna(0),
            "sources": usable["sources"], "from_text": False,
        }
    )  # fmt: skip


def _merge(key: tuple, group: pd.DataFrame) -> dict[str, object]:
    said = set(group["direction"])
    pointing = said - {"no difference"}
    direction = "mixed" if len(said) > 1 and len(pointing) > 1 else next(iter(pointing or said))
    same = group[group["direction"] == direction] if direction != "mixed" else group
    with_p = same[same["p"].notna()]
    chosen = with_p.loc[with_p["p"].idxmin()] if len(with_p) else same.iloc[0]
    return dict(zip(_KEY, key, strict=True)) | {
        "direction": direction,
        "significant": None if direction == "mixed" else chosen["significant"],
        "p": None if direction == "mixed" else chosen["p"],
        "p_operator": None if direction == "mixed" else chosen["p_operator"],
        "n": group["n"].max(),
        "sources": "; ".join(dict.fromkeys("; ".join(group["sources"]).split("; "))),
    }
