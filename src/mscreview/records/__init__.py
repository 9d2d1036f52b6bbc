"""First stages of the flow: files that databases export -> `records`, `screening` and `flow` tables."""

from mscreview.records.collect import load, manifest
from mscreview.records.model import Label, Record, RecordError
from mscreview.records.readers import read

__all__ = ["Label", "Record", "RecordError", "load", "manifest", "read"]
