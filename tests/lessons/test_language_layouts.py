"""Which language a file is in, by the folders it lies in, its name, what it says of itself, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.lessons.course_layout import language_folders
from bot.lessons.reading.sorting import FileSelection
from tests.lessons.courses import BEES, BEES_HE, loaded, metadata, skipped

FRENCH = (
    "Les abeilles dansent pour dire où sont les fleurs, et elles le font tous les jours de l'été. Quand il fait froid, "
    "elles restent dans la ruche avec la reine, qui ne sort pas. Nous allons voir comment elles parlent entre elles.\n"
)
ENGLISH = (
    "The bees dance to tell where the flowers are, and they do it on all of the days of the summer. When it is cold, "
    "they stay in the hive with the queen, who does not leave it. We will see how they speak with one another.\n"
)


def languages(folder: Path, files: Mapping[str, str | bytes]) -> dict[str, str]:
    return {path: document.language for path, (document, _) in loaded(folder, files).items()}


@pytest.mark.parametrize(
    ("english", "other", "language"),
    [
        ("docs/en/01-a.md", "docs/de/01-a.md", "de"),
        ("chapters/en/chapter1/1.mdx", "chapters/zh-CN/chapter1/1.mdx", "zh"),
        ("src/content/2/en/part2a.md", "src/content/2/fi/part2a.md", "fi"),
        ("03-bees.md", "he/03-bees.md", "he"),
        ("docs/intro.md", "i18n/fr/docusaurus-plugin-content-docs/current/intro.md", "fr"),
        ("api/intro.md", "i18n/pt-BR/docusaurus-plugin-content-docs-api/current/intro.md", "pt-BR"),
        ("README.md", "README_ja.md", "ja"),
        ("a/index.md", "a/index-es.md", "es"),
        ("docs/index.md", "docs/index.fr.md", "fr"),
    ],
)
def test_a_language_is_known_from_where_others_lie_beside(
    tmp_path: Path, english: str, other: str, language: str
) -> None:
    read = loaded(tmp_path, {english: BEES, other: BEES})

    assert {path: document.language for path, (document, _) in read.items()} == {english: "en", other: language}
    assert len({document.lesson for document, _ in read.values()}) == 1
    only = FileSelection(languages=frozenset({language}))
    assert skipped(tmp_path, {}, selection=only) == {english: "other_language"}


@pytest.mark.parametrize(
    "paths",
    [
        {"03-bees/id/a.md", "03-bees/README.md"},
        {"it/a.md", "hr/a.md", "finance/a.md", "sales/a.md", "law/a.md", "art/a.md"},
        {"docs/no/a.md"},
        {"no.md", "it.md"},
    ],
)
def test_a_folder_with_the_name_of_a_language_is_none_by_itself(paths: set[str]) -> None:
    assert language_folders(paths) == frozenset()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (f"---\nlang: fi\n---\n{BEES}", "fi"),
        (f"+++\nlanguage = 'pt-br'\n+++\n{BEES}", "pt-BR"),
        (metadata(BEES, language="he") + BEES_HE, "he"),
        (f"# דבורים\n\n{'דבורים רוקדות כדי לספר איפה יש פרחים. ' * 3}", "he"),
        (
            "# 渡轮课程\n\n渡轮每天早上九点从北码头出发，请各位乘客提前十五分钟到达检票口排队。船票价格是二十元。\n",
            "zh",
        ),
        (f"# Abeilles\n\n{FRENCH}", "fr"),
        (f"# Bees\n\n{ENGLISH}", "en"),
        (f"# Bees\n\n{ENGLISH}\n\nIn French one says: {FRENCH[:60]}\n", "en"),
        ("# Bees\n\nKurz.\n", "en"),
    ],
)
def test_a_file_by_itself_says_which_language_it_is_in(tmp_path: Path, text: str, language: str) -> None:
    assert languages(tmp_path, {"01-a.md": text}) == {"01-a.md": language}


def test_a_folder_of_translations_that_is_fed_by_itself_keeps_its_language(tmp_path: Path) -> None:
    files = {
        "03-bees/README.md": metadata(BEES, language="he") + BEES_HE,
        "README.md": f"---\nlang: he\n---\n{BEES_HE}",
    }

    assert set(languages(tmp_path / "he", files).values()) == {"he"}


def test_a_file_of_few_words_is_in_the_language_of_its_course(tmp_path: Path) -> None:
    text = (
        "# 渡轮\n\n渡轮每天早上九点从北码头出发，请各位乘客提前十五分钟到达检票口排队。"
        "船票价格是二十元，儿童半价，船上有餐厅供应热茶和面条。\n"
    )
    files: dict[str, str | bytes] = {f"{at}-a.md": text for at in range(1, 6)}

    assert languages(tmp_path, {**files, "6-b.md": "# 附录\n\n见下。\n"})["6-b.md"] == "zh"
    assert languages(tmp_path / "other", {"6-b.md": "# B\n\nSee.\n", "7-c.md": text})["6-b.md"] == "en"


def test_a_path_says_more_of_the_language_than_the_file(tmp_path: Path) -> None:
    files = {"docs/en/01-a.md": BEES, "docs/de/01-a.md": f"---\nlang: en\n---\n{BEES}"}

    assert languages(tmp_path, files)["docs/de/01-a.md"] == "de"


def test_a_page_of_the_web_says_its_language(tmp_path: Path) -> None:
    page = "<!doctype html><html lang='sv'><body><h1>Bin</h1><p>De dansar.</body></html>"

    assert languages(tmp_path, {"01-a.html": page}) == {"01-a.html": "sv"}
