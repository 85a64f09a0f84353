from __future__ import annotations

import pytest

from bot.lessons.course_layout import Skip, named, number_of, spot_of, why_not


@pytest.mark.parametrize(
    ("path", "original", "language"),
    [
        ("03-bees/README.md", "03-bees/README.md", "en"),
        ("translations/he/03-bees/README.md", "03-bees/README.md", "he"),
        ("translations/br/03-bees/README.md", "03-bees/README.md", "pt-BR"),
        ("translations/tw/03-bees/README.md", "03-bees/README.md", "zh-TW"),
        ("translations/zh-CN/03-bees/README.md", "03-bees/README.md", "zh"),
        ("translations/pcm/03-bees/README.md", "03-bees/README.md", "pcm"),
        ("03-bees/translations/cn/README.md", "03-bees/README.md", "zh"),
        ("03-bees/translations/es-mx/README.md", "03-bees/README.md", "es"),
        ("03-bees/translations/README.pt-br.md", "03-bees/README.md", "pt-BR"),
        ("lessons/03-bees/translations/README.ja-jp.md", "lessons/03-bees/README.md", "ja"),
        ("translations/pictures/03-bees/README.md", "translations/pictures/03-bees/README.md", "en"),
        ("03-bees/README.fr.md", "03-bees/README.md", "fr"),
        ("03-bees/node.js.md", "03-bees/node.js.md", "en"),
        ("08-about/it.md", "08-about/it.md", "en"),
    ],
)
def test_a_translation_is_known_by_its_path(path: str, original: str, language: str) -> None:
    spot = spot_of(path, among={"03-bees/README.md", path})

    assert (spot.original, spot.language, spot.is_translation) == (original, language, original != path)


@pytest.mark.parametrize(
    ("path", "lesson", "number"),
    [
        ("README.md", "README", ()),
        ("03-bees/README.md", "03-bees", (3,)),
        ("03-bees/SETUP.md", "03-bees", (3,)),
        ("03-bees/code_samples/03-python.md", "03-bees", (3,)),
        ("03-bees/04-honey.md", "03-bees/04-honey", (3, 4)),
        ("2-farm/lessons/1-soil/README.md", "2-farm/1-soil", (2, 1)),
        ("2-farm/lessons/1-soil/assignment.md", "2-farm/1-soil", (2, 1)),
        ("Module02/README.md", "Module02", (2,)),
        ("Module02/01.Hives.md", "Module02/01.Hives", (2, 1)),
        ("1.2 The parts of a bee.md", "1.2 The parts of a bee", (1, 2)),
        ("docs/chapter-05-honey/tasting.md", "chapter-05-honey", (5,)),
        ("lesson-7-wax/README.md", "lesson-7-wax", (7,)),
        ("docs/help.md", "docs/help", ()),
        ("intro/readme.md", "intro", ()),
        ("2024-report.md", "2024-report", ()),
    ],
)
def test_a_lesson_has_the_name_and_number_of_its_folders(path: str, lesson: str, number: tuple[int, ...]) -> None:
    spot = spot_of(path, among={path})

    assert (spot.lesson, spot.number) == (lesson, number)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("AGENTS.md", Skip.NOT_A_LESSON),
        ("translations/he/AGENTS.md", Skip.NOT_A_LESSON),
        ("03-bees/SKILL.md", Skip.NOT_A_LESSON),
        ("CODE_OF_CONDUCT.md", Skip.NOT_A_LESSON),
        ("contributing.md", Skip.NOT_A_LESSON),
        ("docs/_sidebar.md", Skip.NOT_A_LESSON),
        ("tools/review.prompt.md", Skip.NOT_A_LESSON),
        (".agents/skills/bees/SKILL.md", Skip.HIDDEN),
        ("translations/he/.agents/skills/bees/notes.md", Skip.HIDDEN),
        ("node_modules/left/README.md", Skip.HIDDEN),
        ("03-bees/photo.png", Skip.OTHER_KIND),
        ("03-bees/solution.py", Skip.OTHER_KIND),
        ("13-security/README.md", None),
        ("docs/security.md", None),
        ("03-agents/agents.md", None),
        ("03-bees/hive.ipynb", None),
    ],
)
def test_what_is_no_lesson_is_known_by_its_path(path: str, reason: Skip | None) -> None:
    assert why_not(path) == reason


@pytest.mark.parametrize(
    ("name", "number", "title"),
    [
        ("03-open-hives", (3,), "open hives"),
        ("1.2 The parts", (1, 2), "The parts"),
        ("01.Hives", (1,), "Hives"),
        ("bees_and_wax", (), "bees and wax"),
        ("7", (7,), "7"),
    ],
)
def test_a_folder_name_is_read_as_a_title(name: str, number: tuple[int, ...], title: str) -> None:
    assert (number_of(name), named(name)) == (number, title)
