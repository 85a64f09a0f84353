"""How a reply reads at the console: as it was written through a pipe, rendered in a terminal, and as it grows."""

from __future__ import annotations

import re
from typing import Protocol

from adapters.base import Call, Content, Limits
from adapters.console.terminal import CLEAR_LINE, Screen, visible

# A terminal takes text as fast as it comes: no limit of length, and a flush each 30 ms reads as one stream.
LIMITS = Limits(message_chars=10_000_000, edit_interval_s=0.03, only_grows=True)
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://\S+)\)(?=$|[\s,.:*])")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`(.+?)`")


class Shown(Protocol):
    """One message where it is read."""

    def show(self, content: Content) -> None:
        """Let it read what `content` says; its last showing ends its line."""
        ...


class ConsolePoster:
    """Prints one reply. An edit shows what the message has grown by; what stands finished stays. See `base.Poster`."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._shown: list[Shown] = []
        self._has_state = False

    @property
    def limits(self) -> Limits:
        """See `base.Poster`."""
        return LIMITS

    def bucket(self, call: Call, message_id: str = "", *, is_anew: bool = False) -> str:  # noqa: ARG002 - a terminal counts nothing
        """See `base.Poster`."""
        return ""

    async def show_state(self, text: str, *, holds: bool = False) -> str:  # noqa: ARG002 - one person is answered
        """Show the state on a line that the answer takes; a pipe is spared it."""
        if self._screen.is_steered:
            self._has_state = True
            self._screen.write(CLEAR_LINE + self._screen.fitted(unmarked(visible(text)).replace("\n", " ")))
        return ""

    def render(self, markdown: str) -> str:
        """Leave Markdown as it is, but for what would steer the terminal."""
        return visible(markdown)

    async def post(self, content: Content, *, key: str) -> str:  # noqa: ARG002 - a terminal repeats nothing
        """Show a new message; its id is its number in this reply."""
        if self._has_state:
            self._screen.write(CLEAR_LINE)
            self._has_state = False
        self._shown.append(_shown_on(self._screen))
        message_id = str(len(self._shown) - 1)
        await self.edit(message_id, content)
        return message_id

    async def edit(self, message_id: str, content: Content) -> None:
        """Show what a message has grown by; its last edit ends the line."""
        self._shown[int(message_id)].show(content)

    async def remove(self, message_id: str) -> None:
        """Leave it: what is printed stays, and no chat takes another one's answer over."""

    async def find(self, key: str) -> str:  # noqa: ARG002 - as above
        """Find nothing."""
        return ""

    def footnote(self, text: str) -> str:
        """Set the bot's own sentence apart with a dash."""
        return f"— {text if self._screen.is_steered else unmarked(text)}"


class Printed:
    """A message through a pipe, where what is printed stays: the model's words as they are, to the character."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._text = ""

    def show(self, content: Content) -> None:
        """Print what is new; words in the place of others, which were taken back, begin below those."""
        is_own = content.own_chars == len(content.text)
        text = unmarked(content.text) if is_own else content.text
        if text.startswith(self._text):
            growth = text.removeprefix(self._text)
        else:
            growth = ("\n" if self._text.endswith("\n") else "\n\n") + text
        self._text = text
        self._screen.write(growth + ("" if content.running or text.endswith("\n") else "\n"))


def _shown_on(screen: Screen) -> Shown:
    if not screen.is_steered:
        return Printed(screen)
    # What renders takes a tenth of a second to load, and only a chat in a terminal needs it.
    from adapters.console.rendered import Rendered

    return Rendered(screen)


def unmarked(text: str) -> str:
    """Return our own sentence without the Markdown marks a terminal does not read."""
    return _LINK.sub(r"\1 (\2)", _CODE.sub(r"\1", _BOLD.sub(r"\1", text)))
