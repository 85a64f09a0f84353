"""The site that `make docs` builds: every page is there and is found, also by Hebrew words, and nothing is fetched."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli_process import ROOT

OUTSIDE = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["'](?:https?:)?//""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built anew as a reader of CONTRIBUTING.md would. A dead link is a failure."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        ["make", "docs", f"SITE={folder}"], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def search_index(site: Path) -> dict[str, Any]:
    written = (site / "searchindex.js").read_text(encoding="utf-8")
    index: dict[str, Any] = json.loads(written[written.index("(") + 1 : written.rindex(")")])
    return index


def test_every_page_is_built_and_stands_in_the_navigation(site: Path) -> None:
    pages = {path.relative_to(ROOT).with_suffix(".html") for path in ROOT.glob("docs/**/*.md")}
    first = (site / "docs/index.html").read_text(encoding="utf-8")
    there = {Path("docs") / link for link in re.findall(r'class="reference internal" href="([^"#]+)"', first)}

    assert len(pages) > 40
    assert all((site / page).is_file() for page in pages)
    assert pages - {Path("docs/index.html")} <= there
    assert "docs/index.html" in (site / "index.html").read_text(encoding="utf-8")


def test_a_page_is_found_by_its_words_in_english_and_in_hebrew(site: Path) -> None:
    index = search_index(site)
    names = index["docnames"]

    def pages(term: str, of: str = "terms") -> set[str]:
        found = index[of].get(term, [])
        return {names[number] for number in (found if isinstance(found, list) else [found])}

    assert "docs/how-to/postgres" in pages("createdb")
    assert "docs/how-to/postgres" in pages("postgr", of="titleterms")
    assert any(re.fullmatch("[א-ת]{3,}", term) and pages(term) for term in index["terms"])


def test_no_page_asks_for_anything_outside(site: Path) -> None:
    asking = [path.name for path in site.glob("**/*.html") if OUTSIDE.search(path.read_text(encoding="utf-8"))]

    assert asking == []
