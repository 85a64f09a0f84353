"""Figures as a file for spreadsheets: commas, numbers for programs, words in the reader's language."""

from __future__ import annotations

import csv
from io import StringIO

from bot.domain import Amount, Attached, Cell, Figures, Notice
from bot.i18n import sentence
from bot.reasoning import harmless

# Spreadsheets read a file as UTF-8 only where it begins with this.
BYTE_ORDER_MARK = "\ufeff"
# A cell that begins so is a formula to a spreadsheet, the wide signs to Japanese ones; one after this sign is text.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
TEXT_SIGN = "'"


def csv_of(figures: Figures, locale: str) -> Attached:
    """Return the table of figures as a CSV file in the reader's language."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow([_worded(title, locale) for title in figures.table.titles])
    writer.writerows([_worded(cell, locale) for cell in row] for row in figures.table.rows)
    return Attached(f"{figures.name}.csv", f"{BYTE_ORDER_MARK}{written.getvalue()}")


def _worded(cell: Cell, locale: str) -> str:
    """Return what a cell reads; no name from elsewhere becomes a formula."""
    match cell:
        case Amount():
            return cell.plain
        case None:
            return ""
        case Notice():
            words = sentence(cell, locale)
        case _:
            words = harmless(cell)
    return f"{TEXT_SIGN}{words}" if words.startswith(FORMULA_SIGNS) else words
