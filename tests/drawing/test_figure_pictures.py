from __future__ import annotations

import random
from itertools import combinations, product
from xml.etree import ElementTree as ET

import pytest

from bot.domain import Chart, Mark
from bot.drawing.canvas import DARK, HEIGHT, LIGHT, WIDTH, Box, Drawing
from bot.drawing.figure_pictures import MOST_ALT_CHARS, alt_of, drawing_of, picture_of
from tests.drawing.figures import figures_of
from tests.drawing.png_reading import pixels_of, size_of

NAMES = [
    *("qwen3:8b", "llama3.2:3b", "olmo2:7b", "gpt-oss:20b", "mistral-small:24b", "gemma3:12b", "phi4:14b"),
    *("granite3.3:8b", "deepseek-r1:8b", "smollm2:135m", "falcon3:7b", "command-r:35b", "aya-expanse:8b"),
    *("apertus:8b", "nemotron-mini:4b"),
]
LONG = "hf.co/bartowski/Meta-Llama-3.1-70B-Instruct-GGUF-and-more:Q{}_K_M"
PAGE = Box(0, 0, WIDTH, HEIGHT)


def scattered(count: int, *, seed: int = 4) -> tuple[Mark, ...]:
    """Return marks as a leaderboard has them: ever weaker, with intervals."""
    drawn = random.Random(seed)
    made = []
    for number in range(count):
        y, margin = 200 - number * 13 + drawn.uniform(-20, 20), drawn.uniform(30, 90)
        name = NAMES[number % len(NAMES)] + ("-instruct-q4_K_M" if number >= len(NAMES) else "")
        x = drawn.uniform(8, 95)
        made.append(Mark(name=name, y=y, x=x, low=y - margin, high=y + margin, stands_out=number < count // 3 + 1))
    return tuple(made)


CASES: dict[str, tuple[Mark, ...]] = {
    "two": scattered(2),
    "eight": scattered(8),
    "thirty": scattered(30),
    "one": (Mark(name="qwen3:8b", y=0.0, x=31.4, low=-300.0, high=300.0),),
    "equal": tuple(Mark(name=name, y=10.0, x=20.0, low=-5.0, high=25.0) for name in NAMES[:6]),
    "zero": tuple(Mark(name=name, y=0.0, x=0.0) for name in NAMES[:2]),
    "long": tuple(Mark(name=LONG.format(n), y=n * 30.0, x=3.0 + n, stands_out=n > 2) for n in range(6)),
    "far apart": tuple(Mark(name=name, y=n * 40.0, x=0.03 * 4.3**n) for n, name in enumerate(NAMES[:6])),
    "huge": tuple(Mark(name=name, y=10.0 ** (n * 3), x=10.0 ** (n * 3)) for n, name in enumerate(NAMES[:4])),
    "other scripts": tuple(
        Mark(name=name, y=number * 40.0 - 50, x=2.0 + number**2, stands_out=number > 1)
        for number, name in enumerate(["מודל הצוות שלנו", "نموذج الفريق", "通义千问:7b", "מודל team-a 2", "🦙"])
    ),
    "hostile": (Mark(name='<script>&"\u202e\x1b[31m', y=1.0, x=1.0), Mark(name="", y=2.0, x=2.0)),
}


def charts() -> list[tuple[str, Chart]]:
    """Return every case as a scatter and as bars."""
    found: list[tuple[str, Chart]] = []
    for name, marks in CASES.items():
        figures = figures_of(*marks)
        assert figures.picture
        found += [(f"{name}, scatter", figures.picture), (f"{name}, bars", figures.bars[0])]
    return found


def drawn(chart: Chart) -> list[tuple[str, Drawing]]:
    return [
        (f"{locale} dark={is_dark}", drawing_of(chart, locale=locale, is_dark=is_dark))
        for locale, is_dark in product(("en", "he"), (False, True))
    ]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG 2 reckons it."""

    def luminance(colour: str) -> float:
        shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("name", "chart"), charts(), ids=lambda value: value if isinstance(value, str) else "")
def test_no_text_meets_another_and_all_stand_inside(name: str, chart: Chart) -> None:
    del name
    for how, drawing in drawn(chart):
        for one, other in combinations(drawing.labels, 2):
            assert not one.box.meets(other.box), (how, one, other)
        assert all(label.box.is_within(PAGE) for label in drawing.labels), how


@pytest.mark.parametrize(("name", "chart"), charts(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_shape_is_inside_and_the_picture_is_well_formed(name: str, chart: Chart) -> None:
    del name
    for _, drawing in drawn(chart):
        root = ET.fromstring(drawing.written(alt_of(chart, "en")))
        numbers = {"x1", "x2", "cx", "x", "width"}, {"y1", "y2", "cy", "y", "height"}
        for element in root.iter():
            for names, most in zip(numbers, (WIDTH, HEIGHT), strict=True):
                assert all(0 <= float(element.get(name, "0")) <= most for name in names)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_stand_out_from_the_background(colours: object) -> None:
    assert isinstance(colours, type(LIGHT))

    assert contrast(colours.text, colours.background) >= 4.5
    assert contrast(colours.quiet, colours.background) >= 4.5
    # What is no text needs three times the contrast (WCAG 1.4.11).
    assert contrast(colours.accent, colours.background) >= 3
    assert contrast(colours.others, colours.background) >= 3


def test_what_stands_out_is_told_without_its_colour() -> None:
    picture = figures_of(*scattered(8)).picture
    assert picture
    root = ET.fromstring(drawing_of(picture, locale="en").written(""))

    fills = {element.get("fill") for element in root.iter() if element.tag.endswith("circle")}
    assert fills == {LIGHT.accent, LIGHT.background}


def test_points_in_one_place_have_six_names() -> None:
    labels = drawing_of(figures_of(*CASES["equal"]).bars[0], locale="en").labels
    picture = figures_of(*CASES["equal"]).picture
    assert picture
    scatter = {label.text for label in drawing_of(picture, locale="en").labels}

    assert set(NAMES[:6]) <= {label.text for label in labels}
    assert set(NAMES[:6]) <= scatter


def test_names_for_which_there_is_no_room_are_counted_at_the_foot() -> None:
    picture = figures_of(*scattered(30)).picture
    assert picture
    labels = [label.text for label in drawing_of(picture, locale="en").labels]

    named = sum(label.startswith(tuple(name.partition(":")[0] for name in NAMES)) for label in labels)
    assert f"{named} of 30 have their name here; the CSV file has all." in labels
    assert named >= 8
    assert NAMES[0] in labels


def test_variants_of_a_long_name_stay_apart() -> None:
    picture = figures_of(*CASES["long"]).picture
    assert picture
    labels = {label.text for label in drawing_of(picture, locale="en").labels}

    assert len([label for label in labels if label.startswith("Meta-")]) == 6


def test_the_picture_is_a_png_of_its_size_with_words_for_who_cannot_see_it() -> None:
    drawn_picture = picture_of(figures_of(*scattered(8)), "en")

    assert drawn_picture
    assert size_of(drawn_picture.png) == (WIDTH, HEIGHT)
    assert drawn_picture.name == "leaderboard.png"
    assert drawn_picture.alt.startswith("Models by votes")
    assert all(name in drawn_picture.alt for name in NAMES[:8])


def test_the_words_of_a_picture_have_an_end() -> None:
    picture = figures_of(*(Mark(name=LONG.format(number), y=1.0) for number in range(50))).picture
    assert picture

    assert len(alt_of(picture, "he")) == MOST_ALT_CHARS


def test_a_dark_picture_is_dark() -> None:
    light, dark = picture_of(figures_of(*scattered(2)), "en"), picture_of(figures_of(*scattered(2), is_dark=True), "en")

    assert light
    assert dark
    assert tuple(pixels_of(light.png, rows=1)[0, 0]) == (255, 255, 255, 255)
    assert tuple(pixels_of(dark.png, rows=1)[0, 0]) == (0x15, 0x18, 0x1D, 255)


def test_without_marks_there_is_no_picture() -> None:
    assert picture_of(figures_of(), "en") is None
