"""What people send along: files of text, pictures, documents, recordings, from the platform's own hosts, in bounds."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from adapters.downloads import Downloads
from adapters.offered_files import FileKind, OfferedFile, shown_name
from adapters.picture_kinds import is_shown
from bot.domain import (
    ChatMessage,
    Incoming,
    Picture,
    QuotedMessage,
    Recording,
    TextFile,
    UnseenFile,
    WhyUnread,
    defaults,
)
from bot.ports import Documents, Sounds

# Slack waits three seconds for an acknowledgement, and people for an answer.
TEXT_WITHIN_S = 1.5
# Where that is not enough Slack delivers a message again, which then waits for the same files.
WITHIN_S = 4.0
# A document that is fetched and read within this is told of within twelve seconds, whatever it is.
DOCUMENT_WITHIN_S = 11.0
MOST_FILES = 5
KB = 1024
# Of all pictures and recordings of open turns; more are not taken in.
MOST_HELD_BYTES = 64 * KB * KB
# A recording of half an hour is no larger as any of the kinds that people send it in, but as WAV.
MOST_SOUND_KB = 16 * KB
Taken: TypeAlias = TextFile | Picture | Recording | WhyUnread
Held = TypeVar("Held", Picture, Recording)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLimits:
    """How much is read of the files that come with one message, by kind; 0: none of them.

    Of recordings it is so many seconds, whatever they weigh.
    """

    text_kb: int = defaults.TEXT_FILE_KB
    picture_kb: int = defaults.PICTURE_KB
    document_kb: int = defaults.DOCUMENT_KB
    voice_s: int = defaults.VOICE_S

    def most_bytes(self, kind: FileKind) -> int:
        """Return the most bytes of a kind."""
        match kind:
            case FileKind.TEXT:
                return self.text_kb * KB
            case FileKind.PICTURE:
                return self.picture_kb * KB
            case FileKind.DOCUMENT:
                return self.document_kb * KB
            case FileKind.SOUND:
                return MOST_SOUND_KB * KB if self.voice_s else 0
            case FileKind.OTHER:
                return 0


class HeldFiles:
    """How many bytes of pictures and recordings are in memory: each counts until nothing knows it any more."""

    def __init__(self, most_bytes: int = MOST_HELD_BYTES) -> None:
        self._left_bytes = most_bytes

    def hold(self, file: Held, size_bytes: int) -> Held | WhyUnread:
        """Return the file, or that there is no room for it now."""
        if size_bytes > self._left_bytes:
            return WhyUnread.FULL
        self._add(-size_bytes)
        weakref.finalize(file, self._add, size_bytes)
        return file

    def _add(self, size_bytes: int) -> None:
        self._left_bytes += size_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFiles:
    """Reads the files of one connection. Without `documents` no document is, and without `sounds` no recording."""

    downloads: Downloads
    limits: FileLimits = field(default_factory=FileLimits)
    documents: Documents | None = None
    sounds: Sounds | None = None
    held: HeldFiles = field(default_factory=HeldFiles)
    _under_way: dict[str, asyncio.Task[Incoming]] = field(default_factory=dict)

    def reads(self, file: OfferedFile) -> bool:
        """Whether a file is one that is read."""
        return self._refused(file) is None

    async def with_files(self, said: Incoming, offered: Sequence[OfferedFile]) -> Incoming:
        """Return what was said with the files that came along, and which of them nobody has read.

        An event that is delivered again meanwhile waits for the same: its files are read once.
        """
        if not offered or is_told(said):
            return said
        reading = self._under_way.get(said.event_id)
        if reading is None:
            reading = asyncio.create_task(self._with_files(said, offered), name="files")
            self._under_way[said.event_id] = reading
            reading.add_done_callback(lambda _: self._under_way.pop(said.event_id, None))
        return await asyncio.shield(reading)

    async def _with_files(self, said: Incoming, offered: Sequence[OfferedFile]) -> Incoming:
        refused = [self._refused(file) for file in offered]
        wanted = [file for file, why in zip(offered, refused, strict=True) if why is None]
        contents = iter(await asyncio.gather(*(self._taken(file) for file in wanted[:MOST_FILES])))
        found = [next(contents, WhyUnread.MANY) if why is None else why for why in refused]
        return without_company(_joined(said, zip(offered, self._within_limits(found), strict=True)))

    def _refused(self, file: OfferedFile) -> WhyUnread | None:
        """Return why a file is not even asked for."""
        most_bytes = self.limits.most_bytes(file.taken_for)
        if not most_bytes:
            return WhyUnread.OFF if file.is_read else WhyUnread.KIND
        if file.size_bytes > most_bytes:
            return WhyUnread.LARGE
        if file.size_bytes <= 0:
            return WhyUnread.EMPTY
        if file.seconds > self.limits.voice_s and file.taken_for is FileKind.SOUND:
            return WhyUnread.LONG
        return None if self.downloads.is_ours(file.url) else WhyUnread.NOT_GIVEN

    async def _taken(self, file: OfferedFile) -> Taken:
        kind = file.taken_for
        try:
            async with asyncio.timeout(DOCUMENT_WITHIN_S):
                content = await self.downloads.content(
                    file.url,
                    most_bytes=self.limits.most_bytes(kind),
                    within_s=TEXT_WITHIN_S if kind is FileKind.TEXT else WITHIN_S,
                    is_page=file.name.lower().endswith((".html", ".htm")),
                )
                return content if isinstance(content, WhyUnread) else await self._read(file, content)
        except TimeoutError:
            return WhyUnread.COSTLY

    async def _read(self, file: OfferedFile, content: bytes) -> Taken:
        name = shown_name(file.name)
        match file.taken_for:
            case FileKind.PICTURE if is_shown(content):
                return self.held.hold(Picture(name, content), len(content))
            case FileKind.PICTURE:
                return WhyUnread.DAMAGED
            case FileKind.DOCUMENT:
                return await self._document(name, content)
            case FileKind.SOUND:
                return await self._recording(file, content)
            case _:
                return text_file(name, content)

    async def _document(self, name: str, content: bytes) -> Taken:
        if self.documents is None:
            return WhyUnread.OFF
        read = await self.documents.read(content)
        if isinstance(read, WhyUnread):
            return read
        return TextFile(name, read.text, is_document=True, is_cut=read.is_cut)

    async def _recording(self, file: OfferedFile, content: bytes) -> Recording | WhyUnread:
        if self.sounds is None:
            return WhyUnread.OFF
        read = await self.sounds.read(content, most_s=self.limits.voice_s)
        if isinstance(read, WhyUnread):
            return read
        recording = Recording(shown_name(file.name), read, file.is_others, file.author, file.author_id)
        return self.held.hold(recording, sum(map(len, read.pieces)))

    def _within_limits(self, found: Sequence[Taken]) -> Iterator[Taken]:
        """Give what was found as far as the limits go for all of one kind together; documents count as files."""
        left: dict[type, float] = {
            TextFile: self.limits.most_bytes(FileKind.TEXT),
            Picture: self.limits.most_bytes(FileKind.PICTURE),
            Recording: self.limits.voice_s,
        }
        for each in found:
            size = _size(each)
            if not isinstance(each, WhyUnread) and size > left[type(each)]:
                yield WhyUnread.LONG if isinstance(each, Recording) else WhyUnread.LARGE
                continue
            if not isinstance(each, WhyUnread):
                left[type(each)] -= size
            yield each


def is_told(said: Incoming) -> bool:
    """Whether a message is answered with a sentence that names its files; those of a voice message say more."""
    return isinstance(said, ChatMessage) and bool(said.hint and said.unseen)


def without_company(said: Incoming) -> Incoming:
    """Return a message that has still nothing to say without what it quotes: that alone is no question."""
    return replace(said, quotes=()) if isinstance(said, ChatMessage) and said.hint else said


def text_file(name: str, content: bytes) -> TextFile | WhyUnread:
    """Return a file as text in UTF-8, or why it is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return WhyUnread.DAMAGED
    if "\0" in text:
        return WhyUnread.DAMAGED
    return TextFile(name, text) if text.strip() else WhyUnread.EMPTY


