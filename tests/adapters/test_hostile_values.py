"""Whatever a button, a form or an event brings is read, or refused in plain words: no text and no shape breaks it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.buttons import PREFIX, Press, decode
from adapters.discord.interactions import fields_of, target_of
from adapters.slack.events import parse_event
from adapters.slack.homes import Homes
from adapters.slack.interactions import (
    parse_corner,
    parse_picked,
    parse_press,
    parse_slashed,
    parse_submitted,
    restored,
    to_question_about,
)
from adapters.slack.payload import Malformed
from adapters.slack.place import Identity
from adapters.slack.seals import Seals
from bot.domain import CommandCall, Incoming, Person
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.commands import COMMANDS
from bot.engine.engine import Engine
from bot.engine.intake import TakenCall, TakenTurn
from bot.errors import BotError, UserError
from tests.contracts.stores import Stores, in_sqlite
from tests.engine.talk import BOSS, DANA, ROOM, Talk, heard
from tests.fakes import FakeBackend, card

ME = Identity(workspace="T1", bot_user="U0", bot_id="B0")
SEALS = Seals("xoxb-1")
ADA = Person("U1", "Ada")
WRITTEN = st.text(max_size=200) | st.text("do:?&=#%+/0azé\0", max_size=120).map(PREFIX.__add__)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))

KEPT = {"button": "do:help", "workspace": "T1", "channel": "C1", "ts": "1.2", "thread": "", "where": "", "direct": ""}
VIEW = {
    "id": "V1",
    "callback_id": "asked",
    "private_metadata": json.dumps(SEALS.sealed({**KEPT, "url": ""}, form="asked", user="U1")),
    "state": {"values": {"answer": {"answer": {"type": "plain_text_input", "value": "why"}}}},
}
PRESS = {
    "trigger_id": "1.2",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "channel": {"id": "C1"},
    "container": {"message_ts": "1.2", "is_ephemeral": False},
    "message": {"ts": "1.2", "thread_ts": "1.1", "text": "hi"},
    "actions": [{"value": "do:help", "text": {"text": "Help"}}],
}
SLASH = {"trigger_id": "1.2", "channel_id": "C1", "user_id": "U1", "command": "/model", "text": "list", "team_id": "T1"}
EVENT = {
    "event_id": "Ev1",
    "team_id": "T1",
    "authorizations": [{"team_id": "T1", "enterprise_id": None}],
    "event": {
        "type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.2", "text": "hi", "root": {"text": "x"},
        "attachments": [{"is_share": True, "text": "y"}], "subtype": "", "previous_message": {"ts": "1.2"},
    },
}  # fmt: skip
SUBMITTED = {"user": {"id": "U1"}, "view": VIEW}


def read_form(body: Any) -> None:
    submitted = parse_submitted(body, seals=SEALS)
    restored(submitted)
    to_question_about(submitted, ADA)


READ: Mapping[str, tuple[Callable[[Any], object], Mapping[str, Any]]] = {
    "press": (lambda body: parse_press(body, workspace=Homes(ME).of(body)), PRESS),
    "corner": (parse_corner, PRESS),
    "picked": (lambda body: parse_picked(body, workspace=Homes(ME).of(body)), PRESS),
    "slash": (lambda body: parse_slashed(body, workspace=Homes(ME).of(body)), SLASH),
    "event": (lambda body: parse_event(body, bot_user="U0", workspace=Homes(ME).of(body)), EVENT),
    "deletion": (
        lambda body: parse_event(body, bot_user="U0", workspace="T1"),
        {**EVENT, "event": {**EVENT["event"], "type": "message", "subtype": "message_deleted"}},  # type: ignore[dict-item]
    ),
    "form": (read_form, SUBMITTED),
    "installation": (lambda body: Homes(ME).is_ours(body), EVENT),
    "organisation": (lambda body: Homes(Identity("", "U0", "B0", organisation="E1")).of(body), PRESS),
}


def paths_of(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where something stands in a payload."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for name, each in inner for path in ((*so_far, name), *paths_of(each, (*so_far, name)))]


def changed(body: Mapping[str, Any], path: tuple[Any, ...], value: object) -> Any:
    """Return a payload with one of its values changed."""
    copied = copy.deepcopy(dict(body))
    where: Any = copied
    for name in path[:-1]:
        where = where[name]
    where[path[-1]] = value
    return copied


@given(written=WRITTEN)
def test_a_button_is_read_or_is_none_of_ours(written: str) -> None:
    with suppress(UserError):
        press = decode(written)

        assert isinstance(press, Press)
        assert press.command


@pytest.mark.parametrize("kind", READ)
@given(data=st.data())
def test_a_payload_with_any_value_changed_is_read_or_malformed(kind: str, data: st.DataObject) -> None:
    read, body = READ[kind]
    path = data.draw(st.sampled_from(paths_of(body)))
    value = data.draw(JSON)
    with suppress(Malformed):
        read(changed(body, path, value))


@given(metadata=st.text(max_size=60) | JSON.map(json.dumps) | st.just("[" * 3_000) | st.just('{"a":' * 900))
def test_a_form_that_keeps_anything_else_is_malformed(metadata: str) -> None:
    with pytest.raises(Malformed):
        parse_submitted(changed(SUBMITTED, ("view", "private_metadata"), metadata), seals=SEALS)


@given(data=JSON)
def test_a_form_on_discord_has_fields_whatever_comes(data: object) -> None:
    assert all(isinstance(value, str) for value in fields_of({"components": data}).values())
    assert all(
        isinstance(value, str) for value in fields_of({"components": [{"custom_id": "a", "value": data}]}).values()
    )
    assert all(
        isinstance(value, str) for value in fields_of({"components": [{"custom_id": "a", "values": data}]}).values()
    )
    assert fields_of({"components": [{"component": {"custom_id": "a", "value": "b"}}, data]})["a"] == "b"


@given(data=JSON)
def test_a_message_on_discord_is_read_whatever_comes(data: object) -> None:
    for name in ("content", "embeds", "mentions", "author", "id"):
        assert target_of({name: data}).author


HUGE = str(10**30)
HOSTILE = [
    "", "0", "-1", "1", HUGE, str(2**31), str(2**63), "٣", "1.5", "abc", "a" * 5_000, "\0", "\ud800", "'; DROP", "\n\n",
    "../..", "{0}", "%s", "\u202e", "open-models/x", "me", "channel", "workspace", "yes", "good",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
async def test_no_value_of_an_option_ends_in_anything_but_a_sentence(tmp_path: Path, command: Any) -> None:
    async with in_sqlite(tmp_path) as stores:
        engine = engine_over(stores)
        await end_of(engine, replace(Talk().message("hello"), event_id="first"))
        for number, value in enumerate(HOSTILE):
            for option in (*(each.name for each in command.options), "unknown"):
                good = {"turn": "1", "verdict": "good", "name": "falcon:7b", "question": "why?", "lesson": "owls"}
                arguments = {each.name: good.get(each.name, "") for each in command.options} | {option: value}
                person = BOSS if number % 2 else DANA
                call = CommandCall(
                    event_id=f"{command.name}-{number}-{option}",
                    address=ROOM,
                    person=person,
                    command=command.name,
                    arguments={name: each for name, each in arguments.items() if each},
                )
                assert await end_of(engine, call) != "error.internal"


def engine_over(stores: Stores) -> Engine:
    """Return an engine that keeps what is said in a database."""
    return Engine(
        turns=stores.turns,
        history=stores.history,
        answers=stores.answers,
        choices=stores.choices,
        backend=FakeBackend(card("falcon:7b")),
        access=Access(),
        answer_policy=AnswerPolicy(),
    )


async def end_of(engine: Engine, incoming: Incoming) -> str:
    """Take something in and hear what comes of it; return the key of what refuses it."""
    try:
        match await engine.take(incoming):
            case TakenTurn(turn=turn):
                await heard(engine.reply(turn))
            case TakenCall(call=call):
                await heard(engine.execute(call))
    except BotError as error:
        return error.key
    return ""
