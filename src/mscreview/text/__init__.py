"""Raw text in, passages with an offset map out: normal form, sections, sentences, numerals. Knows no topic."""

from mscreview.text.normal import Passage, normalise
from mscreview.text.numerals import Quantity, quantities
from mscreview.text.sections import Sentence, sentences

__all__ = ["Passage", "Quantity", "Sentence", "normalise", "quantities", "sentences"]
