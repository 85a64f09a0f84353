from __future__ import annotations

import pytest

from bot.drawing.canvas import DARK, FAMILY, HEIGHT, WIDTH, Box, Label
from bot.drawing.letters import directed, fitted, is_to_the_left, shortened, shown, width_of
from bot.drawing.png import png_of
from bot.i18n import LOCALES, sentences
from tests.drawing.png_reading import ink_of, pixels_of

SAMPLES = [
    "qwen3:8b",
    "Mistral-Small:24b-instruct-2501-q4_K_M",
    "WWWMMM@@@mmmwww%%%",
    "illicit/l.l,l;|'",
    "0123456789 +-±",
    "מודלים לפי הצבעות של הצוות",
    "اسمي نموذج الفريق",
    "«Ünïcödé» – “quotes” …",
    "מודל team-a 2",
]


def label_png(text: str, *, is_bold: bool = False) -> tuple[Label, bytes]:
    """Draw a text alone, on a picture of its size."""
    label = Label(text=text, x=20, y=36, size=30, is_bold=is_bold)
    width, height = round(label.box.right) + 60, 52
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="{FAMILY}">'
    ground = f'<rect width="{width}" height="{height}" fill="{DARK.background}"/>'
    return label, png_of(f"{head}{ground}{label.written(DARK)}</svg>")


@pytest.mark.parametrize("is_bold", [False, True], ids=["regular", "bold"])
@pytest.mark.parametrize("text", SAMPLES)
def test_a_text_is_drawn_within_the_box_it_is_reckoned_to_take(text: str, *, is_bold: bool) -> None:
    label, png = label_png(text, is_bold=is_bold)
    ink = ink_of(png)

    assert ink
    # A mark above a capital may reach into the gap that labels keep.
    far = 5
    assert Box(*ink).is_within(
        Box(label.box.left - 2, label.box.top - far, label.box.right + 2, label.box.bottom + far)
    )
    # Nor is it reckoned much wider than it is, or names would be cut that have room.
    assert label.box.right - label.box.left < 1.8 * (ink[2] - ink[0])


@pytest.mark.parametrize("locale", LOCALES)
def test_our_own_sentences_can_be_drawn(locale: str) -> None:
    ours = [words for key, words in sentences(locale).items() if key.split(".")[0] in {"leaderboard", "picture"}]

    assert ours
    assert all(shown(words) == " ".join(words.split()) for words in ours)


@pytest.mark.parametrize("sign", ["通", "か", "Ж", "α", "🦙", "\ue000", "→"])
def test_a_sign_that_no_font_has_is_no_box(sign: str) -> None:
    missing, asked = label_png(shown(sign))[1], label_png("?")[1]

    assert shown(f"a{sign}{sign}b") == "a?b"
    assert (pixels_of(missing) == pixels_of(asked)).all()


def test_what_turns_or_hides_is_not_drawn() -> None:
    assert shown("a\u202eb\x1b\u200bc\nd") == "abc d"


def test_hebrew_is_drawn_from_right_to_left() -> None:
    assert is_to_the_left("מודל team")
    assert not is_to_the_left("team מודל")
    assert not is_to_the_left("12 + 3")
    assert directed("מודל 7") == "\u202bמודל 7\u202c"
    assert directed("qwen") == "qwen"


def test_a_hebrew_name_begins_at_its_right() -> None:
    png = label_png("א iiiiiiiiiiiiiiiiiiiiiiii")[1]
    ink = ink_of(png)
    assert ink
    pixels = pixels_of(png).astype(int)
    rightmost = pixels[ink[1] : ink[3], ink[2] - 14 : ink[2]]

    assert (abs(rightmost - pixels[0, 0]).sum(axis=2) > 60).any(axis=0).all()


def test_a_name_is_cut_in_its_middle_after_its_place_is_left_out() -> None:
    name = "hf.co/bartowski/Meta-Llama-3.1-70B-Instruct-GGUF:Q4_K_M"

    assert shortened("qwen3:8b", 26, most=300) == "qwen3:8b"
    assert shortened("library/qwen3:8b", 26, most=130) == "qwen3:8b"
    cut = shortened(name, 26, most=300)
    assert cut.startswith("Meta-")
    assert cut.endswith("Q4_K_M")
    assert width_of(cut, 26) <= 300
    assert shortened(name, 26, most=1) == "…"


def test_a_sentence_is_cut_at_its_end() -> None:
    cut = fitted("A title that is far too long for the picture " * 4, 38, most=WIDTH, is_bold=True)

    assert cut.endswith("…")
    assert width_of(cut, 38, is_bold=True) <= WIDTH
    assert fitted("short", 38, most=WIDTH) == "short"
    assert HEIGHT < WIDTH
