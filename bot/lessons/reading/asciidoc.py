"""AsciiDoc as Markdown: headings, lists, code, tables and what blocks and macros say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

HEADING = re.compile(r"^(={1,6})[ \t]+(.+?)(?:[ \t]+=+)?$")
ATTRIBUTE = re.compile(r"^:([\w-]+)!?:(?:[ \t]+(.*))?$")
STYLE = re.compile(r"^\[([^\[\]]*)\]$")
ANCHOR = re.compile(r"^\[\[[^\]]+\]\]$")
FENCE = re.compile(r"^(?:-{4,}|\.{4,}|`{3,}(\w*))$")
MUTE = re.compile(r"^(?:/{4,}|\+{4,})$")
EDGE = re.compile(r"^(?:={4,}|\*{4,}|_{4,}|--|\+|'{3,}|<{3,})$")
TABLE = re.compile(r"^[|,:!]={3,}$")
SILENT = re.compile(r"^(?://(?!/)|(?:ifdef|ifndef|ifeval|endif|include|toc)::)")
ITEM = re.compile(r"^[ \t]*(\*{1,5}|\.{1,5}|-|\d+\.)[ \t]+(.+)$")
TERM = re.compile(r"^(.+?):{2,4}(?:[ \t]+(.+))?$")
TITLE = re.compile(r"^\.([^.\s].*)$")
IMAGE = re.compile(r"(?:image|video|audio)::?[^\s\[]*\[([^\],\]]*)[^\]]*\]")
LINK = re.compile(r"(?:link:)?(https?://[^\s\[\]<>]+)\[([^\]^]*)\^?\]")
CROSS = re.compile(r"<<([^<>,]+)(?:,[ ]*([^<>]+))?>>|(?:xref|link):([^\s\[]+)\[([^\]]*)\]")
INLINE = re.compile(
    r"(?:kbd|btn|menu|footnote|stem|latexmath|pass|indexterm|icon):\w*[^\s\[]*\[([^\]]*)\]|\(\(\([^()]*\)\)\)"
)
BOLD = re.compile(r"(?<![\w*`])\*(?!\s)([^*\n`]+?)(?<!\s)\*(?![\w*`])")
EMPHASIS = re.compile(r"(?<![\w_`])_(?!\s)([^_\n`]+?)(?<!\s)_(?![\w_`])")
NAMED = re.compile(r"(?<![$\\])\{([a-zA-Z][\w-]*)\}")
CALLOUT = re.compile(r"[ \t]*(?://|#|--)?[ \t]*<(?:\d+|\.)>[ \t]*$")


def asciidoc_markdown(text: str) -> str:
    """Return a page of AsciiDoc in Markdown; what it includes stands there already or is left out."""
    lines = text.split("\n")
    named = {found[1]: found[2] or "" for line in lines if (found := ATTRIBUTE.match(line))}
    return "\n".join(_written(lines, named))


def _written(lines: Sequence[str], named: Mapping[str, str]) -> Iterator[str]:
    style = ""
    at = 0
    while at < len(lines):
        line = lines[at].rstrip()
        end = at + 1
        if FENCE.match(line) or MUTE.match(line) or TABLE.match(line):
            end = next((i + 1 for i in range(end, len(lines)) if lines[i].rstrip() == line), len(lines))
            yield from _block(line, lines[at + 1 : end - 1], style, named)
            style = ""
        elif found := STYLE.match(line):
            style = found[1]
        elif not (ATTRIBUTE.match(line) or ANCHOR.match(line) or SILENT.match(line)):
            yield "" if EDGE.match(line) else _line(line, named)
        at = end


def _block(edge: str, body: Sequence[str], style: str, named: Mapping[str, str]) -> Iterator[str]:
    yield ""
    if TABLE.match(edge):
        yield from _rows(body, named)
    elif not MUTE.match(edge):
        told = re.split(r"[,%\s]+", style.removeprefix("source").removeprefix("listing").lstrip(", "))
        fence = FENCE.match(edge)
        language = (fence[1] if fence else "") or (told[0] if re.fullmatch(r"[\w+#-]*", told[0]) else "")
        yield f"````{language}"
        yield from (CALLOUT.sub("", each) for each in body)
        yield "````"
    yield ""


def _rows(body: Sequence[str], named: Mapping[str, str]) -> Iterator[str]:
    """Yield a table's rows: cells of one line are a row, else as many as the first row has."""
    lines = [re.split(r"(?:^|[ \t])(?:\d+\+)?[a-z]?\|", each)[1:] for each in body]
    first = next((cells for cells in lines if cells), [])
    cells = [_inline(cell.strip(), named) for line in lines for cell in line]
    size = max(len(first), 1)
    for start in range(0, len(cells), size):
        yield f"| {' | '.join(cells[start : start + size])} |"
        if not start:
            yield f"|{'---|' * size}"


def _line(line: str, named: Mapping[str, str]) -> str:
    if found := HEADING.match(line):
        return f"{'#' * len(found[1])} {_inline(found[2], named)}"
    if found := ITEM.match(line):
        depth = len(found[1]) - 1 if found[1][0] in "*." else 0
        mark = "1." if found[1][0] == "." or found[1][0].isdigit() else "-"
        return f"{'   ' * depth}{mark} {_inline(found[2], named)}"
    if found := TITLE.match(line):
        return f"\n**{_inline(found[1], named)}**\n"
    if (found := TERM.match(line)) and "://" not in found[1]:
        return f"\n{_inline(found[1], named)}: {_inline(found[2] or '', named)}"
    return _inline(line, named)


def _inline(text: str, named: Mapping[str, str]) -> str:
    pieces = re.split(r"(`[^`\n]+`)", text)
    return "".join(piece if at % 2 else _words(piece, named) for at, piece in enumerate(pieces))


def _words(text: str, named: Mapping[str, str]) -> str:
    text = NAMED.sub(lambda found: named.get(found[1], found[0]), text)
    text = EMPHASIS.sub(r"*\1*", BOLD.sub(r"**\1**", text))
    text = IMAGE.sub(r"\1", INLINE.sub(lambda found: found[1] or "", text))
    text = LINK.sub(lambda found: f"[{found[2] or found[1]}]({found[1]})", text)
    text = CROSS.sub(lambda found: found[2] or found[4] or (found[1] or found[3]).replace("_", " ").strip(), text)
    return re.sub(r"\[[#.][\w.-]+\]#([^#]+)#", r"\1", text)
