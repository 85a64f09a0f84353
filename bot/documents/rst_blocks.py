"""What docutils read, as Markdown: blocks within blocks, and the words within them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from docutils import nodes

from bot.documents.markdown_words import BEGINNING, table_of, words

Kinds = tuple[type[nodes.Node], ...]
Writer = Callable[[nodes.Element, nodes.document, int], Iterator[str]]
SILENT = (
    nodes.comment, nodes.decoration, nodes.docinfo, nodes.meta, nodes.pending, nodes.raw, nodes.substitution_definition,
    nodes.system_message, nodes.target, nodes.transition, nodes.footnote_reference, nodes.citation_reference,
    nodes.generated, nodes.label, nodes.colspec,
)  # fmt: skip
MARKS: Mapping[type[nodes.Node], str] = {nodes.strong: "**", nodes.emphasis: "*"}
MOST_LEVEL = 6
LABEL_PARTS = re.compile(r"[/_:.-]+")
LABEL_KIND = re.compile(r"^~?(?:fig|sec|chap|eq|tab|doc|ref)[_:.-]")
PICTURE_NAME = re.compile(r"\.\w{3,4}$|^https?:")
MADE_UP = re.compile(r"id\d+")
IDENTIFIER = re.compile(r"[\w.]+(?:\(\))?")


def blocks(node: nodes.Element, document: nodes.document, level: int = 0) -> Iterator[str]:
    """Yield what an element's children say, block by block; `level` is how many sections it stands in."""
    for child in node.children:
        if isinstance(child, SILENT) or _is_about_the_file(child, node, level):
            continue
        if isinstance(child, nodes.section):
            yield from blocks(child, document, level + 1)
        elif isinstance(child, nodes.Element):
            yield from filter(None, _block(child, document, level))


def _is_about_the_file(child: nodes.Node, parent: nodes.Node, level: int) -> bool:
    """Whether these are fields at the top (`:orphan:`), or a table of contents."""
    is_first = isinstance(parent, nodes.document | nodes.section) and level <= 1 and parent.index(child) <= 1
    is_top = isinstance(child, nodes.field_list) and is_first
    return is_top or (isinstance(child, nodes.topic) and "contents" in child.get("classes", ()))


def _block(node: nodes.Element, document: nodes.document, level: int) -> Iterator[str]:
    write = next((each for kinds, each in WRITERS if isinstance(node, kinds)), None)
    if write:
        yield from write(node, document, level)
    else:
        yield from blocks(node, document, level)


def _title(node: nodes.Element, document: nodes.document, level: int) -> Iterator[str]:
    """Yield the heading of a section, or the title of a box, a table or a rubric."""
    if isinstance(node.parent, nodes.section):
        anchor = _anchor(node.parent.get("ids") or [""])
        yield f"{'#' * min(level, MOST_LEVEL)} {inline(node, document)}{f' {{#{anchor}}}' * bool(anchor)}"
    else:
        yield f"**{inline(node, document)}**"


def _anchor(names: Sequence[str]) -> str:
    """Return the name of a section for links: one of those that were given before one that was made up."""
    return next((name for name in names if not MADE_UP.fullmatch(name)), names[0])


def _formula(node: nodes.Element, _: nodes.document, __: int) -> Iterator[str]:
    yield f"$$\n{node.astext()}\n$$"


def _quote(node: nodes.Element, document: nodes.document, level: int) -> Iterator[str]:
    said = "\n\n".join(blocks(node, document, level))
    yield "\n".join(f"> {line}".rstrip() for line in said.split("\n")) if said else ""


def _paragraph(node: nodes.Element, document: nodes.document, _: int) -> Iterator[str]:
    said = inline_of(node, document) if isinstance(node, nodes.image) else inline(node, document)
    yield BEGINNING.sub(r"\\", said)


def _fenced(node: nodes.Element, _: nodes.document, __: int) -> Iterator[str]:
    code = node.astext().rstrip()
    is_doctest = isinstance(node, nodes.doctest_block)
    language = "python" if is_doctest else next((each for each in node["classes"] if each not in {"code", ""}), "")
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    yield f"{fence}{language}\n{code}\n{fence}"


def _list(node: nodes.Element, document: nodes.document, _: int) -> Iterator[str]:
    """Yield a list; one whose items are single lines stays close together."""
    items = []
    for at, item in enumerate(node.children, int(node.get("start", 1))):
        mark = f"{at}. " if isinstance(node, nodes.enumerated_list) else "- "
        if isinstance(item, nodes.option_list_item):
            options = ", ".join(f"`{option.astext()}`" for option in item[0].children)
            said = f"{options}: {' '.join(block for each in item.children[1:] for block in _within(each, document))}"
        else:
            said = "\n\n".join(_within(item, document))
        if said:
            items.append(re.sub(r"\n +(?=\n)", "\n", mark + said.replace("\n", "\n" + " " * len(mark))))
    yield ("\n\n" if any("\n\n" in item for item in items) else "\n").join(items)


