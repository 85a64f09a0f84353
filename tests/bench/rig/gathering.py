"""Several people in one channel, each with a long answer: who read what, when, and what the platform refused."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from tests.bench.rig.measures import counted
from tests.bench.rig.platforms import Asked, Step, until

# How the bot sets its own sentences apart, below an answer.
FOOTNOTES = ("-# ", "_")
LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer as it stands: the text of its messages in order, without footnotes, and how they came about."""

    text: str
    steps: tuple[Step, ...]

    @property
    def last_at(self) -> float:
        """When anything of it changed last."""
        return max(step.at for step in self.steps)

    def first_at(self, since: float) -> float:
        """Return when something of it was shown first after a moment."""
        return min(step.at for step in self.steps if step.at >= since)


class Room(Protocol):
    """One channel of a platform, with people in it."""

    name: str

    async def ask(self, person: int, text: str) -> Asked:
        """Let a person say something to the bot."""
        ...

    async def heard(self, asked: Sequence[Asked]) -> list[Heard]:
        """Return the answers that were begun, each that of a question, in the order of the questions."""
        ...

    async def refused(self) -> int:
        """Return how many calls were answered 429 so far."""
        ...


class DiscordRoom:
    """See `Room`. What is no reply goes on the message before, and what replies to the bot goes on that answer."""

    name = "Discord"

    def __init__(self, http: aiohttp.ClientSession, described: Mapping[str, Any], channel: int) -> None:
        self._http = http
        self._lab = described
        self._channel = described["channels"][channel]

    async def ask(self, person: int, text: str) -> Asked:
        """See `Room.ask`."""
        user = self._lab["users"][person]
        order = {"channel": self._channel, "user": user, "text": text, "mention": True}
        async with self._http.post(f"{self._lab['control_url']}/say", json=order) as answer:
            return Asked(self._channel, (await answer.json())["id"])

    async def heard(self, asked: Sequence[Asked]) -> list[Heard]:
        """See `Room.heard`."""
        async with self._http.get(f"{self._lab['control_url']}/wall", params={"channel": self._channel}) as answer:
            wall = [message for message in await answer.json() if message["by_bot"]]
        groups: dict[str, list[Any]] = {}
        questions: dict[str, str] = {}
        current = ""
        for message in sorted(wall, key=lambda each: int(each["id"])):
            current = questions.get(message["reply_to"] or "", message["reply_to"]) or current
            questions[message["id"]] = current
            groups.setdefault(current, []).append(message)
        return [_heard(groups[each.id], "text") for each in asked if each.id in groups]

    async def refused(self) -> int:
        """See `Room.refused`."""
        async with self._http.get(f"{self._lab['control_url']}/state") as answer:
            requests = (await answer.json())["requests"]
        return sum(int(counts.get("429", 0)) for counts in requests.values())


class SlackRoom:
    """See `Room`. Each question has a thread of its own."""

    name = "Slack"

    def __init__(self, http: aiohttp.ClientSession, described: Mapping[str, Any]) -> None:
        self._http = http
        self._lab = described
        self._people: list[str] = []

    async def enter(self, count: int) -> None:
        """Let so many people come in."""
        for number in range(count):
            async with self._http.post(f"{self._lab['lab_url']}user", json={"name": f"person{number}"}) as answer:
                self._people.append((await answer.json())["user"])

    async def ask(self, person: int, text: str) -> Asked:
        """See `Room.ask`."""
        channel = self._lab["channel"]
        order = {"channel": channel, "user": self._people[person], "text": text, "mention": True}
        async with self._http.post(f"{self._lab['lab_url']}say", json=order) as answer:
            return Asked(channel, (await answer.json())["ts"])

    async def heard(self, asked: Sequence[Asked]) -> list[Heard]:
        """See `Room.heard`."""
        async with self._http.get(f"{self._lab['lab_url']}wall", params={"channel": self._lab["channel"]}) as answer:
            posts = (await answer.json())["messages"]
        threads: dict[str, list[Any]] = {}
        for post in posts:
            threads.setdefault(str(post["thread_ts"]), []).append(post)
        return [_heard(threads[each.id], "shown") for each in asked if each.id in threads]

    async def refused(self) -> int:
        """See `Room.refused`."""
        async with self._http.get(f"{self._lab['lab_url']}state") as answer:
            calls = (await answer.json())["calls"]
        return sum(count for name, count in calls.items() if name.endswith(" ratelimited"))


async def gathered(room: Room, questions: Sequence[str], *, tokens: int, within_s: float) -> list[Heard]:
    """Ask all at once, a person each, and return the answers once all are whole.

    Raises:
        TimeoutError: they are not, within that time.
    """
    asked = await asyncio.gather(*(room.ask(person, question) for person, question in enumerate(questions)))

    async def are_whole() -> bool:
        answers = await room.heard(asked)
        return len(answers) == len(asked) and all(is_whole(answer, tokens) for answer in answers)

    await until(are_whole, every_s=LOOK_EVERY_S, within_s=within_s)
    await asyncio.sleep(LOOK_EVERY_S)
    return await room.heard(asked)


def is_whole(answer: Heard, tokens: int) -> bool:
    """Whether an answer is all that the model said, in order, and nothing twice."""
    return answer.text.split() == counted(tokens).split()


def _heard(messages: Sequence[Mapping[str, Any]], text: str) -> Heard:
    lines = (line for message in messages for line in message[text].splitlines())
    return Heard(
        "\n".join(line for line in lines if not line.startswith(FOOTNOTES)),
        tuple(Step(step["at"], step["chars"]) for message in messages for step in message["history"]),
    )
