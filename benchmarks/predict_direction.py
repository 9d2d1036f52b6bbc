"""Directions in the form of evidence-inference's labels, and their scorer; all reading happens in `mscreview.extract`."""

from __future__ import annotations

from collections import Counter

from mscreview.extract import ask

LABELS = {
    "increased": "significantly increased",
    "decreased": "significantly decreased",
    "no difference": "no significant difference",
}


def predict(record: dict) -> dict:
    """Reads the abstract and the asked outcome and arms, nothing else; without any sentence the commonest label."""
    answer = ask.direction(record["abstract"], record["outcome"], record["intervention"], record["comparator"])
    label = LABELS.get(answer.direction, LABELS["no difference"])
    return {"prompt_id": record["prompt_id"], "label": label, "quote": answer.quote, "score": round(answer.score, 4)}


def score(gold: list[dict], predicted: list[dict]) -> str:
    """Accuracy over the three classes, precision and recall of each; a missing prediction counts as wrong."""
    said = {str(p["prompt_id"]): p["label"] for p in predicted}
    table = Counter((g["label"], said.get(str(g["prompt_id"]), "")) for g in gold)
    right = sum(n for (a, b), n in table.items() if a == b)
    lines = [f"accuracy {right / max(len(gold), 1):.3f} of {len(gold)}"]
    for label in LABELS.values():
        hit = table[label, label]
        marked = sum(n for (a, _), n in table.items() if a == label)
        named = sum(n for (_, b), n in table.items() if b == label)
        lines.append(
            f"{label:26s} gold {marked:4d} pred {named:4d}  P {hit / max(named, 1):.3f} R {hit / max(marked, 1):.3f}"
        )
    sure = [p for p in predicted if p.get("score", 0) >= 0.8]
    truth = {str(g["prompt_id"]): g["label"] for g in gold}
    agreed = sum(truth.get(str(p["prompt_id"])) == p["label"] for p in sure)
    lines.append(f"of these said with score >= .8: {len(sure)}, right {agreed / max(len(sure), 1):.3f}")
    return "\n".join(lines) + "\n"
