"""Which of the bot's messages stands lowest in each channel, as far as this connection posted them."""

from __future__ import annotations

from collections import OrderedDict

MOST_CHANNELS = 10_000


class LatestPosts:
    """The ids of the newest messages, by channel; the channels posted in longest ago are forgotten."""

    def __init__(self) -> None:
        self._ids: OrderedDict[int, str] = OrderedDict()

    def note(self, channel_id: int, message_id: str) -> None:
        """Note a message that was just posted."""
        self._ids[channel_id] = message_id
        self._ids.move_to_end(channel_id)
        if len(self._ids) > MOST_CHANNELS:
            self._ids.popitem(last=False)

    def newest(self, channel_id: int) -> str:
        """Return the newest message of a channel; "" where none is known."""
        return self._ids.get(channel_id, "")
