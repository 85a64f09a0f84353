"""What all posters on Discord share: a message is edited in place while it grows.

One that is gone, or can no longer be edited, is posted anew under the id delivery knows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress

from adapters.base import Call, Content, Limits, PostFailed, Undeliverable
from adapters.discord.calls import Fixed
from adapters.discord.dialect import footnote, to_discord
from adapters.discord.files import Files
from adapters.discord.rates import name
from bot.i18n import text

CONTENT_CHARS = 2000
# How far apart edits are at least, where the rate limits would let them come faster.
LIMITS = Limits(message_chars=CONTENT_CHARS, edit_interval_s=1.0, has_pictures=True)


class EditingPoster(ABC):
    """The state's message becomes the first message; what is fixed is posted anew."""

    limits = LIMITS
    _locale = "en"

    def __init__(self, *, place: str, state_id: str = "", state_key: str = "state") -> None:
        """`place` is where Discord counts its calls."""
        self._place = place
        self._state_id = state_id
        self._state_key = state_key
        self._moved: dict[str, str] = {}
        # Keys of messages taken away: for some minutes Discord would return those instead of posting.
        self._spent: set[str] = set()
        # Whether a state was posted whose acknowledgement never came: it may stand above answers that came since.
        self._is_state_unsure = False
        self._files = Files(
            lambda content, key: self._send(content, key=key),
            chars=CONTENT_CHARS,
            refusal=lambda: text("export.not_attached", self._locale),
        )

    def bucket(self, call: Call, message_id: str = "", *, is_anew: bool = False) -> str:
        """See `adapters.base.Poster.bucket`."""
        del message_id  # Discord counts all edits in one place together
        is_post = call not in (Call.GROW, Call.FINISH) and (is_anew or not self._state_id)
        return name("POST" if is_post else "PATCH", self._place)

    async def show_state(self, text: str, *, holds: bool = False) -> str:  # noqa: ARG002 - it is one always
        """See `adapters.base.Poster.show_state`."""
        if self._state_id:
            await self.edit(self._state_id, Content(text, running=True))
        else:
            try:
                self._state_id = await self._send(Content(text, running=True), key=self._state_key)
            except PostFailed:
                self._is_state_unsure = True
                raise
        return self._current(self._state_id)

    def render(self, markdown: str) -> str:
        """See `adapters.base.Poster.render`."""
        return to_discord(markdown)

    async def post(self, content: Content, *, key: str) -> str:
        """See `adapters.base.Poster.post`."""
        if not self._state_id:
            message_id = await self._files.with_files(lambda what: self._send(what, key=key), content)
            if content.files:
                # Should a file fail, the next try has to come by this message.
                self._state_id = message_id
                await self._write_out(message_id, content)
                self._state_id = ""
            return message_id
        await self.edit(self._state_id, content)
        message_id, self._state_id = self._current(self._state_id), ""
        return message_id

    async def edit(self, message_id: str, content: Content) -> None:
        """See `adapters.base.Poster.edit`."""
        current = self._current(message_id)
        try:
            await self._files.with_files(lambda what: self._change(current, what), content)
        except Fixed as fixed:
            key = f"instead of {current}"
            self._moved[message_id] = await self._files.with_files(lambda what: self._send(what, key=key), content)
            if fixed.is_there:
                # Left behind, it is a nuisance; the answer is there all the same.
                with suppress(Undeliverable, PostFailed):
                    await self._erase(current)
        await self._write_out(message_id, content)

    async def remove(self, message_id: str) -> None:
        """See `adapters.base.Poster.remove`."""
        current = self._current(message_id)
        if self._state_id and current == self._current(self._state_id):
            self._state_id = ""
            self._spent.add(self._state_key)
        with suppress(Fixed):
            await self._erase(current)

    async def find(self, key: str) -> str:
        """See `adapters.base.Poster.find`."""
        del key
        return ""

    def footnote(self, text: str) -> str:
        """See `adapters.base.Poster.footnote`."""
        return footnote(text)

    async def _write_out(self, message_id: str, content: Content) -> None:
        await self._files.write_out(content.files, key=message_id, are_attached=self._attaches(message_id))

    def _attaches(self, message_id: str) -> bool:  # noqa: ARG002 - all messages of a channel are alike
        """Whether files of this message are sent with it."""
        return True

    def _current(self, message_id: str) -> str:
        return self._moved.get(message_id, message_id)

    @abstractmethod
    async def _send(self, content: Content, *, key: str) -> str: ...

    @abstractmethod
    async def _change(self, message_id: str, content: Content) -> None: ...

    @abstractmethod
    async def _erase(self, message_id: str) -> None: ...
