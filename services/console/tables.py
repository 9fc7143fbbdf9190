"""A table is a value: columns and rows, shown as HTML by `parts.table`, exported as CSV and Excel; what is shown stands in the URL.

`?cols=a&cols=b` chooses columns, `?sort=-depth` sorts, `?after=…` pages, `?format=csv` or `xlsx` exports all that the filter finds.
"""

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import eventlet
import xlsxwriter
from flask import Response, request, stream_with_context

from services.console import names, words
from services.console.aside import aside
from services.console.words import Pair, say, t

R = TypeVar("R")

Kind = Literal["text", "number", "milliseconds", "seconds", "bytes", "percent", "time", "day", "id", "state", "causes", "clock"]
NUMERIC: frozenset[Kind] = frozenset({"number", "milliseconds", "seconds", "bytes", "percent"})
UNITS: dict[str, str] = {"milliseconds": "ms", "seconds": "s", "bytes": "B"}
"""Of what an export says; on the page a value names its own."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that begins so for a formula, full-width signs too: what a partner wrote could then run at an operator's."""
AT_ONCE = 200
"""Rows written before others get their turn."""
MOST_CELL = 32_000
MOST_ROWS = 1_048_575
"""Excel takes no longer text, and no more rows below the head."""

Level = Literal["fine", "going", "late", "broken", "waiting"]


@dataclass(frozen=True)
class State:
    """Shown as a badge: `level` gives colour and sign, never without the words."""

    level: Level
    words: Pair


@dataclass(frozen=True)
class Column(Generic[R]):
    """`of` gives the value for a row: by `kind` a text, a number, a datetime, an id, a State, causes, a limit as it runs; None is a dash.

    `unit` stands in the head. `href` makes the cell a link. `hidden`: there only when it is chosen. `write`: what is exported
    where that is not the value.
    """

    key: str
    zh: str
    en: str
    of: Callable[[R], Any]
    kind: Kind = "text"
    unit: str = ""
    href: Callable[[R], str | None] | None = None
    sortable: bool = True
    hidden: bool = False
    write: Callable[[R], Any] | None = None

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC

    def shown(self, value: Any) -> str:
        """In words; ids, states, causes and times have a form of their own in `parts`."""
        match self.kind:
            case "number":
                return words.number(value)
            case "milliseconds":
                return words.milliseconds(value)
            case "seconds":
                return words.duration(value)
            case "bytes":
                return words.size(value)
            case "percent":
                return words.percent(value)
            case _:
                return str(value)

    def exported(self, row: R) -> str | int | float:
        return plain(self.write(row) if self.write else self.of(row))


@dataclass(frozen=True)
class Table(Generic[R]):
    """`name` is its id on the page and the export's file name. `next` is the cursor after these rows: such a table is not sorted here.

    `all_rows` gives every row that the filter finds, for exports; without it the rows shown are all. `most`: no more are shown, in
    order; how many were left out is `left_out`. `pick`: the value and the name of a row that may be chosen.
    """

    name: str
    columns: tuple[Column[R], ...]
    rows: Sequence[R]
    next: str | None = None
    all_rows: Callable[[], Iterable[R]] | None = None
    nothing: str = ""
    sortable: bool = True
    most: int | None = None
    pick: Callable[[R], tuple[str, str]] | None = None
    left_out: int = field(default=0, init=False)
    query: tuple[tuple[str, str], ...] = field(default_factory=lambda: tuple(request.args.items(multi=True)))
    path: str = field(default_factory=lambda: request.script_root + request.path)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nothing", self.nothing or t("没有记录", "Nothing here"))
        if self.paged:
            object.__setattr__(self, "sortable", False)
        elif self._sort:
            object.__setattr__(self, "rows", self._in_order(list(self.rows)))
        if self.most is not None and len(whole := self.rows) > self.most:
            for name, value in {"rows": whole[: self.most], "all_rows": lambda: whole, "left_out": len(whole) - self.most}.items():
                object.__setattr__(self, name, value)

    @property
    def paged(self) -> bool:
        return self.next is not None or self.after is not None

    @property
    def after(self) -> str | None:
        return dict(self.query).get("after")

    @property
    def choosable(self) -> bool:
        return len(self.columns) > 1

    @property
    def chosen(self) -> tuple[Column[R], ...]:
        """In the order of the table, never none."""
        wanted = {value for name, value in self.query if name == "cols"}
        chosen = tuple(column for column in self.columns if column.key in wanted)
        return chosen or tuple(column for column in self.columns if not column.hidden)

    def kept(self, *dropped: str) -> list[tuple[str, str]]:
        """The query without these and without the place in the list."""
        return [(name, value) for name, value in self.query if name not in {*dropped, "after", "format"}]

    def sorted_by(self, column: Column[R]) -> str:
        """As aria-sort says it; empty for the others."""
        return {column.key: "ascending", f"-{column.key}": "descending"}.get(self._sort, "") if self.sortable else ""

    def sort_url(self, column: Column[R]) -> str:
        """Numbers and times with the most first, and the other way round with the second click."""
        first, second = column.key, f"-{column.key}"
        if column.numeric or column.kind == "time":
            first, second = second, first
        return self._url([*self.kept("sort"), ("sort", second if self._sort == first else first)])

    def export_url(self, format: str) -> str:
        return self._url([*self.kept(), ("format", format)])

    def next_url(self) -> str:
        return self._url([*self.kept(), ("after", self.next or "")])

    def first_url(self) -> str:
        return self._url(self.kept())

    def export(self) -> Response | None:
        """The file, where the request asks for one: `if file := table.export(): return file`."""
        match dict(self.query).get("format"):
            case "csv":
                return _file(stream_with_context(_as_csv(self)), "text/csv; charset=utf-8", f"{self.name}.csv")
            case "xlsx":
                return _file(iter([_as_xlsx(self)]), XLSX, f"{self.name}.xlsx")
            case _:
                return None

    @property
    def _sort(self) -> str:
        return dict(self.query).get("sort", "")

    def _in_order(self, rows: list[R]) -> list[R]:
        key = self._sort.removeprefix("-")
        column = next((column for column in self.columns if column.key == key and column.sortable), None)
        if column is None:
            return rows
        known = [row for row in rows if column.of(row) is not None]
        known.sort(key=lambda row: _order(column.of(row)), reverse=self._sort.startswith("-"))
        return known + [row for row in rows if column.of(row) is None]

    def _url(self, query: list[tuple[str, str]]) -> str:
        return f"{self.path}?{urlencode(query)}" if query else self.path


