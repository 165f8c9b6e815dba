"""Tables on a terminal: ids stay whole, texts fold, and what has no room is left out."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from batchsdk.cli.render import STATUS_STYLES, one_line

_GAP = 2
"""Spaces between two columns."""
_READABLE, _LEAST_FOLDED = 16, 8
"""Characters of a line that a folded text should have, and must have."""
_MOST_TEXTS = 3
"""Texts of one cell, such as the jobs of a step, that a table shows."""
_WIDE = 10_000
"""Width where there is no terminal: a pipe has none that a row would have to be folded to."""


@dataclass(frozen=True)
class _Column:
    title: str
    cells: Sequence[str]
    is_folded: bool

    @property
    def is_empty(self) -> bool:
        return not any(self.cells)

    @property
    def width(self) -> int:
        """Characters of the longest line."""
        return max(len(line) for cell in (self.title, *self.cells) for line in cell.split("\n"))

    def least(self, of_folded: int) -> int:
        """Return the characters that the column needs, if a folded one gets so many."""
        if not self.is_folded:
            return self.width
        return max(len(self.title), min(self.width, of_folded))


def write_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    folded: Collection[str],
    dropped: Sequence[str],
) -> list[str]:
    """Write a table to standard output; see ``Renderer.table``.

    Returns:
        The titles of columns that were left out and are not empty.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDE)
    cells = [[_cell(value) for value in row] for row in rows]
    wanted = [
        _Column(title, [row[place] for row in cells], title in folded)
        for place, title in enumerate(columns)
    ]
    shown = _fitting(wanted, dropped, console.width)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    for column in shown:
        table.add_column(
            column.title,
            overflow="fold",
            no_wrap=not column.is_folded,
            min_width=column.least(_LEAST_FOLDED),
        )
    for place, row in enumerate(rows):
        styles = {
            title: STATUS_STYLES.get(str(cell), "")
            for title, cell in zip(columns, row, strict=True)
        }
        # Text: what jobs are called is no markup.
        table.add_row(*(Text(each.cells[place], style=styles[each.title]) for each in shown))
    # A terminal that is narrower yet breaks the lines by itself; ids can still be copied.
    console.print(
        table, width=max(console.width, _least(shown, _LEAST_FOLDED)), no_wrap=False, crop=False
    )
    names = {each.title for each in shown}
    return [each.title for each in wanted if each.title not in names and not each.is_empty]


def _cell(value: object) -> str:
    if not isinstance(value, tuple):
        return one_line(value)
    lines = [one_line(each) for each in value[:_MOST_TEXTS]]
    if len(value) > _MOST_TEXTS:
        lines.append(f"and {len(value) - _MOST_TEXTS} more")
    return "\n".join(lines)


def _fitting(columns: Sequence[_Column], dropped: Sequence[str], width: int) -> list[_Column]:
    """Leave out what is empty, then what matters least, until the others fit."""
    left = list(columns)
    empty = [each.title for each in columns if each.is_empty]
    for title in (*(each for each in dropped if each in empty), *dropped):
        if _least(left, _READABLE) <= width:
            break
        left = [each for each in left if each.title != title]
    return left


def _least(columns: Sequence[_Column], of_folded: int) -> int:
    return sum(each.least(of_folded) for each in columns) + _GAP * len(columns)
