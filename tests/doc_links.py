"""What the pages of the project name: links, anchors, files in backticks, and what they tell people to type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.lessons.reading.pages import rendered
from bot.lessons.sites.slugs import Slugs

ROOT = Path(__file__).parents[1]
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Folders with pages that are not the project's.
FOREIGN = {".venv", ".cache", "node_modules"}
ROOMS = "adapters|bot|deploy|docs|migrations|requirements|tests"
# Such as `docs/decisions/` and `requirements/*.txt`; a pattern such as `adapters/<platform>/events.py` is none.
NAMED_FILE = re.compile(rf"(?:{ROOMS})/[\w.*/-]*")


def pages(root: Path = ROOT) -> list[Path]:
    """Return every page of the project."""
    return sorted(path for path in root.rglob("*.md") if FOREIGN.isdisjoint(path.relative_to(root).parts))


def broken(page: Path, root: Path = ROOT) -> list[str]:
    """Return what a page names that is not there: links, anchors and files, as they are written."""
    inline = _inline(page)
    links = [link for token in inline for link in _links(token) if not _is_there(link, page, root)]
    named = [name for token in inline for name in _named_files(token) if not any(root.glob(name))]
    return links + named


def linked(page: Path) -> set[Path]:
    """Return the files a page links to."""
    targets = [urlsplit(link) for token in _inline(page) for link in _links(token)]
    return {(page.parent / unquote(each.path)).resolve() for each in targets if not each.scheme and each.path}


def typed(page: Path) -> Iterator[str]:
    """Yield what people are told to type: code in backticks, and behind the prompts of examples."""
    yield from (token.content for token in _inline(page) if token.type == "code_inline")
    for fence in fences(page):
        yield from (line.removeprefix("$ ") for line in fence.splitlines() if line.startswith("$ "))


def fences(page: Path) -> list[str]:
    """Return the examples of a page."""
    return [token.content for token in _tokens(page) if token.type == "fence"]


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors GitHub gives to a page's headings."""
    slugs, tokens = Slugs(), _tokens(page)
    headings = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "heading_open"]
    return frozenset(slugs(rendered(heading)) for heading in headings)


def _inline(page: Path) -> list[Token]:
    return [child for token in _tokens(page) for child in token.children or ()]


def _tokens(page: Path) -> list[Token]:
    return MARKDOWN.parse(page.read_text(encoding="utf-8"))


def _links(token: Token) -> Iterator[str]:
    if token.type == "link_open":
        yield str(token.attrs["href"])
    if token.type == "image":
        yield str(token.attrs["src"])


def _named_files(token: Token) -> Iterator[str]:
    if token.type == "code_inline" and NAMED_FILE.fullmatch(token.content):
        yield token.content


def _is_there(link: str, page: Path, root: Path) -> bool:
    """Whether a link leads somewhere; what lies outside the project is taken on trust."""
    target = urlsplit(link)
    if target.scheme or target.netloc:
        return True
    path = (page.parent / unquote(target.path)).resolve() if target.path else page
    if not path.is_relative_to(root) or not path.exists():
        return False
    return not target.fragment or (path.suffix == ".md" and unquote(target.fragment) in anchors(path))
