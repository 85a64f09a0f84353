"""What will happen in a run, decided beforehand by a seed: who says what where, and what goes wrong when.

Knows nothing of sockets and clocks. "When" is a count of messages said so far, and seconds after that.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import cycle, islice

WORD = re.compile(r"\bm(\d+)w(\d+)\b")
MARKER = re.compile(r"\bQ-(\d{6})\b")
KINDS = (("discord", "channel"), ("slack", "thread"), ("discord", "dm"), ("slack", "dm"), ("discord", "thread"),
         ("slack", "channel"))  # fmt: skip
MESSAGES_PER_PLACE = 16
FEWEST_PLACES, MOST_PLACES = len(KINDS), 8 * len(KINDS)
SPEAKERS = 3
SHORT_WORDS, LONG_WORDS = (4, 60), (300, 700)
LONG_SHARE = 0.03
# One delivery, two or three of the same message.
DELIVERIES = (1, 1, 1, 2, 2, 3)
MOST_LATER_S = 4.0
FAULT_SHARE, KILL_SHARE, LOCK_SHARE = 0.25, 0.01, 0.008
FEWEST_KILLS, FEWEST_LOCKS = 2, 1
HOST_SHARE, CLOSING_SHARE, TURN_SHARE = 0.005, 0.008, 0.008
MOST_AWAY_S = 3.0
TURNS_S = (-86_400.0, -3600.0, -600.0, 600.0, 0.0)
# Of the answers so many hold a line that moderation refuses, are refused altogether, come with impossible figures.
LINE_SHARE, WHOLE_SHARE, POISONED_SHARE = 0.05, 0.03, 0.05
# What moderation refuses, as the platforms do it: by the filter of links, by AutoMod.
REFUSED = {"badlink": 240_000, "badword": 200_000}
POISON = 2**63
MOST_KILL_WAIT_S = 2.0
LOCK_S = (0.5, 4.0)

POST, EDIT = "POST /channels/{channel_id}/messages", "PATCH /channels/{channel_id}/messages/{message_id}"
DISCORD_FAULTS = tuple((call, kind) for call in (POST, EDIT) for kind in ("lost answer", "429", "500"))
SLACK_FAULTS = (
    *(
        (call, kind)
        for call in ("chat.postMessage", "chat.startStream", "chat.stopStream", "chat.update")
        for kind in ("lost answer", "lost call", "429", "500")
    ),
    ("chat.appendStream", "lost answer"),
    ("chat.appendStream", "500"),
    # Without Slack's own Stop an answer is posted and updated instead of streamed.
    ("agents.sessions.setStatus", "500"),
    ("agents.sessions.setStatus", "500"),
    ("agents.sessions.setStatus", "500"),
)


class Oddity(StrEnum):
    """What is wrong with an answer, said in the question, so that the model knows it."""

    NONE = ""
    LINE = "with a line that is refused"
    WHOLE = "that are refused"
    POISONED = "of no possible number"


@dataclass(frozen=True, slots=True)
class Question:
    """A message: its number is its marker; `words` long is the answer; `again_after_s` are its further deliveries."""

    number: int
    speaker: int
    words: int
    again_after_s: tuple[float, ...]
    oddity: Oddity = Oddity.NONE

    @property
    def text(self) -> str:
        """What is written."""
        return f"Q-{self.number:06d}: say {self.words} words {self.oddity}".rstrip()

    @property
    def answer(self) -> str:
        """What the model answers: every word says whose it is and which, so that each is found again on a wall."""
        bad = list(REFUSED)[self.number % len(REFUSED)]
        if self.oddity is Oddity.WHOLE:
            return f"{bad} and no more."
        words = [f"m{self.number}w{index}" for index in range(1, self.words + 1)]
        if self.oddity is Oddity.LINE:
            words.insert(self.words // 2, f"\n{bad}\n")
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a platform and what is said there, in order. A DM is spoken in by one person."""

    index: int
    platform: str
    kind: str
    questions: list[Question] = field(default_factory=list)

    @property
    def is_one_conversation(self) -> bool:
        """Whether all that is said here is one conversation; in a channel of Slack each message begins its own."""
        return (self.platform, self.kind) != ("slack", "channel")


@dataclass(frozen=True, slots=True)
class Kill:
    """`kill -9` of the bot, which is started again at once."""

    at: int
    after_s: float


@dataclass(frozen=True, slots=True)
class Lock:
    """The database file held by somebody else for so long."""

    at: int
    after_s: float
    for_s: float


@dataclass(frozen=True, slots=True)
class Fault:
    """The next call of this name on the platform goes wrong."""

    at: int
    platform: str
    call: str
    kind: str


