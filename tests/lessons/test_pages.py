from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.reading.lesson_text import decoded, lesson_only
from bot.lessons.reading.pages import LessonPage, NotANotebook, read_markdown, read_notebook

WORDS = "Some words that say something."
START = "<!-- CO-OP TRANSLATOR DISCLAIMER START -->"
END = "<!-- CO-OP TRANSLATOR DISCLAIMER END -->"


def read(text: str, *, is_translation: bool = False) -> LessonPage:
    return read_markdown(text, is_translation=is_translation)


def headings(page: LessonPage) -> list[tuple[str, ...]]:
    return [section.path for section in page.sections]


def said(page: LessonPage) -> str:
    return "\n\n".join(block.text for section in page.sections for block in section.blocks)


def test_a_section_goes_up_to_the_next_heading_and_knows_those_above_it() -> None:
    page = read("before\n\n# Bees\n\none\n\n### Legs\n\ntwo\n\n## Wings\n\nthree\n")

    assert headings(page) == [(), ("Bees",), ("Bees", "Legs"), ("Bees", "Wings")]
    assert [section.number for section in page.sections] == [0, 1, 2, 3]
    assert [section.anchor for section in page.sections] == ["", "bees", "legs", "wings"]
    assert page.title == "Bees"


@pytest.mark.parametrize(
    "heading",
    [
        "## I<sup>2</sup>C `bus`",
        '## <a name="old"></a>I2C bus',
        "## [I2C](https://a.test/) **bus** ##",
        "## I2C bus ![icon](a.png)",
        "I2C *bus*\n---",
    ],
)
def test_a_heading_is_read_as_it_is_rendered(heading: str) -> None:
    assert [(section.path, section.anchor) for section in read(heading).sections[1:]] == [(("I2C bus",), "i2c-bus")]


@pytest.mark.parametrize(
    "text",
    [
        "```bash\n# not a heading\n```",
        "~~~\n# not a heading\n```\n# nor this\n~~~",
        "```bash|powershell\n# not a heading\n```",
        "1. Do this\n\n   ```sh\n   # not a heading\n   ```",
        "```\n# never closed\n\n# nor this",
        "<!-- a note\n\n# not a heading\n-->",
        "<pre>\n# not a heading\n</pre>",
        "    # not a heading",
        "#not-a-heading",
        "#",
    ],
)
def test_what_looks_like_a_heading_is_none(text: str) -> None:
    assert headings(read(text)) == [()]


def test_a_table_in_a_list_and_a_quote_stay_in_their_section() -> None:
    page = read("# A\n\n> # quoted\n> words\n\n- item\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n")

    assert headings(page) == [(), ("A",)]
    assert "| 1 | 2 |" in said(page)


def test_comments_and_rules_are_not_said() -> None:
    assert said(read(f"<!-- note -->\n\n{WORDS}\n\n---\n\n<!--\nmore\n-->\n")) == WORDS


def test_a_script_is_hidden_and_one_that_is_written_of_is_not() -> None:
    page = read("The `<script>` tag runs.\n\nIt is <script>alert(1)</script> gone.\n\nA <style> is a word.\n")

    assert said(page) == "The `<script>` tag runs.\n\nIt is  gone.\n\nA <style> is a word."


def test_the_words_within_tags_of_layout_are_said() -> None:
    page = read(f"<details>\n<summary>More</summary>\n\n{WORDS}\n\n</details>\n\n<script>\nalert(1)\n</script>\n")

    assert said(page) == f"More\n\n{WORDS}"


def test_a_page_without_a_heading_has_its_banner() -> None:
    page = read("[![Open hives](images/banner.png)](https://video.test/1)\n\nWords\n")

    assert (page.title, page.banner) == ("", "Open hives")


