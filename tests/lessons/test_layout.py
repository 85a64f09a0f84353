from __future__ import annotations

import pytest

from bot.lessons.course_layout import Skip, named, spot_of, why_not
from bot.lessons.lesson_numbers import number_of


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
    ("name", "number"),
    [
        ("001_intro", (1,)), ("100-x", (100,)), ("ch05-06-x", (5, 6)), ("ch04-01", (4, 1)), ("chap3_2 y", (3, 2)),
        ("L07", (7,)), ("L07-bees", (7,)), ("l12_x", (12,)), ("04a_x", (4,)), ("12b-x", (12,)), ("IV. x", (4,)),
        ("XII-x", (12,)), ("III", (3,)), ("chapter-twelve", (12,)), ("Lesson One", (1,)), ("second-part", (2,)),
        ("unit_three_wax", (3,)), ("1.10.2 x", (1, 10, 2)), ("שיעור 3", (3,)), ("פרק ג", (3,)),
        ("פרק-י״ב - כוורת", (12,)),
        ("第三章 蜜蜂", (3,)), ("第12课", (12,)), ("第二十一讲", (21,)), ("第3章", (3,)),
        ("제 4 장", (4,)),
        ("урок 5", (5,)),
        ("leçon-2", (2,)), ("week05", (5,)), ("week0_01_bayes", (0, 1)), ("module-2.3", (2, 3)),
        ("404", ()), ("2-factor authentication", ()), ("10-minute-start", ()), ("10_minutes_to_bees", ()),
        ("Class 12", (12,)), ("classes", ()), ("2-factors", (2,)), ("Día 9", (9,)),
        ("s02e03", (2, 3)), ("part-ii", (2,)), ("sesión-4", (4,)), ("part-mix", ()), ("part2a", (2,)),
        ("2024-report", ()), ("3d-models", ()), ("70b-models", ()), ("s3-buckets", ()), ("L2-norm", ()),
        ("C-basics", ()),
        ("IIX-x", ()), ("V-model", ()), ("one-more-thing", ()), ("patterns", ()), ("chat", ()), ("part-of-speech", ()),
        ("mix. x", ()),
    ],
)  # fmt: skip
def test_a_number_is_read_as_courses_write_it(name: str, number: tuple[int, ...]) -> None:
    assert number_of(name) == number


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
        ("001_the hive", (1,), "the hive"),
        ("ch05-06-the-hive", (5, 6), "the hive"),
        ("L07", (7,), "L07"),
        ("IV. The hive", (4,), "The hive"),
    ],
)
def test_a_folder_name_is_read_as_a_title(name: str, number: tuple[int, ...], title: str) -> None:
    assert (number_of(name), named(name)) == (number, title)
