"""Long answers, cut: what people see of each kind of Markdown."""

from __future__ import annotations

import pytest

from adapters.cutting import File, cut, preview
from tests.adapters.markdown_reading import code_lines

NUMBERED = [f"line_{number} = {number}" for number in range(40)]
SENTENCES = "Each of these sentences has nine words in it. " * 4


def texts(text: str, limit: int = 300) -> list[str]:
    return [part.text for part in cut(text, limit)]


def moved(name: str) -> str:
    return f"The code is in {name}."


def fenced(lines: list[str], *, opening: str = "```python", closing: str = "```") -> str:
    return "\n".join([opening, *lines, closing])


def code_of(parts: list[str]) -> list[str]:
    return [line for part in parts for line in code_lines(part)]


def test_a_short_text_is_one_part_and_an_empty_one_none() -> None:
    assert texts("Hi") == ["Hi"]
    assert texts(" \n ") == []


def test_a_limit_under_64_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="63"):
        cut("Hi", 63)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("```python", "```"),
        ("~~~~ python title=x", "~~~~"),
        ("   ```python", "   ```"),
        ("\t```python", "\t```"),
        ("````markdown", "````"),
    ],
)
def test_a_fence_open_at_a_cut_is_closed_and_opened_again_as_it_was(opening: str, closing: str) -> None:
    parts = texts(f"Look:\n\n{fenced(NUMBERED, opening=opening, closing=closing)}\nDone.")

    assert all(f"\n{part}".count(f"\n{opening}") == 1 for part in parts)
    assert all(part.endswith(f"\n{closing}") for part in parts[:-1])
    assert code_of(parts) == NUMBERED


def test_a_fence_in_a_quote_stays_in_the_quote() -> None:
    code = [f"> {line}" for line in NUMBERED]

    parts = texts(fenced(code, opening="> ```python", closing="> ```"))

    assert all(part.startswith("> ```python\n") and part.endswith("\n> ```") for part in parts)
    assert code_of(parts) == code


def test_a_fence_that_begins_an_item_is_opened_again_under_it() -> None:
    code = [f"  {line}" for line in NUMBERED]

    parts = texts(fenced(code, opening="- ```python", closing="  ```"))

    assert parts[0].startswith("- ```python\n")
    assert all(part.startswith("  ```python\n") for part in parts[1:])
    assert code_of(parts) == code


def test_shorter_fences_inside_a_fence_are_code() -> None:
    code = ["```sh", *NUMBERED, "```"] * 2

    parts = texts(fenced(code, opening="````markdown", closing="````"))

    assert code_of(parts) == code


def test_a_fence_that_nobody_closed_is_closed_in_every_message() -> None:
    parts = texts("\n".join(["```", *NUMBERED]))

    assert all(part.endswith("\n```") for part in parts)
    assert code_of(parts) == NUMBERED


def test_code_keeps_blank_lines_tabs_and_carriage_returns() -> None:
    code = ["if x:\r", "\ty = 1  \r", "\r", "", "\tz = 2\r"] * 20

    assert code_of(texts(fenced(code))) == code


def test_a_fence_that_has_only_begun_is_not_shown_yet() -> None:
    assert texts("Look:\n\n```pyth") == ["Look:"]
    assert texts("```") == ["```\n```"]


def test_a_line_of_code_longer_than_a_message_goes_to_a_file_with_what_follows_it() -> None:
    parts = cut(f"{fenced(['first = 1', 'x' * 400, 'last = 2'])}\n\nDone.", 300, moved=moved)

    assert [part.text for part in parts] == ["```python\nfirst = 1\n```", "The code is in code-1.py.", "Done."]
    assert parts[1].files == (File("code-1.py", "x" * 400 + "\nlast = 2\n"),)


def test_where_no_file_can_be_sent_a_long_line_of_code_is_cut_inside_its_fence() -> None:
    parts = texts(fenced(["x" * 400]))

    assert "".join(code_of(parts)) == "x" * 400


def test_a_table_that_fits_a_message_is_never_cut() -> None:
    table = "\n".join(["| a | b |", "|---|---|", *(f"| {number} | two |" for number in range(21))])

    assert texts(f"Some more words here.\n\n{table}\n\nMore.") == ["Some more words here.", f"{table}\n\nMore."]


def test_a_table_longer_than_a_message_repeats_its_head() -> None:
    rows = [f"| {number} | two |" for number in range(60)]

    parts = texts("\n".join(["| a | b |", "|---|---|", *rows]))

    assert all(part.startswith("| a | b |\n|---|---|\n| ") for part in parts)
    assert [line for part in parts for line in part.split("\n")[2:]] == rows


def test_a_list_is_cut_between_its_items_and_keeps_its_numbers() -> None:
    items = [f"{number}. {SENTENCES}".strip() for number in range(1, 6)]

    assert texts("\n".join(items)) == items


