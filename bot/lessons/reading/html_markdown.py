"""HTML as Markdown: headings, paragraphs, items, rows and code stay apart; what only a browser needs goes.

Knows no files. A tag that no page is made of is a placeholder, and stays as it is written.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from bot.lessons.reading.inline import LAYOUT

HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "details", "div", "dl", "fieldset",
    "figcaption", "figure", "footer", "form", "header", "html", "main", "p", "section", "summary", "table", "tbody",
    "tfoot", "thead",
})  # fmt: skip
SILENT = frozenset({"script", "style", "template", "svg", "nav", "noscript", "head", "title", "iframe", "select"})
MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
CODE = frozenset({"code", "kbd", "samp", "tt"})
VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "source", "wbr"})
# A sign of Markdown that a page's words must not become.
SIGNS = re.compile(r"[\\`*\[\]]|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!])")


def markdown_of(html: str, *, is_page: bool = False) -> str:
    """Return HTML as Markdown; `is_page`: its words are words, else they may be Markdown themselves."""
    writer = _Writer(is_page=is_page)
    writer.feed(html)
    writer.close()
    return writer.result()


def title_of(html: str) -> str:
    """Return the title a page gives itself, "" where it gives none."""
    found = re.search(r"<title[^>]*>(.*?)</title>", html, re.DOTALL | re.IGNORECASE)
    return re.sub(r"\s+", " ", markdown_of(found[1])).strip() if found else ""


class _Writer(HTMLParser):
    """Writes lines; `_line` is the one at hand, `_lists` what the lists around it count, `_row` the row's cells."""

    def __init__(self, *, is_page: bool) -> None:
        super().__init__(convert_charrefs=is_page)
        self._is_page = is_page
        self._written: list[str] = []
        self._line: list[str] = []
        self._lists: list[int] = []
        self._links: list[str] = []
        self._row: list[str] | None = None
        self._is_in_cell = False
        self._is_code = False
        self._rows = 0
        self._pre: list[str] | None = None
        self._silent = 0

    def result(self) -> str:
        """Return what was written."""
        self._end_row()
        self._end_line("\n")
        if self._pre is not None:
            self._end_code()
        return re.sub(r"\n{3,}", "\n\n", "".join(self._written)).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
        if tag == "body" or (tag in HEADINGS and self._silent == 1):
            self._silent = 0  # the end of a head may be left out
        self._silent += tag in SILENT
        if self._silent:
            return
        if self._pre is not None:
            self._pre.append("\n" * (tag == "br"))
        elif tag in BLOCKS or tag in HEADINGS or tag in {"pre", "hr", "dt"}:
            self._begin(tag)
        else:
            self._inline(tag, {name: value or "" for name, value in attrs})

    def _begin(self, tag: str) -> None:
        self._break()
        if tag == "pre":
            self._pre = []
        elif tag == "table":
            self._rows = 0
        elif tag in HEADINGS and self._row is None:
            self._line.append(f"{HEADINGS[tag]} ")

    def _inline(self, tag: str, told: dict[str, str]) -> None:
        match tag:
            case "ul" | "ol":
                self._end_line("\n")
                self._lists.append(0 if tag == "ul" else 1)
            case "li":
                self._item()
            case "tr":
                self._end_row()
                self._row = []
            case "td" | "th":
                self._end_cell()
                self._row = [] if self._row is None else self._row
                self._is_in_cell = True
            case "dd":
                self._join()
            case "br":
                self._line.append(" ") if self._row is not None else self._end_line("\n")
            case "img":
                self._line.append(told.get("alt", ""))
            case "a":
                self._links.append(told.get("href", ""))
                self._line.append("[" if self._links[-1] else "")
            case _:
                self._mark(tag)

    def _mark(self, tag: str) -> None:
        if tag in CODE:
            self._is_code = not self._is_code
            self._line.append("`")
        elif tag in MARKS:
            self._line.append(MARKS[tag])
        elif tag not in LAYOUT | VOID:
            self._line.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """See `HTMLParser`."""
        was_silent = bool(self._silent)
        self._silent = max(self._silent - (tag in SILENT), 0)
        if was_silent:
            return
        if self._pre is not None:
            if tag == "pre":
                self._end_code()
        elif tag in HEADINGS or tag in BLOCKS:
            self._break()
        else:
            self._end(tag)

    def _end(self, tag: str) -> None:
        match tag:
            case "ul" | "ol":
                self._lists = self._lists[:-1]
                self._end_line("\n" if self._lists else "\n\n")
            case "td" | "th":
                self._end_cell()
            case "tr":
                self._end_row()
            case "a":
                target = self._links.pop() if self._links else ""
                self._line.append(f"]({target})" if target else "")
            case "li" | "dd":
                self._end_line("\n")
            case _ if tag in CODE or tag in MARKS:
                self._mark(tag)
            case _:
                self._line.append("" if tag in LAYOUT | VOID else f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """See `HTMLParser`."""
        if self._silent:
            return
        if self._pre is not None:
            self._pre.append(data)
        elif self._is_page:
            words = data if self._is_code else SIGNS.sub(lambda sign: f"\\{sign[0]}", data)
            self._line.append(re.sub(r"\s+", " ", words))
        else:
            self._line.append(data if self._row is None else re.sub(r"\s+", " ", data))

    def handle_entityref(self, name: str) -> None:
        """See `HTMLParser`; Markdown reads entities itself."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """See `HTMLParser`; Markdown reads entities itself."""
        self.handle_data(f"&#{name};")

    def _item(self) -> None:
        self._end_line("\n")
        mark = f"{self._lists[-1]}. " if self._lists and self._lists[-1] else "- "
        if self._lists and self._lists[-1]:
            self._lists[-1] += 1
        self._line.append("  " * max(len(self._lists) - 1, 0) + mark)

    def _join(self) -> None:
        """Put what a term means behind the term."""
        said = "".join(self._line).strip()
        if not said and self._written:
            said = self._written.pop().strip()
        self._line = [f"{said}: " if said and not said.endswith(":") else f"{said} " * bool(said)]

    def _end_cell(self) -> None:
        if self._row is None:
            return
        if self._is_in_cell:
            self._row.append(" ".join("".join(self._line).split()).replace("|", "\\|"))
        self._line, self._is_in_cell = [], False

    def _end_row(self) -> None:
        if self._row is None:
            return
        self._end_cell()
        row, self._row = self._row, None
        if any(row):
            rule = f"|{'---|' * len(row)}\n" if not self._rows else ""
            self._written.append(("\n" if rule else "") + f"| {' | '.join(row)} |\n{rule}")
            self._rows += 1

    def _break(self) -> None:
        if self._row is not None:
            self._line.append(" ")
        elif "".join(self._line).strip(" -") or not self._lists:
            self._end_line("\n\n")

    def _end_line(self, end: str) -> None:
        said = "".join(self._line)
        said = said.rstrip() if re.match(r"\s*(?:-|\d+\.) ", said) else said.strip()
        self._line = []
        if said.strip(" -#"):
            self._written.append(said + end)
        elif end == "\n\n" and self._written:
            self._written.append(end)

    def _end_code(self) -> None:
        code = "".join(self._pre or ()).strip("\n")
        self._pre = None
        if code.strip():
            longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
            fence = "`" * (longest + 1)
            self._written.append(f"\n{fence}\n{code}\n{fence}\n\n")
