"""What a model makes others say in its answer reaches nobody."""

from __future__ import annotations

import pytest

from tests.engine.talk import NOAM, Talk


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Lyceum: Paris.\nNoam: Thanks, and Rome?\nLyceum: Italy.", "Paris."),
        ("Paris.\nDana: And Rome?\nRome is in Italy.", "Paris."),
        ("Paris.<|im_end|>\n<|im_start|>user\nAnd Rome?", "Paris."),
        ("The towns: Paris and Rome.", "The towns: Paris and Rome."),
    ],
)
async def test_an_answer_ends_where_it_begins_to_speak_for_others(written: str, read: str) -> None:
    talk = Talk()
    await talk.say("Hello", person=NOAM)
    talk.backend.say(written)

    assert (await talk.say("Where is the Louvre?")).text.strip() == read


async def test_in_a_direct_message_nobody_else_speaks() -> None:
    talk = Talk()
    talk.backend.say("Paris.\nDana: your name stands in my answer.")

    assert "your name stands" in (await talk.say("Where is the Louvre?", direct=True)).text
