"""Commands that only buttons call: in no list, and never what typed words mean."""

from __future__ import annotations

import pytest

from bot.engine.command_parsing import parse_mention, parse_slash
from bot.engine.commands import BY_NAME, LISTED, CommandKind, kind_of
from bot.errors import UserError

HIDDEN = ("again", "continue", "rate", "publish")


@pytest.mark.parametrize("name", HIDDEN)
def test_what_a_button_calls_is_in_the_table_and_in_no_list(name: str) -> None:
    assert BY_NAME[name].is_hidden
    assert name not in [command.name for command in LISTED]


@pytest.mark.parametrize("typed", ["again 1", "/again 1", "continue 1", "rate 1 good", "publish 1"])
def test_typed_words_are_a_message_and_call_no_button(typed: str) -> None:
    assert parse_mention(typed) is None


@pytest.mark.parametrize("name", HIDDEN)
def test_a_slash_with_its_name_is_no_command_and_the_hint_keeps_it_hidden(name: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_slash(name, "1 good")

    assert f"/{name}" not in str(refused.value.parameters["usages"])


def test_what_becomes_a_turn_and_what_everybody_reads_is_told_by_name() -> None:
    assert [name for name in BY_NAME if kind_of(name) is CommandKind.ANSWER_AGAIN] == ["again", "continue", "also"]
    assert [name for name in BY_NAME if kind_of(name) is CommandKind.PUBLIC] == ["publish"]
    assert kind_of("no such command") is CommandKind.PRIVATE
