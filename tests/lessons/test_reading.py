from __future__ import annotations

import json
import os
from hashlib import md5
from pathlib import Path

import pytest

from bot.domain import Passage
from bot.errors import UserError
from bot.lessons.reading.sorting import FileSelection
from tests.lessons.courses import BEES, BEES_HE, loaded, metadata, skipped

WORDS = "Words about hives that nobody gave a heading.\n"


def test_one_lesson_has_one_name_in_every_layout_of_translations(tmp_path: Path) -> None:
    read = loaded(
        tmp_path,
        {
            "03-bees/README.md": BEES,
            "translations/he/03-bees/README.md": BEES_HE,
            "03-bees/translations/ja-jp/README.md": "# 蜂\n\n踊ります。\n",
            "03-bees/translations/README.br.md": "# Abelhas\n\nDançam.\n",
            "translations/es/03-abejas/README.md": "# Abejas\n\nBailan.\n",
        },
    )

    assert {document.lesson for document, _ in read.values()} == {"03-bees"}
    assert {document.language for document, _ in read.values()} == {"en", "he", "ja", "pt-BR", "es"}


@pytest.mark.parametrize(
    ("paths", "lessons"),
    [
        (
            ["cohorts/2024/01-intro/README.md", "cohorts/2025/01-intro/README.md", "cohorts/2025/01-intro/homework.md"],
            {"cohorts/2024/01-intro": (2024, 1), "cohorts/2025/01-intro": (2025, 1)},
        ),
        (
            ["02-search/README.md", "cohorts/2025/02-search/homework.md", "03-wax.md"],
            {"02-search": (2,), "cohorts/2025/02-search": (2025, 2), "03-wax": (3,)},
        ),
        (
            ["basics/lessons/01-a/README.md", "advanced/lessons/01-a/README.md"],
            {"basics/01-a": (1,), "advanced/01-a": (1,)},
        ),
        (["lessons/01-a/README.md", "docs/01-a/notes.md"], {"01-a": (1,)}),
        (["2024/01-a/README.md", "translations/he/2024/01-a/README.md"], {"01-a": (1,)}),
        (["x/01-a.md", "y/01-a.md"], {"x/01-a": (1,), "y/01-a": (1,)}),
    ],
)
def test_lessons_of_one_name_in_different_parts_are_different_lessons(
    tmp_path: Path, paths: list[str], lessons: dict[str, tuple[int, ...]]
) -> None:
    read = loaded(tmp_path, {path: f"{BEES}\nSaid in {path}.\n" for path in paths})

    assert {document.lesson: document.number for document, _ in read.values()} == lessons


def test_chunks_carry_their_heading_and_anchor(tmp_path: Path) -> None:
    ((_, chunks),) = loaded(tmp_path, {"03-bees/README.md": f"{BEES}\n## Their wax\n\nIt melts.\n"}).values()

    assert [(chunk.section, chunk.heading_path, chunk.anchor) for chunk in chunks] == [
        (1, ("Bees",), "bees"),
        (2, ("Bees", "Their wax"), "their-wax"),
    ]


@pytest.mark.parametrize(
    ("files", "title"),
    [
        ({"03-bees/README.md": f"# Bees\n\n{WORDS}\n# Wasps\n"}, "Bees"),
        ({"03-bees/README.md": WORDS, "README.md": "| [Hives](./03-bees/README.md?WT.mc_id=x) |\n|---|\n"}, "Hives"),
        ({"03-bees/README.md": WORDS, "README.md": "- [Hives](03-bees/)\n"}, "Hives"),
        ({"03-bees/README.md": f"![Open hives](a.png)\n\n{WORDS}"}, "Open hives"),
        ({"03-bees/README.md": f"---\ntitle: Of hives\n---\n{WORDS}"}, "Of hives"),
        ({"03-bees/README.md": f"---\ntitle: '**Lab 8**: `wax` * 2'\n---\n{WORDS}"}, "Lab 8: wax * 2"),
        ({"03-bees/README.md": f"{WORDS}\n# Install\n\n{WORDS}\n# Use\n\n{WORDS}"}, "bees"),
        ({"03-bees/task.md": WORDS}, "bees: task"),
        ({"03-open-hives/README.md": WORDS}, "open hives"),
        ({"1.2 The hive.md": f"[![Watch](a.png)](https://video.test/)\n\n{WORDS}"}, "The hive"),
    ],
)
def test_a_lesson_without_a_heading_finds_a_title(tmp_path: Path, files: dict[str, str], title: str) -> None:
    read = loaded(tmp_path, files)

    assert next(document.title for path, (document, _) in read.items() if path != "README.md") == title


