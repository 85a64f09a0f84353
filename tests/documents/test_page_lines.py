"""The lines of a PDF become the paragraphs people read."""

from __future__ import annotations

import pytest

from bot.documents.page_lines import is_table_of_contents, looks_like_title, one_line, paragraphs, without_edges

FULL = "The queen of the hive lays about two thousand eggs in a day of early summer"


def test_what_stands_on_every_page_and_its_number_are_left_out() -> None:
    pages = [[f"Beekeeping · Chapter {1 + at // 3}", f"Page {at} has its words.", f"— {at} —"] for at in range(1, 7)]

    assert without_edges(pages) == [[f"Page {at} has its words."] for at in range(1, 7)]


def test_left_and_right_pages_may_have_headers_of_their_own() -> None:
    pages = [[("The Hive" if at % 2 else "A. Keeper"), f"word {'abcdefgh'[at]}"] for at in range(8)]

    assert without_edges(pages) == [[f"word {letter}"] for letter in "abcdefgh"]


def test_two_pages_lose_their_numbers_and_nothing_else() -> None:
    assert without_edges([["Wax", "It melts.", "1"], ["Wax", "It burns.", "2 / 2"]]) == [
        ["Wax", "It melts."],
        ["Wax", "It burns."],
    ]


def test_a_line_in_signs_that_only_its_font_knows_is_left_out() -> None:
    assert without_edges([["\uf002\uf003\uf025\uf008 \uf00e", "Words"]]) == [["Words"]]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ((FULL, "and the workers feed them."), f"{FULL} and the workers feed them."),
        ((f"{FULL[:-7]} polli-", "nation is work."), f"{FULL[:-7]} pollination is work."),
        ((FULL, "Short end.", "A new thought."), f"{FULL} Short end.\n\nA new thought."),
        (("• wax", "• honey and", "comb"), "- wax\n- honey and comb"),
        (("•", "wax", "•", "honey"), "- wax\n- honey"),
        (("1. Take the smoker.", "2. Open the hive."), "1. Take the smoker.\n\n2. Open the hive."),
        (("蜜蜂通过跳舞告诉同伴花在哪里而且距离有多远以及方向是什么样子的呢对吧是", "的。"), None),
        (("# of bees * 2", "[x]"), "\\# of bees \\* 2\n\n\\[x\\]"),
        ((".הדבורים רוקדות",), "הדבורים רוקדות."),
        (("efﬁcient ﬂow",), "efficient flow"),
    ],
)
def test_lines_that_were_only_full_go_on(lines: tuple[str, ...], text: str | None) -> None:
    assert paragraphs(lines) == ("".join(lines) if text is None else text)


def test_a_word_torn_within_a_line_is_whole_and_two_words_stay_two() -> None:
    assert one_line("a polyno- mial, pre- and post-war") == "a polynomial, pre- and post-war"


def test_a_page_of_entries_and_page_numbers_is_a_table_of_contents() -> None:
    entries = ["Contents", "1 Bees 5", "2 Wax . . . . 12", "3 Honey 20", "4 Comb 31", "A Words 40"]

    assert is_table_of_contents(entries)
    assert not is_table_of_contents([*entries, *["They dance."] * 9])


def test_a_first_line_that_is_a_sentence_is_no_title() -> None:
    assert looks_like_title("Of bees", [FULL])
    assert not looks_like_title("They dance.", [FULL])
    assert not looks_like_title(FULL, [FULL])
