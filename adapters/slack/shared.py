"""What a message on Slack carries beside its words: messages that it forwards, and files. Pure.

Nothing more is asked for: no history is read for a prompt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapters.offered_files import OfferedFile
from adapters.slack.payload import Json, inner, items, text
from bot.domain import QuotedMessage

CLIP = "slack_audio"
_LISTS = frozenset({"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted", "rich_text"})


def carried(message: Json) -> Iterator[QuotedMessage]:
    """Give the texts of other messages: of the thread's beginning, and of those that are forwarded."""
    root = inner(message, "root")
    if words := written(root):
        yield QuotedMessage(words, author_id=text(root, "user") or text(root, "bot_id"))
    for attachment in shared(message):
        if words := _shared_words(attachment):
            yield QuotedMessage(words, text(attachment, "author_name"), text(attachment, "author_id"))


def written(message: Json) -> str:
    """Return what is written in a message, with the messages that it forwards."""
    words = [text(message, "text"), *(_shared_words(attachment) for attachment in shared(message))]
    return "\n".join(filter(None, words))


def own_words(message: Json) -> str:
    """Return what was written in a message itself, with the tables that were pasted into it."""
    blocks = [*items(message, "blocks"), *(block for each in _own(message) for block in items(each, "blocks"))]
    tables = ["".join(_texts(block)).strip() for block in blocks if text(block, "type") == "table"]
    return "\n\n".join(filter(None, [text(message, "text"), *tables]))


def _own(message: Json) -> list[Json]:
    """Return the attachments that are no other messages."""
    others = shared(message)
    return [attachment for attachment in items(message, "attachments") if attachment not in others]


def offered(message: Json) -> Iterator[OfferedFile]:
    """Give the files that come with a message, and with those that it forwards."""
    for each in (message, *shared(message)):
        for file in items(each, "files"):
            size = file.get("size")
            # A clip that was recorded in Slack is told of as a video at times, whatever it is.
            is_clip = text(file, "subtype") == CLIP
            yield OfferedFile(
                text(file, "name") or text(file, "title") or text(file, "id"),
                text(file, "url_private_download") or text(file, "url_private"),
                size if isinstance(size, int) else 0,
                "audio/mp4" if is_clip else text(file, "mimetype"),
                is_others=each is not message,
                author=text(each, "author_name") if each is not message else "",
                author_id=text(each, "author_id") if each is not message else "",
                seconds=_seconds(file),
            )


def is_voice(message: Json) -> bool:
    """Whether a message was spoken: Slack's clips of sound are."""
    return any(text(file, "subtype") == CLIP for file in items(message, "files"))


def _seconds(file: Json) -> float:
    """Return how long a recording is; Slack tells it of its own clips."""
    told = file.get("duration_ms")
    return told / 1000 if isinstance(told, int | float) and not isinstance(told, bool) else 0.0


def shared(message: Json) -> list[Json]:
    """Return the messages that one forwards, or shows because it links to them; previews of other links are none."""
    return [
        attachment
        for attachment in items(message, "attachments")
        if attachment.get("is_share") is True or attachment.get("is_msg_unfurl") is True
    ]


def _shared_words(attachment: Json) -> str:
    """Return a shared message's text; some come as blocks alone."""
    if words := text(attachment, "text"):
        return words
    blocks = [
        block for each in items(attachment, "message_blocks") for block in items(inner(each, "message"), "blocks")
    ]
    return "\n".join(filter(None, ("".join(_texts(block)) for block in blocks)))


def _texts(element: Json) -> Iterator[str]:
    """Give the words of a block of rich text, or of a section."""
    match element.get("type"):
        case "text" | "raw_text":
            yield text(element, "text")
        case "link":
            yield text(element, "text") or text(element, "url")
        case "user":
            yield f"<@{text(element, 'user_id')}>"
        case "emoji":
            yield f":{text(element, 'name')}:"
        case "table":
            yield from _lines(element)
        case "section":
            yield text(inner(element, "text"), "text")
        case kind if kind in _LISTS:
            for inside in items(element, "elements"):
                yield from _texts(inside)
            if kind == "rich_text_section":
                yield "\n"


def _lines(table: Json) -> Iterator[str]:
    rows = table.get("rows")
    for row in rows if isinstance(rows, list) else ():
        cells = [cell for cell in row if isinstance(cell, Mapping)] if isinstance(row, list) else []
        yield " | ".join("".join(_texts(cell)).strip() for cell in cells) + "\n"