@pytest.mark.parametrize(
    "tail",
    [
        f"\n\n---\n\n{START}\n**Note**:\nMade by a machine.\n{END}",
        f"\n\n{START}\n**Note**:\nMade by a machine, and cut off",
        "\n\n---\n\n**כתב ויתור**:  \nמסמך זה תורגם בידי מכונה, וייתכן שיש בו שגיאות.",
        "\n\n---\n\n**כתב ויתור**:  \nמסמך זה תורגם בידי מכונה, וייתכן שיש בו שגיאות.\n",
        "\n\n**Aviso**:  \nEste documento se tradujo con un servicio de traducción automática.",
        "\n\n---\n**免责声明**：\n本文件由机器翻译，可能有误。",
        "\n\n**Disclaimer**: This file was translated with Co-op Translator.",
    ],
)
def test_what_a_translation_says_of_itself_at_its_end_is_left_out(tail: str) -> None:
    assert said(read(f"# Bees\n\n{WORDS}{tail}", is_translation=True)) == WORDS


@pytest.mark.parametrize(
    "tail", ["**Note**: bees are insects.", "**Remember**:\nto translate is to choose words, and…"]
)
def test_a_last_paragraph_of_the_lesson_itself_stays(tail: str) -> None:
    assert "**" in said(read(f"# Bees\n\n{WORDS}\n\n{tail}"))


def test_a_last_note_in_a_translation_that_speaks_of_the_lesson_stays() -> None:
    assert "אוכלות" in said(read("# דבורים\n\nמילים.\n\n**הערה**: דבורים אוכלות צוף.", is_translation=True))


def test_front_matter_is_no_heading_and_may_hold_the_title() -> None:
    text = f'---\ntitle: "Bees"\ntags:\n  - wax\n---\n\n{WORDS}\n'

    assert read(text).told_title == "Bees"
    assert lesson_only(text, is_translation=False).strip() == WORDS
    assert headings(read(text)) == [()]


def test_a_page_that_begins_with_a_rule_has_no_front_matter() -> None:
    assert said(read(f"---\n\n{WORDS}\n\n---\n\nMore.\n")) == f"{WORDS}\n\nMore."


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xef\xbb\xbf# Bees\r\n\r\nwords\r", "# Bees\n\nwords\n"),
        ("# דבורים".encode("utf-16"), "# דבורים"),
        (b"", ""),
        (b"\x89PNG\x00\x01", None),
        ("naïve café ".encode("latin-1") * 9, None),
        (b"word " * 99 + b"\xff", "word " * 99 + "\ufffd"),
    ],
)
def test_bytes_become_text_with_plain_ends_of_lines(raw: bytes, text: str | None) -> None:
    assert decoded(raw) == text


def notebook(*cells: dict[str, object]) -> str:
    return json.dumps({"cells": cells, "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4})


def test_a_notebook_is_read_with_its_code_fenced_and_no_outputs() -> None:
    page = read_notebook(
        notebook(
            {"cell_type": "markdown", "source": ["# Bees\n", "\n", "Count them:"]},
            {"cell_type": "code", "source": "# all of them\nprint('```')", "outputs": [{"text": "12345"}]},
            {"cell_type": "markdown", "source": "```\nnever closed"},
            {"cell_type": "markdown", "source": "## Wings"},
        ),
        is_translation=False,
    )

    assert headings(page) == [(), ("Bees",), ("Bees", "Wings")]
    assert said(page) == "Count them:\n\n````python\n# all of them\nprint('```')\n````\n\n```\nnever closed\n```"
    assert {section.anchor for section in page.sections} == {""}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [{"source": "x"}]}', "[" * 100_000])
def test_a_damaged_notebook_is_told(text: str) -> None:
    with pytest.raises(NotANotebook):
        read_notebook(text, is_translation=False)


@given(st.text(alphabet=st.sampled_from("#-*>`~|<!ab[]():=\n\t 1."), max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    page = read(text, is_translation=True)

    assert [section.number for section in page.sections] == list(range(len(page.sections)))
