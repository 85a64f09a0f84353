"""Marks of the dialects courses are written in, turned into what they say in plain Markdown.

MyST, Quarto, R Markdown, Docusaurus and its MDX, MkDocs, mdBook, d2l, Carpentries, Jekyll, Hugo and Obsidian. Code is
left as it is. Knows no files: what is included stands there already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.lessons.reading.boxes import boxes_opened
from bot.lessons.reading.code_parts import CodePart, parts_of
from bot.lessons.reading.small_marks import inline_marks, line_marks, with_code

CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:.+?)(?<!`)\1(?!`)", re.DOTALL)
# A role: MyST's `{ref}`words <target>``, and d2l's `:numref:`target``.
ROLE = re.compile(
    r"(?<![\w`\\])(?:\{(?P<myst>[A-Za-z][\w:.+-]*)\}|:(?P<d2l>[a-z]{3,}):)(?P<ticks>`+)(?P<said>[^`\n]+(?:\n(?!\s*\n)[^`\n]+)?)(?P=ticks)"
)
MUTE_ROLES = frozenset({"label", "cite", "citet", "citep", "bibliography", "width", "height", "index", "target"})
CODE_ROLES = frozenset(
    {"attr", "class", "code", "command", "file", "func", "kbd", "meth", "mod", "option", "program", "samp"}
)
TARGETED = re.compile(r"\s*<[^<>]+>$")
PREFIX = re.compile(r"^~?(?:fig|sec|chap|eq|tab|subsec|ch|part|sect)[_:.-]")
# Whole lines that say nothing to a reader.
MUTE_LINES = re.compile(
    r"""^[ \t]*(?:
      \{%(?:(?!%\})[^\n])*%\} | \{\{[<%](?:(?![>%]\}\})[^\n])*[>%]\}\}
      | \{\{\#?(?:title|quiz|toc|TOC)\b[^{}]*\}\} | \{\{\#[^{}]*\}\}
      | \[\[?_?toc_?\]?\] | \([\w:. /-]+\)= | \+\+\+(?:[ \t].*)? | %%?[ ].* | \{:[^{}\n]*\}
      | :(?:begin_tab|end_tab|label|width|height|bibliography):(?:`[^`\n]*`)? | \{/\*.*?\*/\}
      | import[ ].+[ ]from[ ]+['"][^'"]+['"];?
      | \{\{-?[ ]*(?:book|site|page)\.[\w.]+[ ]*-?\}\}
      | \{\{%[^{}\n]*\}\} | \{[.#][A-Za-z][^{}\n]*\} | import[ ]['"][^'"]+['"];? | \\(?:newpage|clearpage|pagebreak)
    )[ \t]*$""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
EXPORT = re.compile(r"^export[ ](?:const|default|function|let)\b.*?(?:\n[ \t]*\n|\Z)", re.DOTALL | re.MULTILINE)
SHORTCODE = re.compile(r"\{\{[<%].{0,500}?[>%]\}\}|\{%.{0,500}?%\}|\{/\*.{0,2000}?\*/\}", re.DOTALL)
# `{alt=…}`, `{.class #name}`, `{: .note}` behind what they are about; never behind `_`, as in formulas.
ATTRIBUTES = re.compile(
    r"""(?:(?<=[)\]`*])|\A)[ ]?\{(?::[^{}\n]*|[ ]*(?:\.[\w-]+|(?<=[)\]]\{)\#[\w:-]+"""
    r"""|[\w-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s{}]+))(?:[ ]+[^{}\n]*)?)\}"""
)
# The name of a table, a figure or a formula behind what it is called (Quarto).
NAMED = re.compile(r"[ ]\{\#(?:tbl|fig|lst|eq|sec|thm|def|exm|exr|lem|cor|prp)[-:][^{}\n]*\}")
CAPTION = re.compile(r"(?<=\n\n):[ ]+(?=\S)")
# `term`, and below it `: what it means`, as Pandoc and its kin have it.
DEFINED = re.compile(r"(?<=[^\s|])\n:[ ]{1,3}(?=\S)")
NOTED = re.compile(r"^([ \t]*(?:>[ \t]?)+)\[!(\w+)\][+-]?[ \t]*(.*)$", re.MULTILINE)
WIKI = re.compile(r"!?\[\[([^\[\]|\n,]+)(?:\|([^\[\]\n]+))?\]\](?!\()")
# The same with code in it, which is taken apart otherwise.
WIKI_OF_CODE = re.compile(r"(?<![\w!`])\[\[#?([^\[\]|\n]*`[^\[\]|\n]*`[^\[\]|\n]*)(?:\|([^\[\]\n]+))?\]\]")
FOOTNOTE = re.compile(r"^[ ]{0,3}\[\^([^\]\s]+)\]:[ \t]*", re.MULTILINE)
FOOTMARK = re.compile(r"\[\^([^\]\s]+)\](?!:)")
HEADING = re.compile(r"^[ \t]*<h([1-6])\b[^>]*>(.*?)</h\1>[ \t]*$", re.DOTALL | re.MULTILINE | re.IGNORECASE)
TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL | re.IGNORECASE)
# Components of MDX: alone on a line, or around words of one line.
COMPONENT = re.compile(
    r"""</?[A-Z][\w.]*(?:\s(?:[^<>{}"']|"[^"]*"|'[^']*'|\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\})*)?/?>|</?>"""
)
COMPONENT_NAME = re.compile(r"</?([A-Z][\w.]*)")
SAID_BY = re.compile(r"\b(?:title|label|summary|caption|alt|heading)=(?:\{?[\"'])([^\"'\n]+)[\"']")


def plain_markdown(text: str) -> str:
    """Return a lesson in plain Markdown: its words and code, without the marks of a dialect."""
    lines = boxes_opened(with_code(text).split("\n"))
    notes = {name.lower() for name in FOOTNOTE.findall("\n".join(lines))}
    return "\n".join(_written(parts_of(lines), notes))


def _written(parts: Sequence[CodePart], notes: set[str]) -> Iterator[str]:
    closed = {name for part in parts if not part.is_code for name in re.findall(r"</([A-Z][\w.]*)", part.text)}
    for part in parts:
        yield part.text if part.is_code else _prose(part.text, notes, closed)


def _prose(text: str, notes: set[str], closed: set[str]) -> str:
    """Return words between pieces of code; what spans lines first, then lines, then what stands within one."""
    text = TABLE.sub(lambda found: re.sub(r"\n\s*", "\n", found[0]), text)
    text = HEADING.sub(lambda found: f"\n{'#' * int(found[1])} {' '.join(found[2].split())}\n", text)
    text = MUTE_LINES.sub("", line_marks(EXPORT.sub("\n", text)))
    text = NOTED.sub(_noted, text)
    text = FOOTNOTE.sub("\n", text)
    text = ROLE.sub(_role, NAMED.sub("", text))
    text = CAPTION.sub("", DEFINED.sub(_defined, text))
    text = WIKI_OF_CODE.sub(lambda found: found[2] or found[1], text)
    return "".join(_inline(piece, notes, closed) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """Yield words and spans of code in turn."""
    at = 0
    for span in CODE_SPAN.finditer(text):
        yield text[at : span.start()]
        yield span[0]
        at = span.end()
    yield text[at:]


def _inline(piece: str, notes: set[str], closed: set[str]) -> str:
    if piece.startswith("`") and CODE_SPAN.fullmatch(piece):
        return piece
    piece = SHORTCODE.sub("", piece)
    piece = ATTRIBUTES.sub("", inline_marks(piece))
    piece = FOOTMARK.sub(lambda found: "" if found[1].lower() in notes else found[0], piece)
    piece = WIKI.sub(lambda found: _wiki(found, piece), piece)
    return COMPONENT.sub(lambda found: _component(found, closed), piece)


def _defined(found: re.Match[str]) -> str:
    return " " if found.string[found.start() - 1] in ":：" else ": "


def _noted(found: re.Match[str]) -> str:
    """Return the first line of a note in a quote: its title, where it has one."""
    mark = found[1].rstrip()
    return f"{mark} **{found[3]}**\n{mark}" if found[3] else mark


def _wiki(found: re.Match[str], piece: str) -> str:
    """Return what a link of Obsidian shows; a name behind a heading is no link."""
    line = piece[piece.rfind("\n", 0, found.start()) + 1 : found.start()]
    if re.match(r"[ ]{0,3}#{1,6}[ ].", line) and not found[2]:
        return found[0]
    return "" if found[0].startswith("!") else (found[2] or found[1].replace("#", " > ")).strip()


def _role(found: re.Match[str]) -> str:
    name = (found["myst"] or found["d2l"]).lower().rpartition(":")[2]
    said = " ".join(found["said"].split())
    if name in MUTE_ROLES:
        return ""
    if name == "math":
        return f"${said}$"
    words = TARGETED.sub("", said) if TARGETED.search(said) and TARGETED.sub("", said) else said
    if name in CODE_ROLES:
        return f"`{words.lstrip('~!')}`"
    if words == said and re.fullmatch(r"[\w:./~-]+", said) and re.search(r"[_:./-]", said):
        return re.sub(r"[_:./-]+", " ", PREFIX.sub("", said)).strip()
    return words


def _component(found: re.Match[str], closed: set[str]) -> str:
    """Return what a component says: its label in bold; a placeholder, which nothing closes, stays."""
    source = found[0]
    name = COMPONENT_NAME.match(source)
    if not name:
        return ""
    is_component = source.startswith("</") or source.endswith("/>") or name[1] in closed or "=" in source
    if not is_component:
        return source
    said = SAID_BY.search(source)
    return f"\n\n**{said[1]}**\n\n" if said and not source.startswith("</") else ""
