"""Discord's events, as discord.py and then the adapter read them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import discord

from adapters.buttons import decode
from adapters.discord import events, interactions
from adapters.discord.completing import completed
from adapters.hearing import Hearing, judged
from adapters.oddities import ODD_ERRORS
from tests.adapters import test_discord_events as payloads
from tests.fuzz.mutations import changed

BOT = payloads.user(payloads.BOT, "Lyceum", bot=True)
POLL: dict[str, Any] = {
    "question": {"text": "?"},
    "answers": [],
    "expiry": None,
    "allow_multiselect": False,
    "layout_type": 1,
}
SNAPSHOT = {"message": {**payloads.message("before"), "id": None}}
MESSAGES = (
    payloads.message("<@100> hello", **payloads.LYCEUM),
    payloads.message("hello", **payloads.in_dm()),
    payloads.message("and then?", **payloads.reply_to(BOT)),
    payloads.message("<@100> <@&501> what?", mention_roles=[payloads.TEACHERS], poll=POLL, **payloads.LYCEUM),
    payloads.message("<@100>", message_snapshots=[SNAPSHOT], **payloads.LYCEUM),
)
FORM = {
    "custom_id": "do:rate?turn=1#why",
    "components": [{"type": 1, "components": [{"custom_id": "a", "value": "b"}]}],
}
PRESS = {"custom_id": "do:rate?turn=12&vote=down#why", "component_type": 2}
ABOUT = {"type": 3, "name": "Ask", "target_id": "600", "resolved": {"messages": {"600": payloads.message("Owls?")}}}
INTERACTIONS = (
    payloads.interaction(payloads.USE),
    payloads.interaction(payloads.USE, type=4),
    payloads.interaction(ABOUT),
    payloads.interaction(PRESS, type=3, message=payloads.message("an answer", author=BOT)),
    payloads.interaction(FORM, type=5),
)


READ: dict[discord.InteractionType, tuple[Callable[[discord.Interaction[Any]], object], ...]] = {
    discord.InteractionType.application_command: (
        interactions.is_message_command,
        interactions.to_target,
        interactions.to_command_call,
    ),
    discord.InteractionType.autocomplete: (interactions.to_typing, interactions.to_interaction_address),
    discord.InteractionType.component: (
        lambda pressed: interactions.to_press(pressed, "stop", {}),
        lambda pressed: decode(interactions.to_custom_id(pressed)),
    ),
    discord.InteractionType.modal_submit: (
        interactions.to_fields,
        interactions.to_user,
        lambda sent: decode(interactions.to_custom_id(sent)),
    ),
}


@cache
def desk() -> payloads.Desk:
    """Return discord.py without a connection; parsing leaves nothing behind that the next event needs."""
    return payloads.Desk()


def message(random: Random) -> object:
    """A message of Discord's."""
    data, state, bot = completed(changed(random.choice(MESSAGES), random)), desk().state, desk().bot
    try:
        channel, _ = state._get_guild_channel(data)  # noqa: SLF001 - as discord.py's parser does
        said = discord.Message(state=state, channel=channel, data=data)  # type: ignore[arg-type]
    except ODD_ERRORS:  # the adapter's parsers are tolerant of these
        return None
    heard = events.to_heard(said, bot)
    if heard is None or judged(heard, reads_all=random.random() < 0.5) is Hearing.LEFT:
        return None
    list(events.offered(said, bot))
    events.is_withheld(said, bot, message_content=False)
    return events.to_incoming(said, bot)


def interaction(random: Random) -> object:
    """A slash command, a completion, a press or a form of Discord's."""
    try:
        called = _parsed(changed(random.choice(INTERACTIONS), random))
    except ODD_ERRORS:
        return None
    for kind, read in READ.items():
        if kind == called.type:
            return [each(called) for each in read]
    return None


def _parsed(data: Any) -> discord.Interaction[Any]:
    return discord.Interaction(data=data, state=desk().state)
