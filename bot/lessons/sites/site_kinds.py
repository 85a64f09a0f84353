"""Which programs make sites of courses: one row each, and the sites a course's files tell of."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.lessons.files import NO_SITE
from bot.lessons.sites import docusaurus, hugo, jekyll, mdbook, mkdocs, quarto, sphinx
from bot.lessons.sites.published_site import Site, SiteFolder, relative


@dataclass(frozen=True, slots=True)
class SiteKind:
    """A program that makes sites: the settings a folder is known by, and what reads them.

    One of `beside` must lie beside them, and none of `without`.
    """

    settings: tuple[str, ...]
    read: Callable[[SiteFolder], Site | None]
    beside: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()


# The first that reads a file as its own has it: Jekyll has all Markdown below its folder.
KINDS = (
    SiteKind(docusaurus.SETTINGS, docusaurus.docusaurus_site),
    SiteKind(mkdocs.SETTINGS, mkdocs.mkdocs_site),
    SiteKind(mdbook.SETTINGS, mdbook.mdbook_site),
    SiteKind(quarto.SETTINGS, quarto.quarto_site),
    SiteKind(hugo.SETTINGS, hugo.hugo_site),
    SiteKind(sphinx.SETTINGS, sphinx.sphinx_site),
    SiteKind(sphinx.BOOK, sphinx.jupyter_book_site, sphinx.CONTENTS),
    SiteKind(jekyll.SETTINGS, jekyll.jekyll_site, without=sphinx.CONTENTS),
)

# Settings of tools, and those that came along with a package.
UNSEEN = re.compile(r"(?:^|/)(?:\.[^/]+|node_modules|vendor|site-packages|themes)/")

# Other tools have files of the same names, `config.json` above all.
MOST_FOLDERS = 20


@dataclass(frozen=True, slots=True)
class SitesFound:
    """The sites of a course, the deepest folder's first, and the programs whose settings tell no address."""

    sites: tuple[Site, ...] = ()
    unaddressed: tuple[str, ...] = ()


def sites_of(
    places: Collection[str], read: Callable[[str], str], *, told: str = "", repository: str = ""
) -> SitesFound:
    """Return the sites that a course's files tell of.

    `told` is the address of the one whose settings lie nearest to the top, "" to go by the settings alone; `repository`
    is where the course itself lies.
    """
    if told == NO_SITE:
        return SitesFound()
    found = list(_folders(places))
    top = min((_depth(root) for root, _ in found), default=0)
    sites: list[Site] = []
    unaddressed: list[str] = []
    for root, kind in found:
        folder = SiteFolder(
            root=root,
            paths=frozenset(relative(place, root) for place in places),
            read=partial(_read, read, root),
            told=told if _depth(root) == top else "",
            repository=repository,
        )
        site = kind.read(folder)
        sites += [site] if site else []
        if (
            site is None
            and not told
            and _depth(root) == top
            and (would := kind.read(replace(folder, told="https://site.invalid/")))
        ):
            unaddressed.append(would.kind)
    return SitesFound(tuple(sorted(sites, key=lambda site: -_depth(site.root))), () if sites else tuple(unaddressed))


def _read(read: Callable[[str], str], root: str, path: str) -> str:
    return read(posixpath.normpath(posixpath.join(root, path)))


def _depth(root: str) -> int:
    return root.count("/") + bool(root)


def _folders(places: Iterable[str]) -> Iterator[tuple[str, SiteKind]]:
    """Yield the folders with a site's settings, once for each kind, in the kinds' order: those nearest the top."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    for place in places:
        if not UNSEEN.search(place):
            named[posixpath.basename(place)].append(place)
    for kind in KINDS:
        roots = {root for name in kind.settings for root in _roots(named, name)}
        for root in sorted(roots, key=lambda each: (_depth(each), each))[:MOST_FOLDERS]:
            has, has_not = (any(root in _roots(named, name) for name in names) for names in (kind.beside, kind.without))
            if (has or not kind.beside) and not has_not:
                yield root, kind


def _roots(named: Mapping[str, Sequence[str]], name: str) -> Iterator[str]:
    """Yield the folders that have a file of settings, by its path from there."""
    for place in named.get(posixpath.basename(name), ()):
        if place == name or place.endswith(f"/{name}"):
            yield place[: -len(name)].rstrip("/")
