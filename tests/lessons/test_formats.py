from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.lessons.course_layout import LESSONS, Skip
from bot.lessons.reading.formats import FORMATS, format_of
from bot.lessons.reading.lesson_text import decoded
from bot.lessons.reading.sorting import FileSelection, Skipped, by_suffix, texts_left
from tests.lessons.courses import BEES, loaded, skipped


def test_every_kind_of_lesson_has_one_format() -> None:
    assert [len([each for each in FORMATS if suffix in each.suffixes]) for suffix in LESSONS] == [1] * len(LESSONS)
    assert frozenset().union(*(each.suffixes for each in FORMATS)) == LESSONS
    assert format_of("a/B.MDX") == format_of("b.md")


@pytest.mark.parametrize("suffix", ["md", "MD", "markdown", "mkd", "mdx", "qmd", "Rmd", "txt", "html", "htm"])
def test_a_lesson_may_be_of_any_of_these_kinds(tmp_path: Path, suffix: str) -> None:
    text = "<h1>Bees</h1><p>They dance.</p>" if suffix.startswith("ht") else "# Bees\n\nThey dance.\n"
    ((document, (chunk,)),) = loaded(tmp_path, {f"03-bees.{suffix}": text}).values()

    assert (document.title, document.lesson, chunk.text) == ("Bees", "03-bees", "They dance.")


def test_a_web_page_without_a_heading_has_the_title_of_its_head(tmp_path: Path) -> None:
    page = "<html><head><title>Of bees</title></head><body><p>They dance.</body></html>"
    ((document, _),) = loaded(tmp_path, {"03-bees.html": page}).values()

    assert document.title == "Of bees"


def test_plain_text_and_web_pages_beside_lessons_are_none_unless_they_are_numbered_or_named(tmp_path: Path) -> None:
    files = {
        "03-bees/README.md": BEES,
        "03-bees/words.txt": "one\ntwo\n",
        "03-bees/02-wax.txt": "Wax melts.\n",
        "notes/wax.txt": "Wax melts.\n",
        "data/wax.txt": "1 2 3\n",
        "notes/requirements.txt": "numpy\n",
        "03-bees/index.html": "<p>App</p>",
    }

    assert skipped(tmp_path, files) == {
        "03-bees/words.txt": "beside",
        "03-bees/index.html": "beside",
        "data/wax.txt": "beside",
        "notes/requirements.txt": "beside",
    }
    named = FileSelection(paths=("03-bees/words.txt",))
    assert "03-bees/words.txt" not in skipped(tmp_path, files, selection=named)


def test_plain_text_among_many_lessons_serves_them(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"lessons/{at:02}-bees/README.md": BEES for at in range(1, 12)}
    files |= {"talks/words.txt": "one two\n", "talks/08-wax.txt": "Wax melts.\n"}

    assert skipped(tmp_path, files) == {"talks/words.txt": "beside"}


def test_a_page_that_was_made_of_a_lesson_is_not_taken_again(tmp_path: Path) -> None:
    page = "<h1>Bees</h1><p>They dance.</p>"
    files: dict[str, str | bytes] = {
        "01-bees.qmd": BEES,
        "docs/01-bees.html": page,
        "talks/02-wax.html": page,
        "guide/_layouts/page.html": page,
        "lab/03-hive/task.md": BEES,
        "lab/03-hive/demo.view/index.html": page,
    }

    assert skipped(tmp_path, files) == {
        "docs/01-bees.html": "twice",
        "guide/_layouts/page.html": "beside",
        "lab/03-hive/demo.view/index.html": "beside",
    }


def test_what_was_left_out_is_counted_by_its_kind() -> None:
    left = [Skipped(path, Skip.OTHER_KIND) for path in ("a.tex", "b.TEX", "c.png", "d.odt", "LICENCE")]
    left.append(Skipped("e.md", Skip.EMPTY))

    assert by_suffix(left) == [(".tex", 2), (".png", 1), (".odt", 1), ("", 1)]
    assert texts_left(left) == [(".tex", 2), (".odt", 1)]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("# Bees\r\ndance".encode("utf-16-le"), "# Bees\ndance"),
        ("# דבורים רוקדות\nכל היום".encode("utf-16-be"), "# דבורים רוקדות\nכל היום"),
        (b"The crow\x92s weight is plain. " * 9, "The crow’s weight is plain. " * 9),
        (b"\x93Bees\x94 dance \x96 all day and all of the night. ", "“Bees” dance – all day and all of the night. "),
        (b"A na\xefve bee. " + b"It dances all day. " * 9, "A naïve bee. " + "It dances all day. " * 9),
        (
            ("Les abeilles dansent tout l’été dans la ruche, et elles sont très gaies. " * 2).encode("cp1252"),
            "Les abeilles dansent tout l’été dans la ruche, et elles sont très gaies. " * 2,
        ),
        (("Včely tančí celé léto v úlu a jsou při tom velmi veselé, říká se. " * 2).encode("cp1250"), None),
        ("Пчёлы танцуют".encode("cp1251"), None),
        ("蜜蜂跳舞".encode("gbk"), None),
        ("蜂は踊る".encode("shift-jis"), None),
        ("Bees – dance. ".encode() * 9 + b"\x92", "Bees – dance. " * 9 + "\ufffd"),
        (b"\0\0\0\1a\0b\0", None),
    ],
)
def test_other_codes_are_read_where_they_are_known_for_sure(raw: bytes, text: str | None) -> None:
    assert decoded(raw) == text


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.md", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "pointer"),
        ("a.ipynb", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "pointer"),
        ("a.ipynb", "", "empty"),
        ("a.ipynb", '{"cells": []}', "empty"),
        ("a.ipynb", '{"cells": null, "metadata": null}', "empty"),
        ("a.ipynb", "{", "damaged"),
        ("a.tex", "\\section{Bees}", "other_kind"),
        ("a.rst", "Bees\n====\n", "no_reader"),
    ],
)
def test_what_holds_no_lesson_says_why(tmp_path: Path, name: str, content: str, reason: str) -> None:
    assert skipped(tmp_path, {name: content}) == {name: reason}


@pytest.mark.parametrize(
    "metadata", [None, {"kernelspec": None}, {"kernelspec": []}, {"language_info": {"name": "python"}}, 3]
)
@pytest.mark.parametrize("source", [None, [], "", [None]])
def test_a_cell_that_says_nothing_does_not_take_its_notebook_along(
    tmp_path: Path, metadata: object, source: object
) -> None:
    cells = [
        {"cell_type": "raw", "source": "---\ntitle: Of bees\n---\n"},
        {"cell_type": "markdown", "source": source},
        {"cell_type": "code", "source": source, "metadata": None},
        {"cell_type": "markdown", "source": "They dance."},
    ]
    ((document, chunks),) = loaded(tmp_path, {"a.ipynb": json.dumps({"cells": cells, "metadata": metadata})}).values()

    assert document.title == "Of bees"
    assert "They dance." in chunks[-1].text
