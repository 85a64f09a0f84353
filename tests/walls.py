"""A wall in memory: the `Poster` port with behaviour. Tests read what a person would see, and when."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.base import Call, Content, ContentRefused, Limits, PostFailed, Undeliverable
from bot.clock import SYSTEM_CLOCK, Clock


@dataclass
class Posted:
    """One message on the wall."""

    key: str
    text: str
    running: bool
    content: Content = field(default_factory=lambda: Content(""))
    edits: list[str] = field(default_factory=list)


class Wall:
    """Refuses what a platform refuses: texts that are empty or too long, unknown messages, edits after the last.

    `fail_next` calls fail; `is_closed` refuses for good; each call takes `call_s`. Where `has_state_messages`, a state
    is a message, whose place the first post takes. Messages that are `fixed` refuse to be edited, those that are
    `stubborn` fail whenever they are. A text with one of the `moderated` words is refused.
    """

    def __init__(
        self,
        *,
        message_chars: int = 200,
        edit_interval_s: float = 0.02,
        call_s: float = 0.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.limits = Limits(message_chars=message_chars, edit_interval_s=edit_interval_s)
        self.messages: list[Posted] = []
        self.states: list[str] = []
        self.calls_at: list[float] = []
        self.fail_next = 0
        self.is_closed = False
        self.has_state_messages = False
        self.removed: list[str] = []
        self.fixed: set[str] = set()
        self.stubborn: set[str] = set()
        self.moderated: set[str] = set()
        self._call_s = call_s
        self._clock = clock
        self._under_way = 0

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    def bucket(self, call: Call, message_id: str = "", *, is_anew: bool = False) -> str:
        assert not message_id or call in (Call.GROW, Call.FINISH)
        assert not (message_id and is_anew)
        return call.value

    async def show_state(self, text: str, *, holds: bool = False) -> str:
        await self._call()
        self._check(text)
        assert all(message.key in {"state", "removed"} for message in self.messages), "a state after the first words"
        self.states.append(text)
        if not (self.has_state_messages or holds):
            return ""
        if not self.messages or self.messages[-1].key != "state":
            self.messages.append(Posted("state", text, running=True))
        return str(len(self.messages) - 1)

    def render(self, markdown: str) -> str:
        return markdown

    async def post(self, content: Content, *, key: str) -> str:
        await self._call()
        text, running = content.text, content.running
        self._check(text)
        if self.messages and self.messages[-1].key == "state":
            self.messages[-1] = Posted(key, text, running, content)
            return str(len(self.messages) - 1)
        assert key not in {message.key for message in self.messages}, "an idempotency key used twice"
        self.messages.append(Posted(key, text, running, content))
        return str(len(self.messages) - 1)

    async def edit(self, message_id: str, content: Content) -> None:
        await self._call()
        text, running = content.text, content.running
        self._check(text)
        message = self.messages[int(message_id)]
        if message_id in self.fixed:
            raise Undeliverable
        if message_id in self.stubborn:
            raise PostFailed
        assert message.running or self.moderated, "an edit after the last one"
        message.edits.append(text)
        message.text, message.running, message.content = text, running, content

    async def remove(self, message_id: str) -> None:
        await self._call()
        self.messages[int(message_id)].text = ""
        self.messages[int(message_id)].key = "removed"
        self.removed.append(message_id)

    async def find(self, key: str) -> str:
        await self._call()
        return next((str(number) for number, message in enumerate(self.messages) if message.key == key), "")

    def footnote(self, text: str) -> str:
        return f"-# {text}"

    async def _call(self) -> None:
        self._under_way += 1
        assert self._under_way == 1, "two calls at once"
        try:
            await self._clock.sleep(self._call_s)
            self.calls_at.append(self._clock.now())
            if self.is_closed:
                raise Undeliverable
            if self.fail_next:
                self.fail_next -= 1
                raise PostFailed
        finally:
            self._under_way -= 1

    def _check(self, text: str) -> None:
        assert text.strip(), "an empty message"
        assert len(text) <= self.limits.message_chars, "a message too long"
        if any(word in text for word in self.moderated):
            raise ContentRefused
