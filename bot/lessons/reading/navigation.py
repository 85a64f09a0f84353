"""The order and the titles a course gives its pages in a file of its own, as its web site shows them.

mdBook's and GitBook's SUMMARY.md, Jupyter Book's _toc.yml, MyST's, MkDocs', Quarto's and Docusaurus' configuration. A
file that cannot be read says nothing.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from bot.lessons.course_layout import LESSONS
from bot.lessons.sites.published_site import part, yaml_told

LINK = re.compile(
    r"^([ \t]*)(?:([-*+]|\d+[.)])[ \t]+)?\[((?:[^\[\]]|\[[^\]]*\])*)\]\(<?([^)>]*)>?\)[ \t]*$", re.MULTILINE
)
OBJECT = re.compile(r"\{[^{}\[\]]*\}|(?<=[\[,\n])[ \t]*(['\"])([\w./ -]+)\1(?=[ \t]*[,\]\n])")
FIELD = re.compile(r"\b(type|id|label)['\"]?\s*:\s*(['\"])(.*?)\2")
FILES = ("file", "href", "page", "url")
TITLES = ("title", "text", "caption", "part", "section", "label")
INSIDE = ("parts", "chapters", "sections", "contents", "children", "subtrees", "entries", "appendices", "toc")
MOST_CHARS = 500_000


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A page as it is listed: its path from the file's folder, "" for a heading; its title, "" for none; its number."""

    path: str
    title: str
    number: tuple[int, ...] = ()


def navigation(name: str, text: str) -> list[NavigationEntry]:
    """Return what a file of this name lists, in its order."""
    kind = next((read for names, read in KINDS.items() if PurePosixPath(name).name.lower() in names), None)
    return list(kind(text[:MOST_CHARS])) if kind else []


def located(
    entries: Iterable[NavigationEntry], folder: str, places: Collection[str]
) -> Iterator[tuple[str, NavigationEntry]]:
    """Yield the entries of a navigation in a folder with the lessons they mean, among the course's."""
    for entry in entries:
        path = unquote(entry.path.partition("#")[0]).strip().removeprefix("/")
        if found := _place(path, folder, places) if path else "":
            yield found, entry


def _place(path: str, folder: str, places: Collection[str]) -> str:
    """Return the lesson that a path means; what a build makes its own folder of may lie elsewhere in the course."""
    parts = PurePosixPath(path).parts
    shorter = (posixpath.join(*parts[at:]) for at in range(1, len(parts)))
    tried = ((folder, path), (posixpath.join(folder, "docs"), path), *((f"{folder}/docs", each) for each in shorter))
    names = (posixpath.normpath(posixpath.join(within, each)).lstrip("/") for within, each in tried)
    return next((each for name in names for each in spellings(name) if each in places), "")


def spellings(place: str) -> Iterator[str]:
    """Yield the paths that a page's name may mean."""
    yield place
    for suffix in sorted(LESSONS):
        yield place + suffix
        yield f"{place}/index{suffix}"


def _summary(text: str) -> Iterator[NavigationEntry]:
    """Number the items of lists; what stands in none comes before or after the chapters."""
    depths: list[int] = []
    counts: list[int] = []
    for found in LINK.finditer(text):
        indent, mark, title, path = len(found[1].expandtabs(4)), found[2], found[3], found[4]
        if not mark:
            yield NavigationEntry(path, title)
            continue
        while depths and depths[-1] > indent:
            depths, counts = depths[:-1], counts[:-1]
        if not depths or depths[-1] < indent:
            depths, counts = [*depths, indent], [*counts, 0]
        counts[-1] += 1
        yield NavigationEntry(path, title.replace("`", ""), tuple(counts))


def _toc(text: str) -> Iterator[NavigationEntry]:
    told = yaml_told(text)
    if isinstance(told, dict) and isinstance(told.get("root"), str):
        yield NavigationEntry(told["root"], "")
    yield from _listed(part(told, "project", "toc") or told, ())


def _mkdocs(text: str) -> Iterator[NavigationEntry]:
    told = yaml_told(text)
    folder = told.get("docs_dir", "docs") if isinstance(told, dict) else "docs"
    for entry in _listed(part(told, "nav"), ()):
        path = posixpath.join(str(folder), entry.path) if entry.path and "://" not in entry.path else ""
        yield NavigationEntry(path, entry.title, entry.number)


def _quarto(text: str) -> Iterator[NavigationEntry]:
    told = yaml_told(text)
    yield from _listed(part(told, "book", "chapters"), ())
    yield from _listed(part(told, "website", "sidebar"), ())


def _listed(told: object, above: tuple[int, ...]) -> Iterator[NavigationEntry]:
    """Yield what lists within lists name, numbered by their places; a list in no list is the whole."""
    if isinstance(told, dict):
        for name in INSIDE:
            yield from _listed(told.get(name), above)
    elif isinstance(told, list) and len(above) < MOST_DEPTH:
        for at, each in enumerate(told, 1):
            yield from _item(each, (*above, at))


MOST_DEPTH = 8


def _item(each: object, number: tuple[int, ...]) -> Iterator[NavigationEntry]:
    if isinstance(each, str):
        yield NavigationEntry(each, "", number)
    if not isinstance(each, dict):
        return
    path = next((each[name] for name in FILES if isinstance(each.get(name), str)), "")
    title = next((each[name] for name in TITLES if isinstance(each.get(name), str)), "")
    if path:
        yield NavigationEntry(path, title, number)
    elif re.search(r"\.\w{1,5}$", title):  # Quarto's `part: intro.qmd` is a page as well
        yield NavigationEntry(title, "", number)
    inner = [name for name in INSIDE if each.get(name)]
    if not path and not inner and len(each) == 1:  # MkDocs' `Title: page.md` and `Title: [pages]`
        ((name, value),) = each.items()
        if isinstance(value, str):
            yield NavigationEntry(value, str(name), number)
        else:
            yield from _listed(value, number)
    for name in inner:
        yield from _listed(each[name], number)


def _sidebars(text: str) -> Iterator[NavigationEntry]:
    """Yield the pages of Docusaurus' sidebars, which are a program: what looks like a page's name, in turn."""
    text = re.sub(r"/\*.*?\*/|^[ \t]*//[^\n]*", "", text, flags=re.DOTALL | re.MULTILINE)
    for at, found in enumerate(OBJECT.finditer(text), 1):
        told = {name: value for name, _, value in FIELD.findall(found[0])}
        if told.get("id") and told.get("type", "doc") in {"doc", "ref"}:
            yield NavigationEntry(told["id"], told.get("label", ""), (at,))
        elif found[2]:
            yield NavigationEntry(found[2], "", (at,))


def _bookdown(text: str) -> Iterator[NavigationEntry]:
    told = part(yaml_told(text), "rmd_files")
    yield from _listed(part(told, "html") or told, ())


KINDS: Mapping[frozenset[str], Callable[[str], Iterator[NavigationEntry]]] = {
    frozenset({"summary.md"}): _summary,
    frozenset({"_toc.yml", "_toc.yaml", "myst.yml", "myst.yaml"}): _toc,
    frozenset({"mkdocs.yml", "mkdocs.yaml"}): _mkdocs,
    frozenset({"_quarto.yml", "_quarto.yaml"}): _quarto,
    frozenset({"_bookdown.yml", "_bookdown.yaml"}): _bookdown,
    frozenset({"sidebars.js", "sidebars.ts", "sidebars.json", "sidebars.cjs", "sidebars.mjs"}): _sidebars,
}