def test_a_first_page_without_a_title_is_called_after_its_course(tmp_path: Path) -> None:
    read = loaded(tmp_path / "bee-keeping", {"README.md": WORDS})

    assert read["README.md"][0].title == "bee keeping"


def test_a_translation_is_titled_in_its_own_language_first(tmp_path: Path) -> None:
    read = loaded(
        tmp_path,
        {
            "README.md": "- [Hives](03-bees/README.md)\n",
            "03-bees/README.md": WORDS,
            "translations/he/03-bees/README.md": "![כוורות](a.png)\n\nמילים.\n",
            "translations/fr/03-bees/README.md": "Des mots.\n",
        },
    )

    assert read["translations/he/03-bees/README.md"][0].title == "כוורות"
    assert read["translations/fr/03-bees/README.md"][0].title == "Hives"


@pytest.mark.parametrize(("made_from", "is_stale"), [(BEES, False), ("# Bees, long ago\n", True)])
def test_a_translation_says_itself_what_it_was_made_from(tmp_path: Path, made_from: str, *, is_stale: bool) -> None:
    translated = metadata(made_from, language="he") + BEES_HE
    read = loaded(tmp_path, {"03-bees/README.md": BEES, "translations/he/03-bees/README.md": translated})
    document, chunks = read["translations/he/03-bees/README.md"]

    assert document.is_stale is is_stale
    assert [chunk.text for chunk in chunks] == ["דבורים רוקדות כדי לספר איפה יש פרחים."]


@pytest.mark.parametrize(("made_from", "is_stale"), [(BEES, False), ("# Bees, long ago\n", True)])
def test_a_file_beside_translations_says_what_they_were_made_from(
    tmp_path: Path, made_from: str, *, is_stale: bool
) -> None:
    noted = {"03-bees/README.md": {"original_hash": md5(made_from.encode()).hexdigest(), "language_code": "he"}}
    read = loaded(
        tmp_path,
        {
            "03-bees/README.md": BEES,
            "translations/he/03-bees/README.md": BEES_HE,
            "translations/he/.co-op-translator.json": json.dumps(noted),
        },
    )

    assert read["translations/he/03-bees/README.md"][0].is_stale is is_stale


@pytest.mark.parametrize("noted", ["", "[]", '{"03-bees/README.md": 3}', "{"])
def test_a_damaged_file_beside_translations_makes_none_stale(tmp_path: Path, noted: str) -> None:
    files = {"03-bees/README.md": BEES, "translations/he/03-bees/README.md": BEES_HE}
    read = loaded(tmp_path, {**files, "translations/he/.co-op-translator.json": noted})

    assert not any(document.is_stale for document, _ in read.values())


def test_what_is_not_taken_says_why(tmp_path: Path) -> None:
    reasons = skipped(
        tmp_path,
        {
            "03-bees/README.md": BEES,
            "translations/en/03-bees/README.md": BEES,
            "translations/en/04-wax/README.md": BEES,
            "translations/he/03-bees/README.md": BEES_HE,
            "03-bees/translations/he/README.md": BEES_HE,
            "AGENTS.md": "# Do as I say\n",
            ".github/notes.md": BEES,
            "03-bees/bee.png": b"\x89PNG",
            "03-bees/empty.md": b"",
            "03-bees/heading.md": "# Only a heading\n",
            "03-bees/binary.md": b"\0\1\2",
            "03-bees/broken.ipynb": "{",
            "03-bees/huge.md": b"a" * 2_000_001,
        },
    )

    assert reasons == {
        "translations/en/03-bees/README.md": "english_copy",
        "03-bees/translations/he/README.md": "twice",
        "AGENTS.md": "not_a_lesson",
        ".github/notes.md": "hidden",
        "03-bees/bee.png": "other_kind",
        "03-bees/empty.md": "empty",
        "03-bees/heading.md": "empty",
        "03-bees/binary.md": "not_text",
        "03-bees/broken.ipynb": "damaged",
        "03-bees/huge.md": "too_large",
    }


