"""What people read on a platform, and in a terminal, is what the model meant: the words and signs, and the code."""

from __future__ import annotations

from random import Random

import pytest

from adapters.discord.dialect import to_discord
from adapters.rendering.direction import without_controls
from adapters.slack.dialect import to_slack
from tests.adapters import commonmark_reading, discord_reading, slack_reading, terminal_reading
from tests.adapters.inline_forms import FORMS, WORDS, filled, text_of

TEXTS = 2_000
LANGUAGES = tuple(WORDS)
# A backtick that is open above a deep heading, and emphasis right behind code in Hebrew.
READ_OTHERWISE = {("slack", "hebrew"): 2}


def on_discord(markdown: str) -> tuple[str, list[str]]:
    read = discord_reading.read(to_discord(markdown))
    assert not read.hidden
    return "".join(without_controls(read.text).split()), list(map(bare, read.code))


def on_slack(markdown: str) -> tuple[str, list[str]]:
    read = slack_reading.read_markdown(to_slack(markdown))
    assert read.rings == []
    return "".join(without_controls(read.text).split()), list(map(bare, read.code))


def in_a_terminal(markdown: str) -> tuple[str, list[str]]:
    text, code = terminal_reading.read(markdown)
    return text, list(map(bare, code))


def meant(markdown: str) -> tuple[str, list[str]]:
    text, code = commonmark_reading.read(markdown)
    return text, list(map(bare, code))


def bare(code: str) -> str:
    """The standard takes a space off both ends of code in a line, and makes one of a line's end."""
    return code.replace("\n", " ").strip()


READERS = {"discord": on_discord, "slack": on_slack, "terminal": in_a_terminal}
EVERYWHERE = pytest.mark.parametrize("where", READERS)


@EVERYWHERE
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_every_inline_form_reads_as_it_is_meant(where: str, form: str, language: str) -> None:
    text = filled(form, WORDS[language], Random(1))

    assert READERS[where](text) == meant(text)


@EVERYWHERE
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("between", [" ", "\n", "\n\n"], ids=["a space", "a line", "a paragraph"])
def test_two_forms_read_as_they_are_meant_beside_each_other(where: str, between: str, language: str) -> None:
    random = Random(f"{between}{language}")
    chosen = [random.sample(FORMS, 2) for _ in range(300)]
    texts = [between.join(filled(form, WORDS[language], random) for form in pair) for pair in chosen]

    assert [text for text in texts if READERS[where](text) != meant(text)] == []


@EVERYWHERE
@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_of_many_blocks_read_as_they_are_meant(where: str, language: str) -> None:
    texts = [text_of(seed, language) for seed in range(LANGUAGES.index(language), TEXTS, len(LANGUAGES))]

    read_otherwise = [text for text in texts if READERS[where](text) != meant(text)]

    assert len(read_otherwise) <= READ_OTHERWISE.get((where, language), 0), read_otherwise


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_goes_out_byte_for_byte(language: str) -> None:
    for seed in range(0, TEXTS, 7):
        text = text_of(seed, language)
        rendered = to_discord(text)

        assert all(fence in rendered for fence in text.split("\n\n") if fence.startswith("```"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a || b || c", "abc"),
        ("*/5 *", "/5"),
        ("__init__.py", "init.py"),
        ("-# a", "a"),
        (">>> a\nb", "ab"),
        (">a", ">a"),
        ("[https://h.example](https://h.example)", "[https://h.example](https://h.example)"),
        ("[words](<https://h.example>)", "words"),
        ("[📖](https://h.example)", "[📖](https://h.example)"),
        ("2 * 3 * 4 and a_b_c", "2*3*4anda_b_c"),
    ],
)
def test_the_reader_loses_what_discord_loses(text: str, read: str) -> None:
    assert discord_reading.read(text).text == read


def test_the_reader_knows_what_is_hidden() -> None:
    assert discord_reading.read("a || b || c").hidden


@pytest.mark.parametrize("text", ["f(x)[0](y) and a", "handlers[key](event)", "m[i][j](k), f[0]()"])
def test_the_brackets_of_a_program_are_read(text: str) -> None:
    wanted = "".join(text.split())

    assert on_discord(text) == on_slack(text) == (wanted, [])
