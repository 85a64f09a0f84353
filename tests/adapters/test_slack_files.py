"""Files that go with an answer, on a loopback Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from adapters.base import Content, File, PostFailed
from adapters.slack.calls import open_web
from adapters.slack.place import Identity, Place
from adapters.slack.poster import SlackPoster
from tests.adapters.slack_scene import Scene, beginnings, make_scene, unlimited
from tests.lab.slack import SlackLab

TABLE = File("table.csv", "owl,tree\n")


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with SlackLab(rates=unlimited()) as lab:
        yield make_scene(lab)
        assert lab.violations == []


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def place(scene: Scene) -> Place:
    lab = scene.lab
    asked = await lab.say(scene.channel, scene.ada, "hello", mention=False)
    return Place(channel=scene.channel.id, thread=asked.ts, asked=asked.ts, user=scene.ada.id, workspace=lab.team_id)


def make_poster(scene: Scene, session: aiohttp.ClientSession, place: Place, *, is_resumed: bool = False) -> SlackPoster:
    lab = scene.lab
    return SlackPoster(
        web=open_web(session, token=lab.bot_token, api_url=lab.api_url),
        place=place,
        identity=Identity(workspace=lab.team_id, bot_user=lab.bot_user, bot_id=lab.bot_id),
        clock=lab.clock,
        locale="en",
        turn_id=17,
        beginnings=beginnings(scene, place, 17),
        is_resumed=is_resumed,
    )


@pytest.fixture
def poster(scene: Scene, session: aiohttp.ClientSession, place: Place) -> SlackPoster:
    return make_poster(scene, session, place)


def uploaded(scene: Scene) -> list[tuple[str, bytes | None]]:
    shared = [file_id for post in scene.lab.posts(scene.channel) for file_id in post.files]
    return [(scene.lab.files.by_id[file_id].title, scene.lab.files.by_id[file_id].content) for file_id in shared]


async def test_a_file_stands_below_its_message_in_the_thread(scene: Scene, poster: SlackPoster, place: Place) -> None:
    ts = await poster.post(Content("A table", running=True), key="turn-17:0")
    await poster.edit(ts, Content("A table.", files=(TABLE,)))

    assert uploaded(scene) == [("table.csv", b"owl,tree\n")]
    assert {post.thread_ts for post in scene.lab.posts(scene.channel)} == {place.thread}


async def test_a_file_that_failed_is_tried_again_and_the_message_is_not_posted_twice(
    scene: Scene, poster: SlackPoster
) -> None:
    scene.lab.fail_next("files.getUploadURLExternal", error="internal_error")
    with pytest.raises(PostFailed):
        await poster.post(Content("A table.", files=(TABLE,)), key="turn-17:0")
    await poster.post(Content("A table.", files=(TABLE,)), key="turn-17:0")

    assert [post.shown for post in scene.lab.posts(scene.channel)] == ["A table.", ""]
    assert len(uploaded(scene)) == 1


async def test_a_file_whose_fate_is_unknown_is_not_uploaded_twice(scene: Scene, poster: SlackPoster) -> None:
    scene.lab.fail_next("files.completeUploadExternal", drop="after")
    ts = await poster.post(Content("A table", running=True), key="turn-17:0")
    with pytest.raises(PostFailed):
        await poster.edit(ts, Content("A table.", files=(TABLE,)))
    await poster.edit(ts, Content("A table.", files=(TABLE,)))

    assert len(uploaded(scene)) == 1


async def test_a_file_an_earlier_attempt_uploaded_is_not_uploaded_again(
    scene: Scene, session: aiohttp.ClientSession, place: Place, poster: SlackPoster
) -> None:
    ts = await poster.post(Content("A table.", files=(TABLE,)), key="turn-17:0")
    later = make_poster(scene, session, place, is_resumed=True)
    found = await later.find("turn-17:0")
    await later.edit(found, Content("A table.", files=(TABLE,)))

    assert found == ts
    assert len(uploaded(scene)) == 1


async def test_a_file_is_never_taken_for_a_message_of_the_answer(
    scene: Scene, session: aiohttp.ClientSession, place: Place, poster: SlackPoster
) -> None:
    await poster.post(Content("A table.", files=(TABLE,)), key="turn-17:0")

    assert await make_poster(scene, session, place, is_resumed=True).find("turn-17:1") == ""


async def test_where_slack_takes_no_files_their_words_are_posted(scene: Scene, poster: SlackPoster) -> None:
    scene.lab.fail_next("files.getUploadURLExternal", error="missing_scope")
    await poster.post(Content("A table.", files=(TABLE,)), key="turn-17:0")

    assert [post.shown for post in scene.lab.posts(scene.channel)] == ["A table.", "owl,tree"]
