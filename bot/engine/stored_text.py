"""The text of a message as it is stored, and as every prompt reads it: its words, with what it brings along. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.domain import REPLIED, ChatMessage, Notice, QuotedMessage, TextFile, UnseenFile, WhyUnread, unseen_file
from bot.engine.pictures import NAMED, as_named
from bot.engine.prompt import as_quote, clean_text, label
from bot.engine.recordings import NOT_HEARD, WRITTEN, as_not_heard

# What a message quotes is there to be understood, not to fill the window.
QUOTED_CHARS = 2_000
MOST_QUOTES = 8
MOST_NAMED = 5
# What a model is told of files, so that it makes nothing up.
NOT_SHOWN = (
    "[Attached, but not shown to you: {files}. You have not seen it: say so, and guess nothing of what is in it.]"
)
NOT_WHOLE = "[Of {file} this is the beginning{up_to}: the rest was too long, and nobody knows here what is in it.]"
_NOTES = (NOT_SHOWN, NOT_WHOLE, NAMED, NOT_HEARD, WRITTEN)
_NOTE = re.compile("|".join(re.sub(r"\\\{\w+\\\}", r"[^\\n]*", re.escape(note)) for note in _NOTES))
_UNSEEN = {
    WhyUnread.KIND: "notice.unseen",
    WhyUnread.OFF: "notice.unseen_off",
    WhyUnread.LARGE: "notice.unseen_large",
    WhyUnread.MANY: "notice.unseen_many",
    WhyUnread.NOT_GIVEN: "notice.unseen_not_given",
    WhyUnread.DAMAGED: "notice.unseen_damaged",
    WhyUnread.EMPTY: "notice.unseen_empty",
    WhyUnread.COSTLY: "notice.unseen_costly",
    WhyUnread.LOCKED: "notice.unseen_locked",
    WhyUnread.NO_READER: "notice.unseen_no_reader",
    WhyUnread.FULL: "notice.unseen_full",
    WhyUnread.LONG: "notice.unseen_long",
    WhyUnread.SILENT: "notice.unseen_silent",
    WhyUnread.NO_SOUNDS: "notice.unseen_no_sounds",
    WhyUnread.NO_FFMPEG: "notice.unseen_no_ffmpeg",
}
_CUT_AT = {"page": "notice.file_cut_at_page", "slide": "notice.file_cut_at_slide"}
_RUN = re.compile(r"`+")


def as_stored(message: ChatMessage) -> ChatMessage:
    """Return the message cleaned: what it quotes, its own words, its text files, the names of its other files."""
    blocks, quotes = [], []
    for quote in message.quotes[:MOST_QUOTES]:
        if block := quote_block(quote):
            blocks.append(block)
            quotes.append(QuotedMessage("", author_id=quote.author_id, chars=len(block)))
    # Stand for what they say, which comes later, and goes before it comes where they have theirs erased.
    quotes += [QuotedMessage("", author_id=each.author_id) for each in message.recordings if each.is_others]
    own = [clean_text(message.text), *(_as_block(file) for file in message.files)]
    if blocks or any(own) or message.recordings:
        own += [told_of(message.unseen), as_named(message.pictures), as_not_heard(message.recordings)]
    whole = "".join([*blocks, "\n\n".join(filter(None, own))]).rstrip("\n")
    return replace(message, text=whole, quotes=tuple(quotes), files=())


def quote_block(quote: QuotedMessage) -> str:
    """Return a quote as it stands in front of a stored text; "" for one without words."""
    words = _quotable(quote)
    author = f"{label(quote.author)}: " if quote.author else ""
    return f"{as_quote(author + words)}\n\n" if words else ""


def without_notes(text: str) -> str:
    """Return a stored text without what it says of files that came along."""
    blocks = text.split("\n\n")
    while _NOTE.fullmatch(blocks[-1]):
        blocks.pop()
        if not blocks:
            return ""
    return "\n\n".join(blocks)


def may_quote(text: str) -> bool:
    """Whether others' words may stand in front of a stored text."""
    return text.startswith(">")


def named_files(unseen: Sequence[str]) -> str:
    """Return names of files as a sentence holds them."""
    files = [unseen_file(written).name for written in unseen if written != REPLIED]
    more = f" +{len(files) - MOST_NAMED}" if len(files) > MOST_NAMED else ""
    return ", ".join(files[:MOST_NAMED]) + more


def unseen_notices(unseen: Sequence[str]) -> list[Notice]:
    """Return what a person is told of what nobody has read for them."""
    by_reason: dict[WhyUnread, list[str]] = {}
    told = []
    for file in _files(unseen):
        if file.why is WhyUnread.CUT:
            told.append(_cut_notice(file))
        else:
            by_reason.setdefault(file.why, []).append(file.name)
    told += [Notice(_UNSEEN[why], {"files": named_files(names)}) for why, names in by_reason.items()]
    return [*told, Notice("notice.reply_unseen")] if REPLIED in unseen else told


def unread_notices(message: ChatMessage) -> list[Notice]:
    """Return why the files of a message that says nothing else could not be taken in, where there is a reason."""
    with_reason = [each for each in message.unseen if unseen_file(each).why is not WhyUnread.KIND]
    return unseen_notices(with_reason) if message.hint else []


def told_of(unseen: Sequence[str]) -> str:
    """Return what a model is told of files that nobody has read for it; "" where there are none."""
    files = named_files([file.name for file in _files(unseen) if file.why is not WhyUnread.CUT])
    cut = [
        NOT_WHOLE.format(file=file.name, up_to=f", up to {file.up_to}" if file.up_to else "")
        for file in _files(unseen)
        if file.why is WhyUnread.CUT
    ]
    return "\n\n".join([*([NOT_SHOWN.format(files=files)] if files else []), *cut])


def _files(unseen: Sequence[str]) -> list[UnseenFile]:
    return [unseen_file(written) for written in unseen if written != REPLIED]


def _cut_notice(file: UnseenFile) -> Notice:
    unit, _, number = file.up_to.partition(" ")
    key = _CUT_AT.get(unit, "notice.file_cut")
    return Notice(key, {"files": file.name, "number": number} if number else {"files": file.name})


def _as_block(file: TextFile) -> str:
    """Return a text file as code, under its name; its fence is longer than any in it."""
    text = clean_text(file.text)
    fence = "`" * max(3, *(len(run) + 1 for run in _RUN.findall(text)), 3)
    return f"{clean_text(file.name)}:\n{fence}\n{text}\n{fence}"


def _quotable(quote: QuotedMessage) -> str:
    """Return the words of a quote; a text file was asked for, and is read whole."""
    text = clean_text(quote.text)
    return f"{quote.file}:\n{text}" if quote.file and text else _cut(text)


def _cut(text: str) -> str:
    return f"{text[:QUOTED_CHARS].rstrip()} …" if len(text) > QUOTED_CHARS else text
