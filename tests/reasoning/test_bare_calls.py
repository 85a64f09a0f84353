"""An answer that is nothing but a call of a tool is none; an object that somebody asked for is one."""

from __future__ import annotations

import pytest

from bot.errors import Unavailable
from bot.reasoning import BareCalls
from tests.engine.talk import Talk

CALLS = [
    '{"name": "search", "arguments": {"q": "owl"}}',
    '  {"name": "search", "parameters": {"q": "ינשוף"}}\n',
    '[{"name": "search", "arguments": {"q": "بوم"}}, {"name": "read", "arguments": {}}]',
    '{"tool": "search", "input": "owl"}',
    '{"tool_name":"search","args":["猫头鹰"]}',
    '{"action": "search", "action_input": "owl"}',
    '{"type": "function", "name": "search", "parameters": {"q": "owl"}}',
    '{"type": "function", "function": {"name": "search", "arguments": "{}"}}',
    '{"tool_calls": [{"name": "search", "arguments": {}}]}',
    '{\n  "name": "search",\n  "arguments": {\n    "q": "ow',
    "Thought: I need to search.\nAction: search\nAction Input: owls",
    "**Thought:** I look it up.\n**Action:** search",
]
ANSWERS = [
    '{"name": "Ada", "age": 36}',
    '{"name": "Ada"}',
    '{"owl": "snowy", "arguments": {"q": 1}}',
    '[{"name": "Ada", "born": 1815}]',
    '{"action": "jump", "height": 3}',
    '{"name": "search", "arguments": {"q": "owl"}}\n\nThis is how a call looks.',
    'A call:\n{"name": "search", "arguments": {"q": "owl"}}',
    '```json\n{"name": "search", "arguments": {"q": "owl"}}\n```',
    "Thought: owls are wise. That is all I think of it.",
    "Thoughtful owls hunt at night.",
    "[owls](https://owl.example) hunt at night.",
    "{owls}",
    "",
]


def read(pieces: list[str]) -> str:
    calls = BareCalls()
    return "".join(calls.feed(piece) for piece in pieces) + calls.finish()


@pytest.mark.parametrize("text", CALLS)
def test_a_bare_call_is_left_out(text: str) -> None:
    assert read([text]) == read(list(text)) == ""


@pytest.mark.parametrize("text", ANSWERS)
def test_what_is_no_bare_call_stays(text: str) -> None:
    assert read([text]) == read(list(text)) == text


def test_an_answer_behind_steps_is_shown_alone() -> None:
    steps = "Thought: I know it.\nAction: none\nFinal Answer: In hollow trees."

    assert read([steps]) == read(list(steps)) == "In hollow trees."


def test_what_is_no_call_is_shown_as_soon_as_that_is_clear() -> None:
    calls = BareCalls()

    assert calls.feed('{"na') == ""
    assert calls.feed('mes": [') == '{"names": ['


async def test_whoever_asks_reads_that_there_is_no_answer() -> None:
    talk = Talk()
    talk.backend.say(CALLS[0])

    with pytest.raises(Unavailable) as told:
        await talk.say("Where do owls sleep?")

    assert told.value.key == "error.empty_answer"


async def test_the_object_somebody_asked_for_is_read() -> None:
    talk = Talk()
    talk.backend.say(ANSWERS[0])

    assert (await talk.say("Ada as JSON, please")).text.strip() == ANSWERS[0]
