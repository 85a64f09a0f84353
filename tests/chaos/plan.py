"""What will happen in a run, decided beforehand by a seed: who says what where, and what goes wrong when.

Knows nothing of sockets and clocks. "When" is a count of messages said so far, and seconds after that.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Question:
    """A message: its number is its marker; `words` long is the answer; `again_after_s` are its further deliveries."""

    number: int
    speaker: int
    words: int
    again_after_s: tuple[float, ...]

    @property
    def text(self) -> str:
        """What is written."""
        return f"Q-{self.number:06d}: say {self.words} words"

    @property
    def answer(self) -> str:
        """What the model answers: every word says whose it is and which, so that each is found again on a wall."""
        return " ".join(f"m{self.number}w{index}" for index in range(1, self.words + 1))


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


Trouble = Kill | Lock | Fault


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
    troubles = sorted(_troubles(dice, messages), key=lambda trouble: trouble.at)
    return Plan(seed, messages, spots, tuple(troubles))


def answer_to(said: str) -> str:
    """Return the model's answer to the newest question of a prompt."""
    number, words = MARKER.search(said), re.search(r"say (\d+) words", said)
    if not number or not words:
        return "What?"
    return Question(int(number[1]), 0, int(words[1]), ()).answer


def _question(dice: random.Random, number: int, spot: Spot) -> Question:
    speaker = spot.index if spot.kind == "dm" else spot.index + dice.randrange(SPEAKERS)
    words = dice.randint(*(LONG_WORDS if dice.random() < LONG_SHARE else SHORT_WORDS))
    again = tuple(dice.choice((0.0, dice.uniform(0, MOST_LATER_S))) for _ in range(dice.choice(DELIVERIES) - 1))
    return Question(number, speaker, words, again)


def _troubles(dice: random.Random, messages: int) -> Iterator[Trouble]:
    for _ in range(max(FEWEST_KILLS, round(messages * KILL_SHARE))):
        yield Kill(dice.randint(1, messages), dice.uniform(0, MOST_KILL_WAIT_S))
    for _ in range(max(FEWEST_LOCKS, round(messages * LOCK_SHARE))):
        yield Lock(dice.randint(1, messages), dice.uniform(0, MOST_KILL_WAIT_S), dice.uniform(*LOCK_S))
    for _ in range(round(messages * FAULT_SHARE)):
        platform = dice.choice(("discord", "slack"))
        call, kind = dice.choice(DISCORD_FAULTS if platform == "discord" else SLACK_FAULTS)
        yield Fault(dice.randint(1, messages), platform, call, kind)