def test_links_on_disk_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("# Secret\n")
    course = tmp_path / "course"
    course.mkdir()
    (course / "03-bees.md").symlink_to(tmp_path / "secret.md")
    (course / "around").symlink_to(course, target_is_directory=True)

    assert skipped(course, {"01-wax.md": BEES}) == {"03-bees.md": "link", "around": "link"}


def test_a_name_that_is_no_text_is_passed_over(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text(BEES)

    assert skipped(tmp_path, {"01-wax.md": BEES}) == {"caf?.md": "unsafe"}


def test_only_what_was_asked_for_is_taken(tmp_path: Path) -> None:
    files = {
        "README.md": BEES,
        "03-bees/README.md": BEES,
        "translations/he/03-bees/README.md": BEES_HE,
        "translations/fr/03-bees/README.md": "# Abeilles\n",
        "03-bees-and-wasps/README.md": BEES,
    }
    selection = FileSelection(languages=frozenset({"en", "he"}), paths=("03-bees",))

    assert skipped(tmp_path, files, selection=selection) == {
        "README.md": "elsewhere",
        "translations/fr/03-bees/README.md": "other_language",
        "03-bees-and-wasps/README.md": "elsewhere",
    }


def test_an_address_is_put_together_with_its_signs_encoded(tmp_path: Path) -> None:
    read = loaded(tmp_path, {"1.1 The hive.md": "# דבורים?\n\nמילים.\n"}, base_url="https://school.test/files/")
    ((document, (chunk,)),) = read.values()
    passage = Passage(id=1, document=document, chunk=chunk, score=0.0)

    assert document.url == "https://school.test/files/1.1%20The%20hive.md"
    assert passage.url == f"{document.url}#%D7%93%D7%91%D7%95%D7%A8%D7%99%D7%9D"


HE_URL = "https://github.com/school/bees-for-beginners/blob/main/translations/he/03-bees/README.md"
MANIFEST = [
    {
        "path": "bees/he/03/README.md",
        "course": "bees-for-beginners",
        "lang": "he",
        "lesson": "03-bees",
        "src_path": "somewhere/else.md",
        "canonical_url": HE_URL,
        "bytes": 12,
    },
    {
        "path": "bees/en/03/README.md",
        "course": "bees-for-beginners",
        "lang": "en",
        "lesson": "03-bees",
        "src_path": "03-bees/README.md",
        "canonical_url": "https://github.com/school/bees-for-beginners/blob/main/03-bees/README.md",
    },
    {"path": "bees/he/.co-op-translator.json", "src_path": "translations/he/.co-op-translator.json",
     "course": "bees-for-beginners"},
]  # fmt: skip


def test_a_manifest_says_where_copied_files_come_from(tmp_path: Path) -> None:
    noted = {"03-bees/README.md": {"original_hash": "0" * 32}}
    read = loaded(
        tmp_path,
        {
            "manifest.json": json.dumps(MANIFEST),
            "bees/en/03/README.md": BEES,
            "bees/he/03/README.md": BEES_HE,
            "bees/he/.co-op-translator.json": json.dumps(noted),
            "notes.md": BEES,
        },
    )
    translation, _ = read["bees/he/03/README.md"]

    assert set(read) == {"bees/en/03/README.md", "bees/he/03/README.md"}
    assert {document.key for document, _ in read.values()} == {"bees-for-beginners/03-bees"}
    assert (translation.language, translation.number, translation.is_stale) == ("he", (3,), True)
    assert translation.url == HE_URL


@pytest.mark.parametrize(
    "manifest", ['[{"path": 1}]', '[{"path": "a.md"}, {"course": "x"}]', '[{"path": "a.md", "lang": 3}]']
)
def test_a_wrong_manifest_is_told(tmp_path: Path, manifest: str) -> None:
    with pytest.raises(UserError) as told:
        loaded(tmp_path, {"manifest.json": manifest, "a.md": BEES})

    assert told.value.key == "error.lessons_manifest"


@pytest.mark.parametrize(
    "manifest",
    [
        '{"name": "web app"}',
        '[{"name": "icon"}]',
        "[]",
        "[3]",
        "[{",
        "",
        "\ufeff[]",
        '[{"src": "a.md"}, null]',
        "[" * 9000,
    ],
)
def test_a_manifest_of_another_kind_is_left_alone(tmp_path: Path, manifest: str) -> None:
    assert set(loaded(tmp_path, {"manifest.json": manifest, "a.md": BEES})) == {"a.md"}
