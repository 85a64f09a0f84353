"""What reads what others send: for each a way to make its input, and the outcomes that are none of a fault.

A target raises nothing but what `MEANT` names: a value or an error of our own is how every input ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any

from adapters.buttons import decode
from adapters.oddities import Unread
from adapters.slack import events as slack_events
from adapters.slack import interactions as slack_interactions
from adapters.slack.payload import Malformed
from bot.domain import Person
from bot.engine.command_parsing import parse_mention, parse_slash
from bot.engine.commands import BY_NAME, check_arguments
from bot.engine.prompt import clean_text, said_by
from bot.engine.stored_text import as_stored
from bot.errors import BotError
from bot.lessons.sources.manifests import read_manifest
from bot.llm.host_json import error_of, object_of, objects_in
from bot.llm.llama_wire import AnswerReader, to_error
from bot.llm.ollama_cards import to_cards, to_facts
from bot.llm.ollama_chat import to_chunks, to_completion, to_event
from bot.llm.ollama_embedder import to_vectors
from bot.llm.ollama_errors import FAILURES, chat_error, listing_error
from bot.llm.ollama_gate import key_of
from bot.llm.ollama_wire import Refusal
from bot.llm.stream_lines import Lines
from tests.fuzz import discord_targets, engine_targets, samples, settings_target
from tests.fuzz.mutations import changed, odd_text, torn, written

MEANT = (BotError, Malformed, Unread)
Target = Callable[[Random], object]
PERSON = Person("U0ADA000000", "Ada", locale="en-US")


def slack_event(random: Random) -> object:
    """An event of Slack's, as the listener reads it."""
    body = changed(random.choice(samples.SLACK_EVENTS), random)
    event = slack_events.parse_event(
        body if isinstance(body, dict) else {}, bot_user=samples.SLACK_BOT, workspace=samples.TEAM
    )
    if isinstance(event, slack_events.Said):
        return slack_events.to_incoming(event, PERSON, bot_user=samples.SLACK_BOT, names={})
    return event


def slack_interaction(random: Random) -> object:
    """A press, a slash command, a choice or a form of Slack's."""
    kind, sample = random.choice([*samples.SLACK_INTERACTIONS.items()])
    body = changed(sample, random)
    body = body if isinstance(body, dict) else {}
    slack_interactions.parse_corner(body)
    match kind:
        case "press":
            return decode(slack_interactions.parse_press(body, workspace=samples.TEAM).value)
        case "slash":
            slashed = slack_interactions.parse_slashed(body, workspace=samples.TEAM)
            slack_interactions.is_asked(slashed)
            return slack_interactions.to_call(slashed, PERSON)
        case "picked":
            return slack_interactions.parse_picked(body, workspace=samples.TEAM)
    if random.random() < 0.5 and isinstance(body.get("view"), dict):
        body["view"]["private_metadata"] = json.dumps(changed(samples.KEPT, random))
    submitted = slack_interactions.parse_submitted(body, seals=samples.SEALS)
    slack_interactions.restored(submitted)
    return slack_interactions.to_question_about(submitted, PERSON)


def typed(random: Random) -> None:
    """A command typed in words, with a slash, or called with options."""
    text = odd_text(random) + random.choice(("", " ", "\n")) + random.choice(samples.TYPED) + " " + odd_text(random)
    command = random.choice([*BY_NAME.values()])
    parse_mention(text)
    try:
        parse_slash(random.choice((*BY_NAME, odd_text(random))), text)
    except BotError:
        check_arguments(command, {odd_text(random)[:20]: odd_text(random) for _ in range(random.randrange(4))})


def button(random: Random) -> object:
    """What a button carries, handed back."""
    return decode(torn(random.choice(samples.BUTTONS).encode(), random).decode("utf-8", "replace"))


def words(random: Random) -> object:
    """What people write, on its way into a prompt."""
    said = clean_text("".join(odd_text(random) for _ in range(random.randrange(4))))
    return said_by(odd_text(random), as_stored(samples.message(said, quoted=odd_text(random))).text)


def stream(random: Random) -> object:
    """A stream of an Ollama host, a piece at a time."""
    said = [random.choice(samples.SAID) for _ in range(random.randrange(1, 6))]
    raw = b"".join(written(changed(each, random) if random.random() < 0.1 else each) + b"\n" for each in said)
    raw = torn(raw, random) if random.random() < 0.3 else raw
    lines, size = Lines(), random.choice((1, 7, 100, 5000))
    try:
        for at in range(0, min(len(raw), 20_000), size):
            for line in lines.cut(raw[at : at + size]):
                _heard(line)
        return [_heard(line) for line in lines.rest()]
    except FAILURES as failure:
        raise chat_error(failure, host="h", model="m") from failure


def host_answer(random: Random) -> object:
    """A list of models, what is told of one, or vectors, of an Ollama host: one of them changed."""
    told, odd = (samples.TAGS, samples.SHOWN, samples.VECTORS), random.choice((0, 0, 0, 1, 1, 1, 2))
    tags, shown, vectors = (written(changed(each, random) if at == odd else each) for at, each in enumerate(told))
    tags = torn(tags, random) if random.random() < 0.1 else tags
    try:
        installed = [each for each in objects_in(object_of(tags), "models") if each.get("model")]
        facts = to_facts(object_of(shown))
        to_vectors(object_of(vectors), count=2)
        return to_cards(installed, {key_of(each): facts for each in installed}, loaded=())
    except FAILURES as failure:
        raise listing_error(failure, host="h") from failure


def refusal(random: Random) -> object:
    """An error of an Ollama host, of whatever status and shape."""
    body = torn(random.choice(samples.ERRORS), random)
    failure = Refusal(random.choice((*range(300, 312), *range(400, 432), *range(500, 532), 200, 999)), error_of(body))
    chat_error(failure, host="h", model="m")
    raise listing_error(failure, host="h")


def embedded(random: Random) -> object:
    """A stream of the embedded runtime."""
    reader = AnswerReader("m", load_s=0.0)
    for each in samples.LLAMA_CHUNKS:
        line = b"data: " + written(changed(each, random) if random.random() < 0.4 else each)
        list(reader.read(torn(line, random) if random.random() < 0.2 else line))
    to_error(torn(random.choice(samples.ERRORS), random))
    return reader.completion()


def manifest(random: Random) -> object:
    """The manifest of a course."""
    raw = json.dumps(changed(samples.MANIFEST, random)).encode()
    return read_manifest(torn(raw, random) if random.random() < 0.3 else raw)


def _heard(line: bytes) -> object:
    return [to_completion(chunk, "m") if chunk.get("done") is True else to_event(chunk) for chunk in to_chunks(line)]


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "slack events": slack_event,
        "slack interactions": slack_interaction,
        "discord messages": discord_targets.message,
        "discord interactions": discord_targets.interaction,
        "commands": typed,
        "buttons": button,
        "words": words,
        "settings": settings_target.settings,
        "host streams": stream,
        "host answers": host_answer,
        "host errors": refusal,
        "embedded streams": embedded,
        "engine streams": engine_targets.stream,
        "engine lists": engine_targets.listing,
        "engine errors": engine_targets.refusal,
        "manifests": manifest,
    }
)
# Of the cases of a run, this share each; making settings costs a hundred times what an event does.
SHARES: Mapping[str, float] = MappingProxyType({name: 0.1 if name == "settings" else 1.0 for name in TARGETS})
__all__ = ["MEANT", "SHARES", "TARGETS", "Any", "Target"]
