"""The contract of every table: check, read, write, describe.

Takes a DataFrame and the name of a table in `contracts.toml`; gives the same rows typed, ordered and sorted by key,
or one error that lists every problem. Files are UTF-8, LF, missing is empty, numbers `%.10g`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

SHOWN = 30
_DTYPES = {"str": "str", "int": "Int64", "float": "float64", "bool": "boolean"}
_SPEC = re.compile(r"(str|int|float|bool)(!?)(?: \{([^}]*)\})?: (.+)")


class TableError(ValueError):
    """A table that breaks its contract; the message lists file, row, column and value of every problem."""


@dataclass(frozen=True)
class Column:
    """One column of a contract."""

    name: str
    type: str
    required: bool
    allowed: tuple[str, ...]
    about: str


@dataclass(frozen=True)
class Contract:
    """One table: its key, its columns in file order, and the notebook that writes it."""

    name: str
    stage: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


@cache
def contracts() -> dict[str, Contract]:
    """Every contract by table name, in the order of the flow."""
    spec = tomllib.loads(files("mscreview").joinpath("contracts.toml").read_text(encoding="utf-8"))
    return {name: _contract(name, table) for name, table in spec.items()}


def check(frame: pd.DataFrame, name: str, where: str = "") -> pd.DataFrame:
    """The rows of `frame` as the contract wants them: columns in order, typed, sorted by key.

    Parameters
    ----------
    frame : DataFrame
        Columns may stand in any order; a column the contract does not know, or one it lacks, is an error.
    name : str
        Table of the contracts.
    where : str
        What to call the table in errors, such as its file.

    Raises
    ------
    TableError
        Listing every problem: missing and unknown columns, wrong types, empty required cells, values that are
        not allowed, repeated keys; each with row (1-based, header excluded), column and value.
    """
    contract, where = contracts()[name], where or name
    lacking = [c for c in contract.names if c not in frame.columns]
    unknown = [c for c in frame.columns if c not in contract.names]
    problems = [f"{where}: column {c!r} is missing" for c in lacking]
    problems += [f"{where}: column {c!r} is not in the contract of {name!r}" for c in unknown]
    if problems:
        raise TableError("\n".join(problems))
    frame = frame.loc[:, contract.names].reset_index(drop=True)
    typed, problems = _typed(frame, contract, where)
    problems += _broken(typed, contract, where)
    if problems:
        more = [f"{where}: and {len(problems) - SHOWN} more problems"] if len(problems) > SHOWN else []
        raise TableError("\n".join(problems[:SHOWN] + more))
    return typed.sort_values(list(contract.key), kind="stable", na_position="first").reset_index(drop=True)


def read(path: str | Path, name: str) -> pd.DataFrame:
    """Read and check a table file. Raises `TableError` as `check` does, naming the file."""
    return check(read_raw(path), name, where=str(path))


def write(frame: pd.DataFrame, path: str | Path, name: str) -> pd.DataFrame:
    """Check `frame`, write it aside and move it into place; gives back what was written."""
    frame = check(frame, name)
    write_text(to_csv(frame), path)
    return frame


def read_raw(path: str | Path) -> pd.DataFrame:
    """Any CSV as text cells, empty cells missing. Raises `TableError` naming file and reason."""
    path = Path(path)
    try:
        return pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8-sig")
    except FileNotFoundError:
        raise TableError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise TableError(f"{path}: not a CSV table: {str(error).strip()}") from None


def number_column(frame: pd.DataFrame, column: str, where: str) -> pd.Series:
    """A text column as floats, empty as NaN. Raises `TableError` naming every row that holds no number."""
    numbers = pd.to_numeric(frame[column], errors="coerce").astype("float64")
    bad = numbers.isna() & frame[column].notna()
    if bad.any():
        lines = [
            f"{where}: row {i + 1}, column {column!r}: {frame[column].iloc[i]!r} is not a number" for i in _rows(bad)
        ]
        raise TableError("\n".join(lines))
    return numbers


def to_csv(frame: pd.DataFrame) -> str:
    """The text of a table file."""
    return frame.to_csv(index=False, lineterminator="\n", float_format="%.10g")


def write_text(text: str, path: str | Path) -> None:
    """Write aside, then move: a failure leaves what was there before."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(text, encoding="utf-8", newline="\n")
    aside.replace(path)


