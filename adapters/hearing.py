"""What is meant for the bot, and what is done about it: one table for every platform. Pure.

A platform says of a message where it stands, whether it is addressed, and what it is made of; the rest is decided here.
docs/reference/input.md shows the table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from bot.domain.visible import is_seen
from bot.engine.command_parsing import parse_mention

# What people put between a name and what they say to it; a dash or a point only before a blank, since it may begin a
# number or a word.
_COMMAS = ",:;،؛：，、；"
_SET_APART = "-–—.…!?"
_MARKS = "*_~"
_MOST_MARKS = 3
_ENDS = " \t\n.!,…。！，"
LATEST_EDIT_S = 86_400.0
"""An edit calls the bot as long after the message: what was answered longer ago may be forgotten by retention."""


class Place(Enum):
    """Where a message stands."""

    DIRECT = auto()
    CHANNEL = auto()
    OWN_THREAD = auto()  # the bot opened it for somebody
    OTHER_THREAD = auto()  # somebody's thread or forum post


class Follow(StrEnum):
    """Who is answered in a thread that the bot opened, without calling it."""

    ASKER = "asker"
    EVERYONE = "everyone"
    NOBODY = "nobody"


class Made(Enum):
    """What a message is made of; the value is how the reference names it."""

    WORDS = "words, whatever comes with them"
    QUOTES = "a forwarded message, or a reply, that says nothing more"
    TEXT_FILE = "text files, pictures, documents and recordings alone"
    FILE = "other files alone"
    VOICE = "a voice message"
    STICKER = "a sticker"
    POLL = "a poll"
    WITHHELD = "nothing but a reply, to a message that the platform keeps back"
    NOTHING = "nothing but the mention"


class Hearing(Enum):
    """What is done about a message. `IF_THEIRS`: what `ANSWERED` is, if the thread was opened for its author."""

    LEFT = auto()
    ANSWERED = auto()
    IF_THEIRS = auto()


@dataclass(frozen=True, slots=True)
class HearingRule:
    """What becomes of what a message is made of.

    `hint` is the sentence that is said in the place of an answer, "" where there is one; `is_fetched`: only where its
    files cannot be taken in, for they say what it is about. `is_followed`: it is heard in
    a thread that is followed, too, where nobody called the bot.
    """

    made: Made
    hint: str = ""
    is_followed: bool = True
    is_fetched: bool = False


RULES: dict[Made, HearingRule] = {
    rule.made: rule
    for rule in (
        HearingRule(Made.WORDS),
        HearingRule(Made.QUOTES),
        HearingRule(Made.TEXT_FILE, "error.text_file_alone"),
        HearingRule(Made.FILE, "error.file_alone"),
        HearingRule(Made.VOICE, "error.voice_alone", is_fetched=True),
        HearingRule(Made.STICKER, "error.sticker_alone", is_followed=False),
        HearingRule(Made.POLL, "error.poll_alone", is_followed=False),
        HearingRule(Made.WITHHELD, "error.reply_withheld", is_followed=False),
        HearingRule(Made.NOTHING, "error.empty_message", is_followed=False),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message as far as it matters whom it is meant for.

    `is_addressed`: it mentions the bot, or replies to it; `turns_away`: it mentions, or replies to, somebody else.
    """

    place: Place
    made: Made
    is_addressed: bool = False
    turns_away: bool = False


def judged(heard: Heard, *, follow: Follow = Follow.ASKER, reads_all: bool = True) -> Hearing:
    """Return what is done about a message; with `reads_all` False the platform shows only what is addressed."""
    if heard.place is Place.DIRECT or heard.is_addressed:
        return Hearing.ANSWERED
    is_followed = heard.place is Place.OWN_THREAD and RULES[heard.made].is_followed and not heard.turns_away
    if not reads_all or not is_followed or follow is Follow.NOBODY:
        return Hearing.LEFT
    return Hearing.ANSWERED if follow is Follow.EVERYONE else Hearing.IF_THEIRS


def hint_for(made: Made) -> str:
    """Return the key of what is said in the place of an answer; "" where the message is answered."""
    return RULES[made].hint


def is_fetched(made: Made) -> bool:
    """Whether the files of a message without words say what it is about."""
    return RULES[made].is_fetched


def calls_late(*, is_addressed: bool, place: Place, after_s: float) -> bool:
    """Whether an edit so long after the message calls the bot: only one that adds a mention does, and it does once.

    What was answered already is known by the message's id.
    """
    return is_addressed and place is not Place.DIRECT and after_s <= LATEST_EDIT_S


def said_to(text: str, mention: re.Pattern[str]) -> str:
    """Return what is said to the bot: its mentions at either end are left out, those between stay.

    Nothing is searched for in blanks: each one of many would be tried again.
    """
    begin, end = _after_name(text, mention), len(text.rstrip())
    while begin < end and text[end - 1] == ">":
        at = text.rfind("<", begin, end)
        if at < 0 or not mention.fullmatch(text, at, end):
            break
        end = _last_seen(text, at)
    return text[begin:end].strip() if begin < end else ""


def command_in(words: str) -> tuple[str, dict[str, str]] | None:
    """Read a command said to the bot, with or without a point behind it; None where it is something else.

    Clients put marks of direction, which nobody sees, before and behind what is typed among right-to-left words.
    """
    begin, end = 0, len(words)
    while begin < end and not is_seen(words[begin]):
        begin += 1
    while begin < end and (words[end - 1] in _ENDS or not is_seen(words[end - 1])):
        end -= 1
    bare = words[begin:end]
    if bare.startswith("`") and bare.endswith("`"):
        bare = bare.strip("`")  # copied from where commands are written so
    return parse_mention(words) or (parse_mention(bare) if bare != words else None)


def _after_name(text: str, mention: re.Pattern[str]) -> int:
    end = _name_end(text, _first_seen(text, 0), mention)
    begin = 0
    while end:
        begin = _first_word(text, end)
        end = _name_end(text, begin, mention)
    return begin


def _name_end(text: str, at: int, mention: re.Pattern[str]) -> int:
    """Return where a mention ends that begins here, with the marks that make it bold; 0 where none does."""
    begin = at
    while begin < len(text) and begin - at < _MOST_MARKS and text[begin] in _MARKS:
        begin += 1
    found = mention.match(text, begin)
    if not found:
        return 0
    marks = text[at:begin][::-1]
    return found.end() + (len(marks) if text.startswith(marks, found.end()) else 0)


def _first_word(text: str, at: int) -> int:
    """Return where the words behind a name begin; a list on lines of its own keeps its dashes."""
    is_same_line = True
    while at < len(text):
        if text[at].isspace() or text[at] in _COMMAS:
            is_same_line = is_same_line and text[at] != "\n"
            at += 1
        elif is_same_line and text[at] in _SET_APART:
            behind = at
            while behind < len(text) and text[behind] in _SET_APART:
                behind += 1
            if behind < len(text) and not text[behind].isspace():
                return at
            at = behind
        else:
            return at
    return at


def _first_seen(text: str, at: int) -> int:
    while at < len(text) and (text[at].isspace() or not is_seen(text[at])):
        at += 1
    return at


def _last_seen(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end
