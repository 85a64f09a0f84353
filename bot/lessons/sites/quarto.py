"""Quarto: `site-url` of a website or a book, pages as `.html`; Pandoc's ids."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from unicodedata import category

from bot.lessons.sites.headings import FreeIds, SiteHeading
from bot.lessons.sites.published_site import Site, SiteFolder, SitePage, is_like, mapped, part

SETTINGS = ("_quarto.yml", "_quarto.yaml")
PAGES = frozenset({".qmd", ".md", ".rmd", ".ipynb"})
UNSURE = re.compile(r"\{\{|@\w|\\[A-Za-z]|\[\^|\]\{|`\{|[~^]\S+[~^]|\^\[")
FILE = re.compile(r"\.(?:qmd|md|rmd|ipynb)$", re.IGNORECASE)


def quarto_site(folder: SiteFolder) -> Site | None:
    """Return the site that Quarto makes of a folder; None where its address cannot be told.

    A website has the files that `project: render` lists, or all whose names and folders do not begin with `_` or `.`,
    but READMEs; a book has its chapters. Each lies beside its source, by its name or its `output-file`.
    """
    told = folder.settings(*SETTINGS)
    kind = str(part(told, "project", "type") or "")
    own = part(told, kind)
    address = folder.address(part(own, "site-url"), part(own, "site-path") or "")
    if kind not in {"website", "book"} or not address:
        return None
    chapters = frozenset(_files(own)) if kind == "book" else None
    render = part(told, "project", "render")

    def page(each: SitePage) -> str | None:
        if each.suffix not in PAGES or each.says("draft") or not _is_web(each):
            return None
        is_rendered = each.path in chapters if chapters is not None else _is_rendered(each.path, render)
        if not is_rendered:
            return None
        name = each.told("output-file") or each.stem
        name = name if name.endswith(".html") else f"{name}.html"
        return posixpath.join(each.folder, "" if name == "index.html" else name)

    return Site(kind="Quarto", root=folder.root, address=address, page=page, ids=lambda _: pandoc_ids)


def _files(told: object) -> Iterator[str]:
    """Yield every file that a book's settings name, at any depth."""
    if isinstance(told, str) and FILE.search(told):
        yield posixpath.normpath(told)
    for each in told if isinstance(told, list) else mapped(told).values():
        yield from _files(each)


def _is_rendered(path: str, render: object) -> bool:
    parts = path.split("/")
    if any(each.startswith(("_", ".")) for each in parts):
        return False
    if not isinstance(render, list):
        return posixpath.splitext(parts[-1])[0].lower() != "readme"
    wanted = [str(each) for each in render]
    is_left_out = any(is_like(path, each[1:]) for each in wanted if each.startswith("!"))
    return not is_left_out and any(is_like(path, each) for each in wanted if not each.startswith("!"))


def _is_web(page: SitePage) -> bool:
    """Whether a page is a web page, among what it may be made into."""
    told = page.front.get("format")
    names = {told} if isinstance(told, str) else set(mapped(told))
    return not names or "html" in names


def pandoc_ids(headings: Sequence[SiteHeading]) -> list[str]:
    """Give ids as Pandoc does: from the first letter on, dots stay, runs of spaces are one dash, repeats get `-1`.

    Pandoc's manual, "Extension: auto_identifiers"; `section` where nothing is left.
    """
    new = FreeIds()
    ids = []
    for heading in headings:
        found = heading.told or new(_kept(heading.smart(pictures=True)) or "section")
        new.used.add(found)
        ids.append("" if UNSURE.search(heading.source) else found)
    return ids


def _kept(text: str) -> str:
    kept = (
        each for each in text if each in "_-." or each.isspace() or category(each)[0] == "L" or category(each)[0] == "N"
    )
    joined = "-".join("".join(each.lower()[:1] for each in kept).split())
    first = next((at for at, each in enumerate(joined) if category(each)[0] == "L"), len(joined))
    return joined[first:]