def _size(found: Taken) -> float:
    """Return what counts of a file: bytes, and seconds of a recording."""
    match found:
        case TextFile(is_document=False):
            return len(found.text.encode())
        case Picture():
            return len(found.content)
        case Recording():
            return found.sound.seconds
        case _:
            return 0


def _joined(said: Incoming, found: Iterator[tuple[OfferedFile, Taken]]) -> Incoming:
    """Return what was said with what was found; words in another's file stay theirs."""
    for file, taken in found:
        match taken:
            case WhyUnread():
                said = replace(said, unseen=(*said.unseen, UnseenFile(shown_name(file.name), taken).written()))
            case Picture():
                said = replace(said, pictures=(*said.pictures, taken))
            case Recording():
                said = with_recording(said, taken)
            case TextFile() if file.is_others:
                said = replace(said, quotes=(*said.quotes, _quoted(file, taken)))
            case TextFile():
                said = replace(said, files=(*said.files, taken))
    return said


def with_recording(said: Incoming, recording: Recording) -> Incoming:
    """Return what was said with a recording: it says what the message is about, where that has no words."""
    said = replace(said, recordings=(*said.recordings, recording))
    return replace(said, hint="") if isinstance(said, ChatMessage) and not recording.is_others else said


def _quoted(file: OfferedFile, taken: TextFile) -> QuotedMessage:
    return QuotedMessage(
        taken.text, file.author, file.author_id, file=taken.name, is_document=taken.is_document, is_cut=taken.is_cut
    )