def plain(value: Any) -> str | int | float:
    """A value as a cell of a file: times in Shanghai, ids whole, states and causes in words; harmless to a spreadsheet."""
    match value:
        case None:
            text = ""
        case bool():
            text = t("是", "yes") if value else t("否", "no")
        case int() | float():
            return value
        case datetime():
            text = words.exact(value)
        case date():
            text = words.day(value)
        case State():
            text = say(value.words)
        case tuple():
            text = "; ".join(_cause(one) for one in value)
        case _:
            text = str(value)
    return harmless(text)


def harmless(text: str) -> str:
    """Nothing that a spreadsheet takes for a formula: those get an apostrophe in front (OWASP, CSV injection)."""
    text = text[:MOST_CELL]
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _cause(one: Any) -> str:
    kind = getattr(one, "kind", None)
    if kind is None:
        return str(one)
    return " ".join(part for part in (say(names.KINDS.get(kind, (kind, kind))), one.field, one.rule) if part)


def _order(value: Any) -> Any:
    return say(value.words) if isinstance(value, State) else str(value) if isinstance(value, UUID | tuple) else value


def _heads(table: Table[Any]) -> list[str]:
    heads = []
    for column in table.chosen:
        unit = column.unit or UNITS.get(column.kind, "")
        heads.append(t(column.zh, column.en) + (f" ({unit})" if unit else ""))
    return heads


def _cells(table: Table[R]) -> Iterator[list[str | int | float]]:
    rows = table.all_rows() if table.all_rows else table.rows
    for number, row in enumerate(rows, start=1):
        if number % AT_ONCE == 0:
            eventlet.sleep(0)
        yield [column.exported(row) for column in table.chosen]


def _as_csv(table: Table[Any]) -> Iterator[bytes]:
    """With the mark that tells Excel that it is UTF-8."""
    yield b"\xef\xbb\xbf"
    heads: list[str | int | float] = [*map(harmless, _heads(table))]
    lines = itertools.chain([heads], _cells(table))
    while some := list(itertools.islice(lines, AT_ONCE)):
        text = io.StringIO()
        csv.writer(text).writerows(some)
        yield text.getvalue().encode()


def _as_xlsx(table: Table[Any]) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"constant_memory": True})
    sheet = book.add_worksheet(table.name[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    for place, head in enumerate(_heads(table)):
        sheet.set_column(place, place, max(12, min(48, 2 * len(head))))
        sheet.write_string(0, place, head, bold)
    sheet.freeze_panes(1, 0)
    for line, cells in enumerate(itertools.islice(_cells(table), MOST_ROWS), start=1):
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(line, place, cell)
            else:
                sheet.write_number(line, place, cell)
    aside(book.close)  # it packs all of it at once
    return made.getvalue()


def _file(pieces: Iterator[bytes], kind: str, name: str) -> Response:
    return Response(pieces, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
