"""How a reply reads at the console: printed once, as it grows."""

from __future__ import annotations

import re

from adapters.base import Call, Content, Limits
from adapters.console.terminal import CLEAR_LINE, Screen, visible

# A terminal takes text as fast as it comes: no limit of length, and a flush each 30 ms reads as one stream.
LIMITS = Limits(message_chars=10_000_000, edit_interval_s=0.03, only_grows=True)
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://\S+)\)(?=$|[\s,.:*])")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`(.+?)`")


class ConsolePoster:
    """Prints one reply. An edit prints what the message has grown by; what is printed stays. See `base.Poster`."""

    def __init__(self, screen: Screen, *, is_command: bool = False) -> None:
        """Leave the Markdown of our own sentences out, which are all that answers a command, and come at once."""
        self._screen = screen
        self._is_command = is_command
        self._printed: list[int] = []
        self._has_state = False

    @property
    def limits(self) -> Limits:
        """See `base.Poster`."""
        return LIMITS

    def bucket(self, call: Call, message_id: str = "", *, is_anew: bool = False) -> str:  # noqa: ARG002 - a terminal counts nothing
        """See `base.Poster`."""
        return ""

    async def show_state(self, text: str) -> str:
        """Show the state on a line that the answer takes; a pipe is spared it."""
        if self._screen.is_terminal:
            self._has_state = True
            self._screen.write(CLEAR_LINE + unmarked(visible(text)).replace("\n", " "))
        return ""

    def render(self, markdown: str) -> str:
        """Leave a model's Markdown as it is: a terminal's reader knows its marks."""
        text = visible(markdown)
        return unmarked(text) if self._is_command else text

    async def post(self, content: Content, *, key: str) -> str:  # noqa: ARG002 - a terminal repeats nothing
        """Print a new message; its id is its number in this reply."""
        if self._has_state:
            self._screen.write(CLEAR_LINE)
            self._has_state = False
        self._printed.append(0)
        message_id = str(len(self._printed) - 1)
        await self.edit(message_id, content)
        return message_id

    async def edit(self, message_id: str, content: Content) -> None:
        """Print the growth of a message; its last edit ends the line."""
        number = int(message_id)
        growth = content.text[self._printed[number] :]
        self._printed[number] = len(content.text)
        self._screen.write(growth + ("" if content.running or content.text.endswith("\n") else "\n"))

    async def remove(self, message_id: str) -> None:
        """Leave it: what is printed stays, and no chat takes another one's answer over."""

    async def find(self, key: str) -> str:  # noqa: ARG002 - as above
        """Find nothing."""
        return ""

    def footnote(self, text: str) -> str:
        """Set the bot's own sentence apart with a dash."""
        return f"— {unmarked(text)}"


def unmarked(text: str) -> str:
    """Return our own sentence without the Markdown marks a terminal does not read."""
    return _LINK.sub(r"\1 (\2)", _CODE.sub(r"\1", _BOLD.sub(r"\1", text)))
