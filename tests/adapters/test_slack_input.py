"""What Slack alone brings: scopes that are missing, linked messages, edits, files that lead to its login."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.slack_scene import Scene, set_up
from tests.lab.slack import SlackLab
from tests.lab.slack.state import Json

NOTES = ("notes.md", b"The owl is OWL-4711.")


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


def asked(scene: Scene) -> str:
    return scene.backend.requests[-1].prompt[-1].content


async def said_before(scene: Scene) -> None:
    dm = scene.lab.dm(scene.ada)
    await scene.lab.say(dm, scene.ada, "the owl is OWL-4711")
    await scene.lab.until(lambda: any("You said" in message.shown for message in scene.lab.posts(dm)))


class TestScopes:
    async def test_without_the_scope_for_reading_a_file_is_told_and_no_login_page_read(self, scene: Scene) -> None:
        scene.lab.uploads.is_refused = True
        await scene.lab.say(scene.channel, scene.ada, "summarise this", files=[NOTES])
        await scene.answered("I have not seen notes.md")

        assert "Sign in" not in asked(scene)
        assert len(scene.lab.uploads.asked) == 1

    @pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
    async def test_without_the_scope_for_files_who_exports_is_told_what_to_do(self, scene: Scene, method: str) -> None:
        await said_before(scene)
        scene.lab.fail_next(method, error="missing_scope")
        await scene.lab.slash(scene.channel, scene.ada, "/export")
        await scene.lab.private_reads(scene.channel, scene.ada, "the scope `files:write`")

        shown = [message.shown for message in scene.lab.workspace.messages if message.author == scene.lab.bot_user]
        assert not any("the owl is OWL-4711" in text for text in shown if "You said" not in text)

    async def test_said_directly_the_sentence_comes_there(self, scene: Scene) -> None:
        await said_before(scene)
        dm = scene.lab.dm(scene.ada)
        scene.lab.fail_next("files.getUploadURLExternal", error="missing_scope")
        await scene.lab.say(dm, scene.ada, "export")
        await scene.lab.until(lambda: any("the scope `files:write`" in post.shown for post in scene.lab.posts(dm)))


async def test_the_file_of_an_export_stands_in_the_direct_messages_alone(scene: Scene) -> None:
    await said_before(scene)
    call = await scene.lab.slash(scene.channel, scene.ada, "/export")
    await call.responded(2)
    dm = scene.lab.dm(scene.ada)
    with_files = [message for message in scene.lab.workspace.messages if message.files]

    assert [message.channel for message in with_files] == [dm.id]
    assert "direct messages" in call.responses[-1].shown


SHARED: list[Json] = [
    {"is_msg_unfurl": True, "text": "the owl is OWL-4711", "author_id": "U0EVE000000", "author_name": "Eve"},
    {
        "is_share": True,
        "message_blocks": [
            {
                "message": {
                    "blocks": [
                        {
                            "type": "rich_text",
                            "elements": [
                                {"type": "rich_text_section", "elements": [{"type": "text", "text": "the owl is "}]},
                                {"type": "rich_text_section", "elements": [{"type": "text", "text": "OWL-4711"}]},
                            ],
                        }
                    ]
                }
            }
        ],
    },
]


@pytest.mark.parametrize("attachment", SHARED, ids=["linked", "blocks"])
async def test_a_message_that_is_linked_or_comes_as_blocks_is_read(scene: Scene, attachment: Json) -> None:
    body = {
        "type": "app_mention",
        "channel": scene.channel.id,
        "user": scene.ada.id,
        "ts": "1764000100.000200",
        "event_ts": "1764000100.000200",
        "text": f"<@{scene.lab.bot_user}> which owl?",
        "attachments": [attachment, {"text": "a page's preview", "from_url": "https://owls.example"}],
    }
    await scene.lab.send_event(body)
    await scene.lab.until(lambda: bool(scene.backend.requests))

    assert "OWL-4711" in asked(scene)
    assert "preview" not in asked(scene)


async def test_an_edit_days_later_calls_nobody() -> None:
    async with set_up(SlackLab()) as scene:
        said = await scene.lab.say(scene.channel, scene.ada, "what hoots?", mention=False)
        scene.lab.clock.advance(90_000)
        await scene.lab.edit(said.message, f"<@{scene.lab.bot_user}> what hoots?")
        await scene.lab.say(scene.channel, scene.ada, "and now?")
        await scene.answered("and now?")

        assert len(scene.backend.requests) == 1