def test_a_list_that_fits_a_message_is_kept_whole() -> None:
    items = "\n".join(f"- item {number} of some" for number in range(10))

    assert texts(f"{SENTENCES}\n\n{items}") == [SENTENCES.strip(), items]


def test_a_heading_stands_with_what_it_is_the_heading_of() -> None:
    assert texts(f"{SENTENCES}\n\n# Title\n\n{SENTENCES}") == [SENTENCES.strip(), f"# Title\n\n{SENTENCES}".strip()]


@pytest.mark.parametrize(
    "piece",
    [
        '[a link with words](https://example.org/a_(b)?c=d "and a title")',
        "`code with a space`",
        "``code with ` in it``",
        "**bold words that go on**",
        "_emphasis that goes on_",
        "![a picture of it](https://example.org/p.png)",
        "\u2067מילים בעברית שנשארות יחד\u2069",
    ],
)  # fmt: skip
@pytest.mark.parametrize("words", range(5, 15))
def test_links_code_emphasis_and_isolates_are_never_cut_through(piece: str, words: int) -> None:
    parts = texts(f"{'word ' * words}{piece} {'word ' * 20}", 90)

    assert sum(piece in part for part in parts) == 1


def test_a_link_longer_than_a_message_is_cut_all_the_same() -> None:
    parts = cut(f"[x](https://example.org/{'a' * 300})", 100)

    assert [len(part.text) for part in parts] == [100, 100, 100, 25]


LONG = "some words that go on. " * 20


@pytest.mark.parametrize(
    ("opening", "closing"),
    [(marks, marks) for marks in ("`", "``", "*", "_", "**", "__", "~~", "***")]
    + [("**`", "`**"), ("_**", "**_"), ("[", "]")],
)
@pytest.mark.parametrize("before", ["", "Here is it: ", "> ", "- "])
def test_what_is_longer_than_a_message_is_closed_and_opened_again(opening: str, closing: str, before: str) -> None:
    end = f"{closing}(https://owl.example)" if closing == "]" else closing
    parts = texts(f"{before}{opening}{LONG.strip()}{end} More.")

    assert len(parts) == 2
    assert parts[0].startswith(before + opening + "some")
    assert parts[0].endswith(closing)
    assert parts[1].removeprefix(before if before == "> " else "").startswith(opening)
    assert parts[1].endswith(f"{end} More.")


def test_emphasis_over_lines_is_closed_and_opened_again_between_them() -> None:
    parts = texts("\n".join(["**first", *["some words"] * 40, "last**"]))

    assert all(part.startswith("**") and part.endswith("**") for part in parts)


def test_marks_are_not_put_beside_their_like() -> None:
    parts = texts("``" + "a ` " * 200 + "b``", 100)

    assert all(part.count("``") == 2 and "```" not in part for part in parts)


@pytest.mark.parametrize("character", ["e\u0301", "👩‍👩‍👧‍👦", "🇮🇱", "क्षि", "각", "❤️", "👍🏽", "\ud83d\ude00"])
def test_a_character_made_of_several_is_never_torn(character: str) -> None:
    parts = cut(f"a{character * 200}", 64)

    assert "".join(part.text.count(character) * character for part in parts) == character * 200


def test_a_quoted_sentence_goes_on_as_a_quote() -> None:
    parts = texts(f"> {SENTENCES * 3}")

    assert all(part.startswith("> Each of") for part in parts)


def test_an_isolate_longer_than_a_message_is_closed_and_opened_again() -> None:
    parts = texts(f"See \u2067{'מילה אחת ' * 100}\u2069 for this.")

    assert all(part.count("\u2067") == part.count("\u2069") == 1 for part in parts[1:])


def test_the_rest_of_a_hebrew_sentence_that_starts_with_a_latin_word_stays_right_to_left() -> None:
    parts = texts("התשובה היא כן. Python היא שפה נוחה מאוד. " * 20, 100)

    assert [part[0] for part in parts if part.lstrip("\u200f").startswith("Python")] == ["\u200f"] * 9


def test_a_preview_is_the_beginning_and_the_whole_answer_in_a_file() -> None:
    answer = f"First.\n\n{fenced(NUMBERED)}"

    part = preview(answer, 300, note="The whole answer is attached.")

    assert part.text.startswith("First.\n\n```python\nline_0 = 0\n")
    assert part.text.endswith("\n```\n\nThe whole answer is attached.")
    assert len(part.text) <= 300
    assert (part.source, part.files) == (answer, (File("answer.md", answer),))


@pytest.mark.parametrize("before", ["", "Here is it: ", "> ", "- "])
def test_bars_that_nothing_pairs_with_hide_no_words_where_a_message_ends(before: str) -> None:
    parts = texts(f"{before}||{LONG.strip()} More.")

    assert len(parts) == 2
    assert [part.count("||") for part in parts] == [1, 0]