@dataclass(frozen=True, slots=True)
class HostAway:
    """The model host dies, and comes back after so long."""

    at: int
    for_s: float


@dataclass(frozen=True, slots=True)
class Closing:
    """The bot loses the right to write in a place, and is given it back after so long."""

    at: int
    for_s: float
    spot: int


@dataclass(frozen=True, slots=True)
class ClockTurned:
    """The bot's clock is set so far off the right time."""

    at: int
    by_s: float


Trouble = Kill | Lock | Fault | HostAway | Closing | ClockTurned


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run. `troubles` are in the order of their coming."""

    seed: int
    messages: int
    spots: tuple[Spot, ...]
    troubles: tuple[Trouble, ...]

    @property
    def questions(self) -> dict[int, Question]:
        """Every message by its number."""
        return {question.number: question for spot in self.spots for question in spot.questions}

    @property
    def people(self) -> int:
        """How many people each platform needs."""
        return max(len(self.spots), SPEAKERS)


def make_plan(seed: int, messages: int) -> Plan:
    """Decide a run; the same seed and number decide the same."""
    dice = random.Random(seed)
    count = min(MOST_PLACES, max(FEWEST_PLACES, messages // MESSAGES_PER_PLACE))
    spots = tuple(Spot(index, *kind) for index, kind in enumerate(islice(cycle(KINDS), count)))
    for number in range(1, messages + 1):
        spot = dice.choice(spots)
        spot.questions.append(_question(dice, number, spot))
    troubles = sorted(_troubles(dice, messages, spots), key=lambda trouble: trouble.at)
    return Plan(seed, messages, spots, tuple(troubles))


def oddity_in(said: str) -> Oddity:
    """Return what is to be wrong with the answer to the newest question of a prompt."""
    return next((oddity for oddity in Oddity if oddity and said.rstrip().endswith(oddity)), Oddity.NONE)


def answer_to(said: str) -> str:
    """Return the model's answer to the newest question of a prompt."""
    number, words = MARKER.search(said), re.search(r"say (\d+) words", said)
    if not number or not words:
        return "What?"
    return Question(int(number[1]), 0, int(words[1]), (), oddity_in(said)).answer


def _question(dice: random.Random, number: int, spot: Spot) -> Question:
    speaker = spot.index if spot.kind == "dm" else spot.index + dice.randrange(SPEAKERS)
    words = dice.randint(*(LONG_WORDS if dice.random() < LONG_SHARE else SHORT_WORDS))
    again = tuple(dice.choice((0.0, dice.uniform(0, MOST_LATER_S))) for _ in range(dice.choice(DELIVERIES) - 1))
    return Question(number, speaker, words, again, _oddity(dice) if words <= SHORT_WORDS[1] else Oddity.NONE)


def _oddity(dice: random.Random) -> Oddity:
    shares = {Oddity.LINE: LINE_SHARE, Oddity.WHOLE: WHOLE_SHARE, Oddity.POISONED: POISONED_SHARE}
    none = 1 - sum(shares.values())
    return dice.choices([Oddity.NONE, *shares], [none, *shares.values()])[0]


def may_close(spot: Spot) -> bool:
    """Whether a place has rights that may be taken away: of a direct message there are none."""
    return spot.kind == "channel" or (spot.platform, spot.kind) == ("slack", "thread")


def _troubles(dice: random.Random, messages: int, spots: Sequence[Spot]) -> Iterator[Trouble]:
    open_spots = [spot.index for spot in spots if may_close(spot)]
    for _ in range(max(1, round(messages * HOST_SHARE))):
        yield HostAway(dice.randint(1, messages), dice.uniform(0.5, MOST_AWAY_S))
    for _ in range(max(2, round(messages * CLOSING_SHARE))):
        yield Closing(dice.randint(1, messages), dice.uniform(0.5, MOST_AWAY_S), dice.choice(open_spots))
    for _ in range(max(1, round(messages * TURN_SHARE))):
        yield ClockTurned(dice.randint(1, messages), dice.choice(TURNS_S))
    for _ in range(max(FEWEST_KILLS, round(messages * KILL_SHARE))):
        yield Kill(dice.randint(1, messages), dice.uniform(0, MOST_KILL_WAIT_S))
    for _ in range(max(FEWEST_LOCKS, round(messages * LOCK_SHARE))):
        yield Lock(dice.randint(1, messages), dice.uniform(0, MOST_KILL_WAIT_S), dice.uniform(*LOCK_S))
    for _ in range(round(messages * FAULT_SHARE)):
        platform = dice.choice(("discord", "slack"))
        call, kind = dice.choice(DISCORD_FAULTS if platform == "discord" else SLACK_FAULTS)
        yield Fault(dice.randint(1, messages), platform, call, kind)
