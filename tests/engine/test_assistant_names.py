"""Names of assistants: whatever is typed, what is taken is one line that calls nobody and passes for nobody."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.dialect import to_discord
from bot.domain import is_seen
from bot.engine.assistant_names import NAME_CHARS, key_of, read_name
from bot.errors import FieldRefused

TYPED = st.text(max_size=60) | st.text(
    alphabet="aA בא٣é\u0301\u05b0\u200f\u202e\u200b@#<>*_`~|[]():/\\.!&-'é系统аS", max_size=50
)


def taken(typed: str) -> str:
    """Return the name that is taken, "" where none is."""
    try:
        return read_name(typed)
    except FieldRefused:
        return ""


@pytest.mark.parametrize(
    "name", ["Pirate", "Study Buddy", "חבר ללמידה", "Dr. Ruth", "Léa", "助手", "R2-D2", "מוֹרֶה", "Q&A", "🦜 Polly"]
)
def test_names_of_people_and_things_are_taken_as_they_are(name: str) -> None:
    assert read_name(f"  {name} ") == name


@pytest.mark.parametrize(
    "typed",
    [
        *("", "   ", "\u200b\u202e", "…", "🦜", "\u0301\u0301"),
        *("@everyone", "<@U1>", "<!here>", "#general", "a:b", "**bold**", "[a](b)", "`x`", "a|b", "a/b", "evil.com"),
        *("System", "ASSISTANT", "ѕystem", "User", "lyceum", "a" * 41, "a" + "\u0301" * 9),
    ],
)
def test_what_calls_steers_or_passes_for_somebody_is_refused(typed: str) -> None:
    assert taken(typed) == ""


@given(TYPED)
def test_what_is_taken_is_one_short_line_in_which_everything_is_seen(typed: str) -> None:
    name = taken(typed)

    assert len(name) <= NAME_CHARS
    assert "\n" not in name
    assert name == " ".join(name.split())
    assert all(sign == " " or is_seen(sign) for sign in name)
    assert not set(name) & set("@#<>*_`~|[]:/\\")


@given(TYPED)
def test_what_is_taken_is_taken_again_as_it_is(typed: str) -> None:
    if name := taken(typed):
        assert read_name(name) == name


@given(TYPED)
def test_a_platform_shows_a_name_as_it_is(typed: str) -> None:
    if name := taken(typed):
        shown = to_discord(f"**{name}**").replace("\\", "")

        assert "".join(sign for sign in shown if sign == " " or is_seen(sign)) == f"**{name}**"


@given(TYPED)
def test_names_are_told_apart_by_what_is_seen_and_not_by_case_or_form(typed: str) -> None:
    if name := taken(typed):
        key = key_of(name)

        assert key
        assert key_of(key) == key
        assert key_of(name.upper().lower()) == key_of(name.lower())
        assert key_of(unicodedata.normalize("NFD", name)) == key
        assert key_of(f" {name}\u200b ") == key


@pytest.mark.parametrize("alike", ["pirate", "PIRATE", "Pirаte", "Ｐｉｒａｔｅ", "Pi\u200brate", "pirate "])
def test_names_that_look_alike_are_one(alike: str) -> None:
    assert key_of(alike) == key_of("Pirate")


def test_a_letter_that_looks_alike_is_one_with_its_accent() -> None:
    assert key_of("\u0410\u0300") == key_of("\u00c0") == key_of("a\u0300")
