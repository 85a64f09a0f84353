"""Tables as rows: columns beside each other where they fit, else each row as lines that name their columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.token import Token
from rich import box
from rich.console import JustifyMethod
from rich.style import Style
from rich.table import Table
from rich.text import Text

from adapters.console.paper import Paper
from adapters.console.words import styled
from adapters.rendering.prefixes import behind
from adapters.rendering.tables import rows_of

# A column of fewer cells breaks most words.
_NARROWEST = 6
_ALIGNS: dict[str, JustifyMethod] = {"text-align:right": "right", "text-align:center": "center"}


def table_rows(tokens: Sequence[Token], lines: Sequence[str], paper: Paper, columns: int) -> Iterator[Text]:
    """Yield the rows of a table whose tokens these are."""
    start, end = tokens[0].map or (0, 0)
    column = int(tokens[0].meta["prefix_chars"])
    found = rows_of([lines[start][column:], *(behind(line, column) for line in lines[start + 2 : end])])
    count = max(map(len, found))
    header, *rows = [[styled(cell, is_cell=True) for cell in row] + [Text()] * (count - len(row)) for row in found]
    if min(count * _NARROWEST, _widest(header, rows)) > columns:
        yield from _listed(header, rows, paper, columns)
        return
    aligns = [str(token.attrs.get("style", "")) for token in tokens if token.type == "th_open"]
    table = Table(box=box.SIMPLE_HEAD if paper.is_unicode else box.ASCII2, pad_edge=False, show_edge=False)
    for number, name in enumerate(header):
        align = _ALIGNS.get(aligns[number], "left") if number < len(aligns) else "left"
        table.add_column(name, justify=align, overflow="fold", min_width=1)
    for row in rows:
        table.add_row(*row)
    options = paper.console.options.update(width=columns)
    for line in paper.console.render_lines(table, options, pad=False):
        written = Text.assemble(*((part.text, part.style or "") for part in line))
        written.rstrip()
        yield written


def _widest(header: Sequence[Text], rows: Sequence[Sequence[Text]]) -> int:
    return sum(max(cell.cell_len for cell in column) + 3 for column in zip(header, *rows, strict=True))


def _listed(header: Sequence[Text], rows: Sequence[Sequence[Text]], paper: Paper, columns: int) -> Iterator[Text]:
    for row in rows:
        for name, cell in zip(header, row, strict=True):
            if cell.plain.strip():
                named = Text.assemble(name, ": ", style=Style(bold=True)) if name.plain.strip() else Text()
                yield from paper.wrapped(Text.assemble(named, cell), columns)
