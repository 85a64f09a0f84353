"""Boxes around parts of a lesson, opened: fenced divs, directives, admonitions and tabs give their titles and words.

A heading within a box is a bold line, so that what follows the box belongs to the section the box stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.lessons.reading.code_parts import end_of, opened

COLONS = re.compile(r"^[ \t]*(:{3,})[ \t]*(.*?)[ \t]*:*$")
# What opens a box though nothing closes it.
ALONE = re.compile(
    r"^[ \t]*:{3,}[ ]?(?:\{[A-Za-z][\w:.+-]*\}|(?:note|tip|info|warning|caution|danger|important|details)\b)"
)
# A directive of reStructuredText within MyST, and its options; what it holds is said.
RST_LINE = re.compile(r"^[ \t]*(?:\.\. .*|:[\w-]+:(?:[ \t].*)?)$")
# A line that mdBook runs and does not show.
RUST_HIDDEN = re.compile(r"^[ \t]*#(?: .*)?$")
STRAY = re.compile(r"^[ \t]*:{3,}[ \t]*$")
DIRECTIVE = re.compile(r"^\{([\w:.+-]+)(?:[ ,][^}]*)?\}[ \t]*(.*)$")
OPTION = re.compile(r"^[ \t]*:[\w-]+:(?:[ \t].*)?$")
INDENTED = re.compile(r"^([ \t]*)(?:!!!|\?\?\?\+?|===)[+!]?[ \t]+(.*)$")
QUOTED = re.compile(r"[\"“]([^\"”]*)[\"”]")
HEADING = re.compile(r"^([ \t]{0,3})#{1,6}[ \t]+(.*?)[ \t]*#*$")
# So many headings make a chapter.
CHAPTER = 3
# What a reader unfolds, or that stands beside the text: in HTML, as a component, or as a shortcode of Hugo or Jekyll.
BOX_NAMES = (
    "accordion|admonition|alert|aside|box|callout|caution|collapse|danger|details|exercise|expand|fold|hint|important|info"
    "|note|notice|solution|spoiler|tip|warning"
)
DETAILS = re.compile(
    rf"<(?P<end>/?)(?:{BOX_NAMES})\b(?![^<>]*/>)"
    rf"|\{{(?:\{{[<%]|%)-?[ ]*(?P<over>/|end)?[ ]*(?:{BOX_NAMES})\b(?![^{{}}]*/[>%]\}}\}})",
    re.IGNORECASE,
)
HASH_BAR = re.compile(r"^[ \t]*#\|.*$|^[ \t]*#@(?:tab|save|title|param)\b.*$")
# Boxes within boxes that are still opened.
MOST_DEPTH = 8
# Directives whose body is code, those that show no words, and those of them whose body says something.
CODE = frozenset({
    "code", "code-block", "code-cell", "doctest", "ipython", "prompt", "sourcecode", "terminal", "testcode",
})  # fmt: skip
PICTURES = frozenset({
    "bibliography", "contents", "figure", "glue", "graphviz", "iframe", "image", "include", "index", "literalinclude",
    "mermaid", "only", "raw", "tableofcontents", "toctree", "video", "youtube",
})  # fmt: skip
BODIED = frozenset({"figure", "only"})
# Quarto and R Markdown write the language of a cell where MyST writes the name of a directive.
CELLS = frozenset({
    "bash", "c", "console", "cpp", "css", "dot", "fortran", "go", "haskell", "html", "java", "javascript", "js", "json",
    "julia", "node", "octave", "ojs", "perl", "powershell", "python", "python3", "r", "ruby", "rust", "scala", "sh",
    "sql", "stan", "text", "ts", "txt", "typescript", "yaml",
})  # fmt: skip


def boxes_opened(lines: Sequence[str]) -> list[str]:
    """Return the lines with their boxes opened."""
    return list(_opened(list(lines), 0))


def _opened(lines: Sequence[str], depth: int) -> Iterator[str]:
    """Yield the lines; `depth` is how many boxes they stand in."""
    closers = _closers(lines)
    ends = set(closers.values())
    folded = _folded(lines)
    inside = depth
    at = 0
    while at < len(lines):
        end = at + 1
        if fence := opened(lines[at]):
            end = end_of(lines, at, fence[2]) + 1
            yield from _fenced(fence, lines[at:end], inside)
        elif at in ends:
            inside -= 1
            yield ""
        elif at in closers:
            inside += 1
            yield from _titled(COLONS.match(lines[at]))
            end = _after_options(lines, end)
        elif STRAY.match(lines[at]):
            yield ""
        elif ALONE.match(lines[at]):
            yield from _titled(COLONS.match(lines[at]))
            end = _after_options(lines, end)
        elif (box := INDENTED.match(lines[at])) and inside < MOST_DEPTH and _indented_end(lines, at, box[1]) > end:
            end = _indented_end(lines, at, box[1])
            yield from _label(box[2])
            yield from _opened(_dedented(lines[at + 1 : end], len(box[1])), inside + 1)
            yield ""
        else:
            yield _demoted(lines[at]) if inside or at in folded else lines[at]
        at = end


def _closers(lines: Sequence[str]) -> dict[int, int]:
    """Return the line that closes each fenced div, by the line that opens it; one that nothing closes is no box."""
    found: dict[int, int] = {}
    stack: list[int] = []
    at = 0
    while at < len(lines):
        if fence := opened(lines[at]):
            at = end_of(lines, at, fence[2]) + 1
            continue
        colons = COLONS.match(lines[at])
        if colons and colons[2]:
            stack.append(at)
        elif colons and stack:
            found[stack.pop()] = at
        at += 1
    return found


def _folded(lines: Sequence[str]) -> set[int]:
    """Return the lines of boxes such as `<details>`, which a reader unfolds; one that nothing closes folds none.

    Some courses fold whole chapters: one with several headings keeps them, as its sections are what people look for.
    """
    found: set[int] = set()
    stack: list[int] = []
    at = 0
    while at < len(lines):
        if fence := opened(lines[at]):
            at = end_of(lines, at, fence[2]) + 1
            continue
        for mark in DETAILS.finditer(lines[at]):
            if not mark["end"] and not mark["over"]:
                stack.append(at)
            elif stack:
                start = stack.pop()
                is_aside = sum(HEADING.match(line) is not None for line in lines[start:at]) < CHAPTER
                found |= set(range(start, at)) if is_aside and not stack else set()
        at += 1
    return found


def _titled(colons: re.Match[str] | None) -> Iterator[str]:
    """Yield the title of a fenced div: the words behind its kind."""
    told = colons[2] if colons else ""
    if told.startswith(("{.", "{#", "{=")) or (told.startswith("{") and "=" in told):
        named = re.search(r"\btitle=[\"']([^\"']+)[\"']", told)
        title = named[1] if named else ""
    elif directive := DIRECTIVE.match(told):
        title = directive[2]
    else:
        _, _, title = told.partition(" ")
        bracketed = re.search(r"\[([^\]]+)\]", told)
        title = bracketed[1] if bracketed else re.sub(r"\{[^}]*\}", "", title)
    yield ""
    if title.strip():
        yield from (f"**{title.strip()}**", "")


def _label(told: str) -> Iterator[str]:
    """Yield the title of an admonition or a tab of MkDocs."""
    title = QUOTED.search(told)
    yield ""
    if title and title[1].strip():
        yield from (f"**{title[1].strip()}**", "")


def _fenced(fence: re.Match[str], lines: Sequence[str], depth: int) -> Iterator[str]:
    """Yield fenced lines: a directive of MyST with words for its words, code as code."""
    indent, marks, told = fence[1], fence[2], fence[3].strip()
    directive = DIRECTIVE.match(told)
    if directive is None:
        is_rust = told.startswith("rust")
        yield from (line for line in lines if not (is_rust and RUST_HIDDEN.match(line)))
        return
    name = directive[1].lower()
    is_closed = len(lines) > 1 and re.match(rf"^[ \t>]*{marks[0]}{{{len(marks)},}}[ \t]*$", lines[-1]) is not None
    body = lines[1 : len(lines) - is_closed]
    body = body[_after_options(body, 0) :]
    if name in PICTURES:
        yield from ["", *body, ""] if name in BODIED else [""]
    elif name == "eval-rst":
        yield from ["", *(line.strip() for line in body if not RST_LINE.match(line)), ""]
    elif name in CODE or not _is_directive(name):
        language = (directive[2].split() or [""])[0] if name in CODE else name
        yield from [
            f"{indent}{marks}{language}",
            *(line for line in body if not HASH_BAR.match(line)),
            f"{indent}{marks}",
        ]
    elif name == "math":
        yield from ["", "$$", *body, "$$", ""]
    else:
        yield from ["", *([f"**{directive[2]}**", ""] if directive[2] else [])]
        yield from _opened(body, depth + 1) if depth < MOST_DEPTH else body
        yield ""


def _is_directive(name: str) -> bool:
    return name not in CELLS and not name.startswith((".", "#"))


def _after_options(lines: Sequence[str], at: int) -> int:
    """Return where a directive's options end: lines between colons, or YAML between rules."""
    if at < len(lines) and lines[at].strip() == "---":
        end = next((i for i in range(at + 1, min(len(lines), at + 30)) if lines[i].strip() == "---"), at - 1)
        return end + 1
    while at < len(lines) and OPTION.match(lines[at]):
        at += 1
    return at


def _indented_end(lines: Sequence[str], at: int, indent: str) -> int:
    """Return where the lines end that stand deeper than an admonition's first."""
    deeper = indent + "    "
    end = at + 1
    last = at
    while end < len(lines) and (not lines[end].strip() or lines[end].replace("\t", "    ").startswith(deeper)):
        last = end if lines[end].strip() else last
        end += 1
    return last + 1


def _dedented(lines: Sequence[str], indent: int) -> list[str]:
    return [line.replace("\t", "    ")[indent + 4 :] for line in lines]


def _demoted(line: str) -> str:
    """Return a heading as a bold line; any other line as it is."""
    found = HEADING.match(line)
    return f"**{found[2].strip('*')}**" if found and found[2].strip("*") else line
