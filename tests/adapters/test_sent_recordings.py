"""Recordings that people send along: what the platform says of them is looked at before a byte is fetched."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from adapters.downloads import Downloads
from adapters.hearing import Made, hint_for
from adapters.offered_files import FileKind, OfferedFile
from adapters.sent_files import FileLimits, SentFiles
from bot.domain import Address, ChatMessage, Person, QuotedMessage, Recording, SoundPieces, WhyUnread, unseen_file
from tests.adapters.test_sent_files import Host, host

__all__ = ["host"]  # a fixture
ALONE = ChatMessage(
    event_id="E1",
    message_id="M1",
    address=Address("lab", "W1", "C1"),
    person=Person("U1", "Ada"),
    text="",
    hint=hint_for(Made.VOICE),
    quotes=(QuotedMessage("the owl is blue", "Ben", "U2"),),
)


@dataclass
class Ears:
    """See `ports.Sounds`: everything is one second of sound, or `why`."""

    why: WhyUnread | None = None
    asked: list[float] = field(default_factory=list)

    async def read(self, content: bytes, *, most_s: float) -> SoundPieces | WhyUnread:
        assert content
        self.asked.append(most_s)
        return self.why or SoundPieces((b"RIFF",), 30.0)


@pytest.fixture
def ears() -> Ears:
    return Ears()


def offered(host: Host, *, size: int = 19, seconds: float = 1.3, address: str = "", kind: str = "") -> OfferedFile:
    url = address or f"{host.url}/voice-message.ogg"
    return OfferedFile("voice-message.ogg", url, size, kind or "audio/ogg", seconds=seconds)


def files(host: Host, ears: Ears | None, *, seconds: int = 60) -> SentFiles:
    downloads = Downloads(hosts={"files.lab.example"}, origin=f"{host.url}/api/")
    return SentFiles(downloads=downloads, limits=FileLimits(voice_s=seconds), sounds=ears)


async def sent(host: Host, ears: Ears | None, *recordings: OfferedFile, seconds: int = 60) -> ChatMessage:
    said = await files(host, ears, seconds=seconds).with_files(ALONE, recordings or [offered(host)])
    assert isinstance(said, ChatMessage)
    return said


def why(said: ChatMessage) -> list[str]:
    return [unseen_file(each).why.value for each in said.unseen]


async def test_what_was_recorded_is_what_the_message_says(host: Host, ears: Ears) -> None:
    said = await sent(host, ears)

    assert [each.name for each in said.recordings] == ["voice-message.ogg"]
    assert (said.hint, said.unseen, said.quotes) == ("", (), ALONE.quotes)
    assert ears.asked == [60]


@pytest.mark.parametrize(
    ("recording", "reason"),
    [
        ({"seconds": 61.0}, "long"),
        ({"size": 17 * 2**20}, "large"),
        ({"size": 0}, "empty"),
        ({"address": "https://evil.example/voice-message.ogg"}, "not_given"),
    ],
    ids=["too long", "too large", "empty", "elsewhere"],
)
async def test_one_beyond_a_bound_is_not_fetched(
    host: Host, ears: Ears, recording: dict[str, object], reason: str
) -> None:
    said = await sent(host, ears, offered(host, **recording))  # type: ignore[arg-type]

    assert (why(said), host.asked) == ([reason], [])


async def test_none_is_fetched_where_that_is_switched_off(host: Host, ears: Ears) -> None:
    assert (why(await sent(host, ears, seconds=0)), host.asked) == (["off"], [])


async def test_all_of_a_message_together_have_the_one_bound(host: Host, ears: Ears) -> None:
    said = await sent(host, ears, *[offered(host)] * 3)

    assert (len(said.recordings), why(said)) == (2, ["long"])


async def test_a_message_that_nobody_heard_keeps_its_sentence_and_quotes_nothing(host: Host) -> None:
    said = await sent(host, Ears(WhyUnread.SILENT))

    assert (said.hint, why(said), said.quotes, said.recordings) == (hint_for(Made.VOICE), ["silent"], (), ())


async def test_anothers_recording_stays_theirs(host: Host, ears: Ears) -> None:
    of_ben = replace(offered(host), is_others=True, author="Ben", author_id="U2")
    said = await files(host, ears).with_files(replace(ALONE, text="what is it?", hint="", quotes=()), [of_ben])

    assert said.recordings == (Recording("voice-message.ogg", SoundPieces((b"RIFF",), 30.0), True, "Ben", "U2"),)  # noqa: FBT003 - is_others


@pytest.mark.parametrize(
    ("name", "kind", "taken_for"),
    [
        ("voice-message.ogg", "audio/ogg; codecs=opus", FileKind.SOUND),
        ("memo.M4A", "", FileKind.SOUND),
        ("talk.mp4", "video/mp4", FileKind.OTHER),
        ("list.m3u8", "application/vnd.apple.mpegurl", FileKind.OTHER),
        ("notes.txt", "text/plain", FileKind.TEXT),
    ],
)
def test_a_recording_is_told_by_its_kind_or_its_name(name: str, kind: str, taken_for: FileKind) -> None:
    assert OfferedFile(name, "", 1, kind).taken_for is taken_for