def describe() -> str:
    """Markdown that describes every table; `data/README.md` is this text."""
    parts = [
        "# Tables",
        "",
        "Generated from the contracts. CSV, UTF-8, LF; missing is empty; keys in **bold**.",
        "",
    ]
    for contract in contracts().values():
        parts += [f"## {contract.name}", "", f"{contract.about} Written by notebook `{contract.stage}`.", ""]
        parts += ["| column | type | what |", "|---|---|---|"]
        for c in contract.columns:
            label = f"**{c.name}**" if c.name in contract.key else c.name
            allowed = f" One of: {', '.join(c.allowed)}." if c.allowed else ""
            parts.append(f"| {label} | {c.type}{', never empty' if c.required else ''} | {c.about}.{allowed} |")
        parts.append("")
    return "\n".join(parts)


def datapackage(name: str, title: str, present: list[str]) -> dict:
    """Frictionless data package of the tables in `present` (Table Schema from the contracts)."""
    kinds = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
    resources = []
    for contract in (contracts()[table] for table in contracts() if table in present):
        fields = []
        for c in contract.columns:
            limits = {"required": c.required} | ({"enum": list(c.allowed)} if c.allowed else {})
            extra = {"trueValues": ["True"], "falseValues": ["False"]} if c.type == "bool" else {}
            fields.append(
                {"name": c.name, "type": kinds[c.type], "description": c.about, "constraints": limits} | extra
            )
        schema = {"fields": fields, "primaryKey": list(contract.key), "missingValues": [""]}
        resources.append(
            {"name": contract.name, "path": f"{contract.name}.csv", "profile": "tabular-data-resource",
             "description": contract.about, "encoding": "utf-8", "schema": schema}
        )  # fmt: skip
    return {"profile": "tabular-data-package", "name": name, "title": title, "resources": resources}


def _contract(name: str, table: dict) -> Contract:
    columns = []
    for column, spec in table["columns"].items():
        match = _SPEC.fullmatch(spec)
        if match is None:
            raise TableError(f"contracts.toml: {name}.{column}: cannot read {spec!r}")
        kind, required, allowed, about = match.groups()
        columns.append(
            Column(column, kind, bool(required), tuple((allowed or "").split("|")) if allowed else (), about)
        )
    return Contract(name, table["stage"], table["about"], tuple(table["key"]), tuple(columns))


def _typed(frame: pd.DataFrame, contract: Contract, where: str) -> tuple[pd.DataFrame, list[str]]:
    typed, problems = {}, []
    for c in contract.columns:
        values = frame[c.name]
        if c.type == "str":
            typed[c.name] = values.astype("object").where(values.notna(), None).map(_text).astype("str")
            typed[c.name] = typed[c.name].where(typed[c.name] != "")
            continue
        if c.type == "bool":
            numbers = values.map(lambda v: {"true": 1.0, "false": 0.0}.get(str(v).lower(), float("nan")))
        else:
            numbers = pd.to_numeric(values.astype("object"), errors="coerce").astype("float64")
        bad = numbers.isna() & values.notna() & (values.astype("object").map(str) != "")
        if c.type == "int":
            bad |= numbers.notna() & (numbers % 1 != 0)
        problems += [_problem(where, i, c.name, values.iloc[i], f"is not {_article(c.type)}") for i in _rows(bad)]
        typed[c.name] = numbers.mask(bad).astype(_DTYPES[c.type])
    return pd.DataFrame(typed, columns=contract.names), problems


def _broken(frame: pd.DataFrame, contract: Contract, where: str) -> list[str]:
    columns = {
        c.name: pa.Column(
            _DTYPES[c.type], checks=pa.Check.isin(c.allowed) if c.allowed else None, nullable=not c.required
        )
        for c in contract.columns
    }
    problems = []
    try:
        pa.DataFrameSchema(columns).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        for case in error.failure_cases.itertuples():
            empty = pd.isna(case.failure_case)
            row = int(case.index) if case.index is not None and not pd.isna(case.index) else 0
            allowed = next((c.allowed for c in contract.columns if c.name == case.column), ())
            said = "is empty and must not be" if empty else f"is not one of {', '.join(allowed)}"
            problems.append(_problem(where, row, case.column, "" if empty else case.failure_case, said))
    repeated = frame.duplicated(list(contract.key), keep="first")
    for i in _rows(repeated):
        key = ", ".join(f"{k}={frame[k].iloc[i]}" for k in contract.key)
        problems.append(f"{where}: row {i + 1}: key {key} stands twice")
    return problems


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _rows(mask: pd.Series) -> list[int]:
    return [int(i) for i in mask.to_numpy().nonzero()[0]]


def _problem(where: str, row: int, column: str, value: object, said: str) -> str:
    return f"{where}: row {row + 1}, column {column!r}: {value!r} {said}"


def _article(kind: str) -> str:
    return {"int": "a whole number", "float": "a number", "bool": "True or False"}[kind]
