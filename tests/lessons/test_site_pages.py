"""Addresses held by those the programs made themselves, of small sites with odd names: see `sites/recorded_pages.json`.

Each page held a mark, and was looked for in what the program wrote.
"""

from __future__ import annotations

import json
import posixpath
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot.lessons.reading.front_matter import front_matter
from bot.lessons.sites.site_kinds import sites_of

RECORDED = json.loads((Path(__file__).parent / "sites" / "recorded_pages.json").read_text(encoding="utf-8"))
ADDRESS = "https://bees.school.test/course/"
# Pages that there are, and whose address is left open: blogs and posts, which go by dates, and a section's slug,
# which Hugo's versions read differently.
OPEN = {"jekyll": ("_posts/",), "hugo": ("content/docs/secslug/x.md",), "docusaurus": ("src/pages/",)}


@pytest.mark.parametrize("program", RECORDED)
def test_pages_have_the_addresses_their_program_gives_them(program: str) -> None:
    site = RECORDED[program]
    texts = site["settings"] | site["files"]
    (found,) = sites_of(texts, lambda path: texts.get(path, ""), told=ADDRESS).sites
    for path, made in site["pages"].items():
        front = front_matter(site["files"][path])

        url = found.url(path, front.told, has_front=front.length > 0, today="2026-11-30")

        if url:
            assert _file(url) in made, path
        else:
            assert not made or any(part in path for part in OPEN.get(program, ())), path


def _file(url: str) -> str:
    """Return the file that a server has for an address: a folder's index, or that of a name without a suffix."""
    path = unquote(url.removeprefix(ADDRESS))
    if not path or path.endswith("/"):
        return f"{path}index.html"
    return path if posixpath.splitext(path)[1] == ".html" else f"{path}/index.html"