def _terms(node: nodes.Element, document: nodes.document, _: int) -> Iterator[str]:
    """Yield each term with the first words of what it means behind it."""
    for item in node.children:
        named = [each for each in item.children if isinstance(each, nodes.term | nodes.field_name)]
        meant = [each for each in item.children if isinstance(each, nodes.definition | nodes.field_body)]
        name = ", ".join(inline(each, document) for each in named)
        said = [block for each in meant for block in blocks(each, document, 1)]
        is_words = bool(said) and not said[0].startswith(("- ", "1. ", "```", "|", "$$", ">"))
        yield f"{name}: {said[0]}" if is_words else f"{name}:"
        yield from said[is_words:]


def _table(node: nodes.Element, document: nodes.document, _: int) -> Iterator[str]:
    for title in node.findall(nodes.title):
        yield f"**{inline(title, document)}**"
    rows = [
        [
            " ".join(" ".join(blocks(entry, document, 1)).split())
            for entry in row.children
            if isinstance(entry, nodes.entry)
        ]
        for row in node.findall(nodes.row)
    ]
    yield table_of(rows)


def _line_block(node: nodes.Element, document: nodes.document, _: int) -> Iterator[str]:
    yield "\n".join(filter(None, _lines(node, document)))


def _within(node: nodes.Node, document: nodes.document) -> Iterator[str]:
    """Yield the blocks of an item."""
    if isinstance(node, nodes.Element):
        yield from blocks(node, document, 1)


def _lines(node: nodes.Element, document: nodes.document) -> Iterator[str]:
    for line in node.children:
        if isinstance(line, nodes.line_block):
            yield from _lines(line, document)
        elif isinstance(line, nodes.Element):
            yield f"{inline(line, document)}  "


def inline(node: nodes.Element, document: nodes.document) -> str:
    """Return the words of an element, with the marks that Markdown has for theirs."""
    said = "".join(inline_of(child, document) for child in node.children)
    return re.sub(r"\s*\n\s*", " ", said).strip()


def inline_of(node: nodes.Node, document: nodes.document) -> str:
    """Return what a part of a line says."""
    match node:
        case nodes.Text():
            said = words(node.astext())
        case nodes.literal():
            said = _code(node.astext())
        case nodes.math():
            said = f"${node.astext()}$"
        case nodes.problematic():
            said = words(node.astext().strip("`|_*"))
        case nodes.image():
            said = str(node.get("alt", ""))
            said = "" if PICTURE_NAME.search(said) else words(said)
        case nodes.Element() if not isinstance(node, SILENT):
            said = _marked(node, document)
        case _:
            said = ""
    return said


def _marked(node: nodes.Element, document: nodes.document) -> str:
    if "label" in node:
        return words(_labelled(node, document))
    said = "".join(inline_of(child, document) for child in node.children)
    if isinstance(node, nodes.title_reference):
        said = re.sub(r"\s*\\<[^<>]+>$", "", said)
        return _code(node.astext()) if IDENTIFIER.fullmatch(node.astext()) else said
    if isinstance(node, nodes.reference) and is_absolute(address := str(node.get("refuri", ""))):
        return said if said == words(address) or not said.strip() else f"[{said}]({address.replace(' ', '%20')})"
    mark = MARKS.get(type(node), "")
    return f"{mark}{said}{mark}" if mark and said.strip() and mark not in said else said


def _labelled(node: nodes.Element, document: nodes.document) -> str:
    """Return what a reference without words shows: the title of what it leads to, or the words of its name."""
    name = str(node["label"])
    target = document.ids.get(document.nameids.get(name) or "")
    if isinstance(target, nodes.section):
        title = target.next_node(nodes.title)
        return title.astext() if title else ""
    last = node.astext().rstrip("/").rpartition("/")[2]
    return " ".join(LABEL_PARTS.sub(" ", LABEL_KIND.sub("", last)).split())


def is_absolute(address: str) -> bool:
    """Whether an address leads somewhere from a chat as well."""
    parts = urlsplit(address)
    return parts.scheme in {"http", "https", "mailto"}


def _code(said: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", said)), default=0)
    mark = "`" * (longest + 1)
    space = " " * (longest > 0)
    return f"{mark}{space}{said}{space}{mark}" if said.strip() else ""


WRITERS: tuple[tuple[Kinds, Writer], ...] = (
    ((nodes.title, nodes.rubric, nodes.subtitle), _title),
    ((nodes.literal_block, nodes.doctest_block), _fenced),
    ((nodes.math_block,), _formula),
    ((nodes.bullet_list, nodes.enumerated_list, nodes.option_list), _list),
    ((nodes.definition_list, nodes.field_list), _terms),
    ((nodes.table,), _table),
    ((nodes.line_block,), _line_block),
    ((nodes.block_quote,), _quote),
    ((nodes.image, nodes.TextElement), _paragraph),
)
