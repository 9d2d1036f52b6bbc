"""How fast `mscreview.extract` reads, and that ten times the text takes about ten times as long.

Called by `benchmarks/extraction.py speed TEXTS...`. Processor time of one process, best of three runs; memory is the
peak this process held. Peers run beside it when they can be imported: quantulum3, which reads numbers with their
units, and a spaCy pipeline of the small English model's shape (shared CNN of width 96 and depth 4, tagger, parser,
entities), untrained, because the trained model is on no package index; speed, not answers, is what is compared.
"""

from __future__ import annotations

import importlib.util
import resource
import time
from collections.abc import Callable, Sequence

from mscreview import extract

UNITS = {
    "digits": "1",
    "digits and blanks": "1 ",
    "decimals": "1.",
    "plus-minus": "1±",
    "brackets": "(",
    "pairs of brackets": "()",
    "letters": "a",
    "hyphens": "a-",
    "number words": "twenty one hundred and ",
    "Chinese numerals": "三十",
    "Chinese groups": "两组患者",
    "superscripts": "¹",
    "tags": "<sup>",
    "entities": "&amp;",
    "blanks": " ",
    "headings": "METHODS: ",
    "arms": "group A (",
    "sizes": "(n = 5) ",
    "p-values": "P<0.05 ",
    "intervals": "95% CI 1-2 ",
    "fractions": "5 of ",
    "comparisons": "5 vs ",
    "lists": "1, 2 and 3 respectively ",
    "means": "mean 3.4 ± 2.1 ",
    "thousands": "1, 200 ",
}
SMALL = 10_000


def report(texts: Sequence[str]) -> str:
    """Abstracts per second, the same for the peers, memory, and time for 10x the text over time for the text."""
    lines = [f"{len(texts)} abstracts, {sum(map(len, texts)) / max(len(texts), 1):.0f} letters each; one process"]
    ours = _rate(extract.facts, texts)
    lines.append(f"mscreview.extract.facts      {ours:8.0f} abstracts/s")
    for name, load in PEERS.items():
        if importlib.util.find_spec(name.partition(",")[0]) is None:
            lines.append(f"{name}: not installed here, no comparison made")
            continue
        theirs = _rate(load(), texts[:100])
        lines.append(f"{name:28s} {theirs:8.1f} abstracts/s; ours {ours / theirs:.1f} times as fast")
    before = _memory()
    for text in texts:
        extract.facts(text)
    lines.append(f"peak memory {_memory():.0f} MB; grown by {_memory() - before:.1f} MB while reading all once more")
    lines.append(f"10x text, times as long ({SMALL} letters against {10 * SMALL}); 10 is linear:")
    ratios = {name: _growth(unit) for name, unit in UNITS.items()}
    lines += [f"  {name:20s} {ratio:6.1f}" for name, ratio in ratios.items()]
    lines.append(f"worst {max(ratios.values()):.1f} ({max(ratios, key=lambda k: ratios[k])})")
    return "\n".join(lines) + "\n"


def _rate(read: Callable[[str], object], texts: Sequence[str]) -> float:
    read(texts[0])
    return len(texts) / min(_seconds(lambda: [read(t) for t in texts]) for _ in range(3))


def _growth(unit: str) -> float:
    """Processor time for 10 * SMALL letters over that for SMALL letters, best of three each."""
    small, large = (
        min(_seconds(lambda n=n: extract.facts((unit * (n // len(unit) + 1))[:n])) for _ in range(3))
        for n in (SMALL, 10 * SMALL)
    )
    return large / max(small, 1e-6)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _spacy() -> Callable[[str], object]:
    import spacy

    cnn = {"@architectures": "spacy.HashEmbedCNN.v2", "width": 96, "depth": 4, "embed_size": 2000}
    cnn |= {"window_size": 1, "maxout_pieces": 3, "subword_features": True, "pretrained_vectors": None}
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": cnn})
    shared = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
    nlp.add_pipe("tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": shared}})
    for name, state in (("parser", "parser"), ("ner", "ner")):
        model = {"@architectures": "spacy.TransitionBasedParser.v2", "state_type": state, "extra_state_tokens": False}
        model |= {"hidden_width": 64, "maxout_pieces": 2, "use_upper": True, "tok2vec": shared}
        nlp.add_pipe(name, config={"model": model})
    for tag in ("NN", "VB", "IN", "DT", "JJ", "CD"):
        nlp.get_pipe("tagger").add_label(tag)
    for label in ("nsubj", "dobj", "det", "amod", "nummod"):
        nlp.get_pipe("parser").add_label(label)
    for label in ("CARDINAL", "PERCENT", "DATE", "ORG"):
        nlp.get_pipe("ner").add_label(label)
    nlp.initialize()
    return nlp


def _quantulum() -> Callable[[str], object]:
    from quantulum3 import parser

    return parser.parse


PEERS = {"quantulum3": _quantulum, "spacy, small English shape": _spacy}
