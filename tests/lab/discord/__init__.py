"""A loopback Discord with behaviour: REST API v10 and gateway over real sockets, for the real discord.py."""

from __future__ import annotations

from tests.lab.discord.core import Seen, Violation
from tests.lab.discord.interactions import Interaction
from tests.lab.discord.lab import DiscordLab
from tests.lab.discord.state import Channel, Guild, Member, Message, User

__all__ = ["Channel", "DiscordLab", "Guild", "Interaction", "Member", "Message", "Seen", "User", "Violation"]
