"""Where things are and what the review asks: the start of the flow, imported by every later stage.

`Paths` names the folders of a checkout (each overridable, so that another raw folder runs through the same chain).
`Protocol` is `protocol.toml` read once into frozen objects: every topic word of the review lives there, so that
a new review edits that file and nothing in the library.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

REPO = Path(__file__).resolve().parents[2]


class ProtocolError(ValueError):
    """A protocol that cannot be used; the message names the file and every key that is wrong."""


@dataclass(frozen=True)
class Paths:
    """Folders of one run; `MSCREVIEW_RAW` and `MSCREVIEW_OUT` override the two data roots."""

    raw: Path = REPO / "data" / "raw"
    out: Path = REPO / "data" / "processed"

    @classmethod
    def of(cls, raw_dir: str | None = None, out_dir: str | None = None) -> Paths:
        """Paths from notebook parameters, then from the environment, then the checkout's own."""
        default = cls()
        raw = raw_dir or os.environ.get("MSCREVIEW_RAW") or default.raw
        out = out_dir or os.environ.get("MSCREVIEW_OUT") or default.out
        return cls(Path(raw).resolve(), Path(out).resolve())

    @property
    def figures(self) -> Path:
        return self.out / "figures"

    @property
    def protocol_file(self) -> Path:
        """The raw folder's own protocol if it has one, else the project's."""
        own = self.raw / "protocol.toml"
        return own if own.exists() else Paths().raw / "protocol.toml"

    def table(self, name: str) -> Path:
        """File of a table of the contracts in the output folder."""
        return self.out / f"{name}.csv"

    def sheet(self, name: str) -> Path | None:
        """A raw sheet filled in by hand, or None where this review has none of that name."""
        path = self.raw / f"{name}.csv"
        return path if path.exists() else None


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_regex)]
Phrases = tuple[str, ...]
ONCE = "once"  # window of outcomes that have no time


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Review(_Frozen):
    """What is asked, in PICOS terms."""

    id: str
    title: str
    question: str
    population: str
    intervention: str
    comparator: str
    outcomes: str
    studies: str


class Time(_Frozen):
    """Calendar units in weeks, as the review counts them."""

    weeks_per_month: float = Field(default=4, gt=0)
    weeks_per_year: float = Field(default=48, gt=0)


class Window(_Frozen):
    """A span of weeks, `low <= weeks < high`, pooled as one time point; `at` is the time it stands for."""

    id: str
    label: str
    at: float
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Window:
        if not self.low <= self.at < self.high:
            raise ValueError(f"window {self.id}: not low {self.low} <= at {self.at} < high {self.high}")
        return self


class Arms(_Frozen):
    """Words that tell a treated arm from a control arm; both languages in one list."""

    treated: Phrases
    control: Phrases


class Outcome(_Frozen):
    """One outcome: its names, its unit and what counts as better."""

    label: str
    kind: Literal["continuous", "binary"]
    better: Literal["higher", "lower"]
    synonyms: Phrases
    unit: str = ""
    units: dict[str, float] = Field(default_factory=dict, description="printed unit -> factor to `unit`")
    plausible: tuple[float, float] | None = None
    complement_of: str = Field(default="", description="binary outcome whose events are n minus these")
    measure: str = ""
    once: bool = Field(default=False, description="measured once a patient, in whatever week: a stay in hospital")
    tau_scale: float = Field(
        default=0.5, gt=0, description="scale of the half-normal prior of tau, on the analysis scale"
    )
    main: bool = False


class Rule(_Frozen):
    """One screening rule: `exclude` fires on a match of `any` without one of `unless`; `require` fires on no match."""

    id: str
    kind: Literal["exclude", "require"]
    reason: str
    where: tuple[Literal["title", "abstract", "publication_types", "language"], ...] = ("title", "abstract")
    any: tuple[Pattern, ...]
    unless: tuple[Pattern, ...] = ()


class Pooling(_Frozen):
    """The analyses planned before looking."""

    continuous: str = "MD"
    binary: str = "OR"
    tau2_method: str = "REML"
    ci_method: Literal["z", "t", "knha", "adhoc"] = "knha"
    correlation: float = Field(
        default=0.5, ge=-1, le=1, description="baseline to final, for change scores; stated, never fitted"
    )
    dose_bands: tuple[float, ...] = Field(default=(), description="cuts of cells per dose")
    subgroups: tuple[str, ...] = ()


class Protocol(_Frozen):
    """The review's protocol: PICOS, vocabularies, units, windows, screening rules, planned analyses."""

    review: Review
    time: Time = Time()
    windows: tuple[Window, ...]
    arms: Arms
    vocabulary: dict[str, dict[str, Phrases]] = Field(default_factory=dict)
    outcomes: dict[str, Outcome]
    screening: tuple[Rule, ...] = ()
    pooling: Pooling = Pooling()

    @model_validator(mode="after")
    def _consistent(self) -> Protocol:
        unknown = [
            f"outcomes.{key}.complement_of: no outcome {o.complement_of!r}"
            for key, o in self.outcomes.items()
            if o.complement_of and o.complement_of not in self.outcomes
        ]
        ids = [w.id for w in self.windows] + [r.id for r in self.screening]
        unknown += [f"id {i!r} is used twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
        if unknown:
            raise ValueError("; ".join(unknown))
        return self

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def fingerprint(self) -> str:
        """Text that is equal exactly for equal protocols, so that compiled lexicons can be kept."""
        return self.model_dump_json()

    @property
    def model(self) -> dict[str, str]:
        """The planned model as keywords of the pooling functions."""
        return {"method": self.pooling.tau2_method, "test": self.pooling.ci_method}

    def measure(self, outcome: str) -> str:
        """The planned measure of an outcome: its own, else that of its kind."""
        planned = self.outcomes[outcome]
        return planned.measure or (self.pooling.binary if planned.kind == "binary" else self.pooling.continuous)

    def window(self, weeks: float) -> str:
        """Id of the window that holds `weeks`; empty where none does."""
        return next((w.id for w in self.windows if w.low <= weeks < w.high), "")

    def window_of(self, outcome: str, weeks: float) -> str:
        """Id of the window of a value: that of its weeks (empty for none), or `ONCE` for what is measured once."""
        return ONCE if self.outcomes[outcome].once else self.window(weeks)


def read_protocol(path: str | Path) -> Protocol:
    """Read `protocol.toml`.

    Raises
    ------
    ProtocolError
        Naming the file and every unknown key, missing key or unusable value at once.
    """
    path = Path(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return Protocol.model_validate(data)
    except OSError as error:
        raise ProtocolError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ProtocolError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        raise ProtocolError("\n".join(_explained(path, error))) from None


def _explained(path: Path, error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"]) or "protocol"
        said = "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"]
        value = "" if problem["type"] in {"missing", "extra_forbidden"} else f" (value {problem['input']!r:.80})"
        lines.append(f"{path}: {key}: {said}{value}")
    return lines
