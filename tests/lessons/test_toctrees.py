"""Pages that list those below them give them their order."""

from __future__ import annotations

from pathlib import Path

from bot.lessons.reading.toctrees import named_below
from tests.lessons.courses import loaded


def numbers(folder: Path, files: dict[str, str | bytes]) -> dict[str, tuple[tuple[int, ...], str]]:
    return {path: (document.number, document.title) for path, (document, _) in loaded(folder, files).items()}


def test_what_a_page_lists_is_found_in_both_notations() -> None:
    rst = "Title\n=====\n\n.. toctree::\n   :maxdepth: 2\n\n   intro\n   Of wax <wax/index>\n\nWords.\n"
    myst = "# Title\n\n```{toctree}\n:maxdepth: 2\nintro\nOf wax <wax/index>\n```\n\n:::{toctree}\nmore\n:::\n"

    assert named_below(rst) == [("", "intro"), ("Of wax", "wax/index")]
    assert named_below(myst) == [("", "intro"), ("Of wax", "wax/index"), ("", "more")]
    assert named_below("No list.") == []


def test_pages_are_numbered_by_the_lists_they_stand_in(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "docs/index.md": "# Bees\n\nWords.\n\n```{toctree}\nzoo\nOf wax <wax/index>\nself\nhttps://a.example\n```\n",
        "docs/zoo.md": "Animals.\n",
        "docs/wax/index.md": "Wax.\n\n```{toctree}\n:glob:\n*\n/zoo\n```\n",
        "docs/wax/b.md": "# B\n\nb\n",
        "docs/wax/a.md": "# A\n\na\n",
        "docs/stray.md": "# Stray\n\nx\n",
        "docs/other.md": "# Other\n\nx\n\n```{toctree}\nstray\n```\n",
    }

    assert numbers(tmp_path, files) == {
        "docs/index.md": ((), "Bees"),
        "docs/zoo.md": ((1,), "zoo"),
        "docs/wax/index.md": ((2,), "Of wax"),
        "docs/wax/a.md": ((2, 1), "A"),
        "docs/wax/b.md": ((2, 2), "B"),
        "docs/stray.md": ((), "Stray"),
        "docs/other.md": ((), "Other"),
    }


def test_a_book_in_asciidoc_has_its_parts_in_the_order_in_which_it_includes_them(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "book.adoc": "= Bees\n\nAll of them.\n\ninclude::wax.adoc[]\n\ninclude::parts/honey.adoc[leveloffset=+1]\n",
        "parts/honey.adoc": "= Honey\n\nGold.\n",
        "wax.adoc": "= Wax\n\nMelts.\n",
    }

    assert numbers(tmp_path, files) == {
        "book.adoc": ((), "Bees"),
        "wax.adoc": ((1,), "Wax"),
        "parts/honey.adoc": ((2,), "Honey"),
    }


def test_pages_that_list_each_other_end(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "index.md": "# I\n\nx\n\n```{toctree}\na\n```\n",
        "a.md": "# A\n\nx\n\n```{toctree}\nb\n```\n",
        "b.md": "# B\n\nx\n\n```{toctree}\na\nindex\n```\n",
    }

    assert {path: number for path, (number, _) in numbers(tmp_path, files).items()} in (
        {"index.md": (), "a.md": (1,), "b.md": (1, 1)},
        {"index.md": (), "a.md": (), "b.md": ()},
    )
