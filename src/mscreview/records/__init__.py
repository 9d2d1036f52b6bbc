"""First stages of the flow: files that databases export -> `records`, `screening` and `flow` tables."""

from mscreview.records.collect import load, manifest
from mscreview.records.export import export
from mscreview.records.flow import flow
from mscreview.records.human import agreement, labels
from mscreview.records.model import Label, Record, RecordError
from mscreview.records.readers import read
from mscreview.records.screening import screen

__all__ = [
    "Label", "Record", "RecordError", "agreement", "export", "flow", "labels", "load", "manifest", "read", "screen",
]  # fmt: skip
