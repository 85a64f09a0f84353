"""Answers that become files on Discord, by the real discord.py."""

from __future__ import annotations

from tests.adapters.discord_scene import MESSAGE, MESSAGES
from tests.adapters.pile import Answer, pile


async def test_a_long_answer_is_attached_to_its_beginning() -> None:
    answer = Answer(0, words=600)
    async with pile(file_chars=1500) as channel:
        await channel.answered(answer, within_s=0.3)

    (message,) = answer.messages
    (file,) = message.attachments
    assert file.filename == "answer.md"
    assert file.content.decode().split()[:600] == answer.said
    assert "The whole answer is in `answer.md`." in message.text


async def test_a_message_that_grew_gets_the_file_with_its_last_edit() -> None:
    answer = Answer(0, words=600)
    async with pile(file_chars=1500) as channel:
        await channel.answered(answer, within_s=2.5)

        assert channel.scene.requests("PATCH", MESSAGE) >= 2
    assert [len(message.attachments) for message in answer.messages][-1] == 1
    assert answer.messages[0].text.startswith("w0x0 w0x1")


async def test_a_lost_acknowledgement_attaches_nothing_twice() -> None:
    answer = Answer(0, words=600)
    async with pile(file_chars=1500) as channel:
        channel.lab.fail_next(f"POST {MESSAGES}", drop=True)
        await channel.answered(answer, within_s=0.0)

    assert [len(message.attachments) for message in answer.messages] == [1]


async def test_where_no_files_may_be_attached_the_answer_is_written_out() -> None:
    answer = Answer(0, words=600)
    async with pile(file_chars=1500) as channel:
        channel.scene.channel.deny("attach_files")
        await channel.answered(answer, within_s=0.0)

    beginning, *rest = answer.messages
    assert beginning.attachments == []
    assert " ".join(message.text for message in rest).split()[:600] == answer.said
