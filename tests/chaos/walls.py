"""Reading the walls: what people see in every place at this moment, told apart by the words of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.chaos.plan import MARKER, WORD
from tests.chaos.stage import CLOSED, DiscordPlace, Place, SlackPlace
from tests.lab import discord, slack


@dataclass(frozen=True, slots=True)
class Seen:
    """One message of the bot. `words` are the answers' words in it, in order: whose, and which.

    `begun_at` is when the first of them could be read, in seconds on the platform's clock; None where there are none.
    `about` is the number of the question it stands under or was made for, 0 where nothing says so.
    """

    position: str
    text: str
    words: tuple[tuple[int, int], ...]
    about: int
    is_running: bool
    begun_at: float | None = None

    @property
    def number(self) -> int:
        """Whose message it is: its words say it best."""
        return self.words[0][0] if self.words else self.about


def read(place: Place, turns: Mapping[int, str]) -> list[Seen]:
    """Return the bot's messages in a place, top to bottom. `turns` are the stored questions by turn."""
    if isinstance(place, DiscordPlace):
        wall = place.lab.wall(place.channel)
        mine = [message for message in wall if message.author is place.lab.bot and not _is_foot(message)]
        return [_on_discord(message) for message in mine if CLOSED not in message.text]
    posts = [message for message in place.lab.posts(place.channel) if CLOSED not in message.shown]
    return [_on_slack(message, place, turns) for message in posts]


def _on_discord(message: discord.Message) -> Seen:
    asked = message.reply_to.content if message.reply_to else ""
    is_running = any(each.startswith("stop:") for each in message.custom_ids) or message.is_loading
    begun_at = next((at for at, text in message.history if WORD.search(text)), None)
    return Seen(f"{message.id:020d}", message.text, _words(message.text), _number(asked), is_running, begun_at)


def _on_slack(message: slack.Message, place: SlackPlace, turns: Mapping[int, str]) -> Seen:
    key = ((message.metadata or {}).get("event_payload") or {}).get("key", "")
    turn = key.removeprefix("turn-").partition(":")[0]
    asked = turns.get(int(turn), "") if turn.isdecimal() else ""
    root = place.lab.workspace.find(message.channel, message.thread_ts or "")
    about = _number(asked) or (_number(root.text) if root else 0)
    is_running = message.streaming or "stop" in message.action_ids
    begun_at = next((change.at for change in message.history if WORD.search(change.text)), None)
    return Seen(message.ts, message.shown, _words(message.shown), about, is_running, begun_at)


def _is_foot(message: discord.Message) -> bool:
    """Whether it is only the sentence under an answer that filled the message before."""
    goes_on = message.reply_to is None or message.reply_to.author is message.author
    return goes_on and all(line.startswith("-# ") for line in message.text.splitlines())


def _words(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((int(number), int(index)) for number, index in WORD.findall(text))


def _number(text: str) -> int:
    found = MARKER.search(text)
    return int(found[1]) if found else 0
