"""Everything that exists on the server, by id; and the one bot."""

from __future__ import annotations

from tests.lab.discord import permissions
from tests.lab.discord.clock import DISCORD_EPOCH_S, LabClock
from tests.lab.discord.state import (
    DM,
    GROUP,
    HAS_THREAD,
    PUBLIC_THREAD,
    THREAD_STARTER,
    Channel,
    Feed,
    Guild,
    Member,
    Message,
    Role,
    User,
)


class World:
    """Everything that exists, by id; and the one bot."""

    def __init__(self, clock: LabClock, feed: Feed, *, bot_name: str) -> None:
        self.clock = clock
        self.feed = feed
        self.cdn_url = ""
        self._serial = 0
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        # Addresses in the bot's messages that Discord's crawler has fetched, to unfold previews of them.
        self.crawled: list[str] = []
        self.application_id = self.new_id()
        self.bot = self.add_user(bot_name, bot=True)

    def new_id(self) -> int:
        """Return a new snowflake of the lab's time; ids grow."""
        self._serial += 1
        milliseconds = int((self.clock.now() - DISCORD_EPOCH_S) * 1000)
        return (milliseconds << 22) | (self._serial & 0x3FFFFF)

    def add_user(self, name: str, *, locale: str = "en-US", bot: bool = False) -> User:
        """Make a person, or another bot."""
        user = User(self.new_id(), name, locale, bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, *, locale: str = "en-US", has_bot: bool = True) -> Guild:
        """Make a guild; one the bot is not in, its gateway and API know nothing of."""
        owner = self.add_user(f"owner of {name}")
        guild = Guild(self.new_id(), name, self, owner, locale)
        guild.roles.append(Role(guild.id, "@everyone", permissions.EVERYONE))
        guild.members = {user.id: Member(user, guild) for user in ((owner, self.bot) if has_bot else (owner,))}
        if has_bot:
            self.guilds[guild.id] = guild
            self.feed.tell("GUILD_CREATE", guild)
        return guild

    def dm(self, user: User) -> Channel:
        """Return the DM channel of the bot and this user."""
        known = (channel for channel in self.channels.values() if channel.recipient is user)
        channel = next(known, None) or Channel(self.new_id(), DM, self, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def group_dm(self, *people: User) -> Channel:
        """Make a group DM of people, in which no bot ever is."""
        channel = Channel(self.new_id(), GROUP, self, "", group=list(people), owner=people[0])
        self.channels[channel.id] = channel
        return channel

    def start_thread(
        self, parent: Channel, name: str, *, message: Message | None, owner: User, kind: int = PUBLIC_THREAD
    ) -> Channel:
        """Start a thread; on a message it has the message's id, as Discord does it."""
        thread_id = message.id if message else self.new_id()
        thread = Channel(thread_id, kind, self, name, parent.guild, parent, owner=owner)
        assert parent.guild is not None
        parent.guild.channels.append(thread)
        self.channels[thread.id] = thread
        if message:
            message.thread = thread
            message.flags |= HAS_THREAD
        self.feed.tell("THREAD_CREATE", thread)
        if message:
            self.post(Message(self.new_id(), thread, owner, self.clock.now(), type=THREAD_STARTER, reply_to=message))
        return thread

    def post(self, message: Message) -> None:
        """Put a message into its channel and tell of it; an archived thread wakes up."""
        message.channel.messages[message.id] = message
        message.channel.archived = False
        self.tell_of(message, "MESSAGE_CREATE")

    def tell_of(self, message: Message, event: str) -> None:
        """Tell of a message; of an ephemeral one the gateway hears nothing."""
        self.feed.tell("" if message.seen_only_by else event, message)

    def message(self, message_id: int) -> Message | None:
        """Find a message in whatever channel; None when it is unknown or deleted."""
        found = (channel.messages.get(message_id) for channel in self.channels.values())
        return next((message for message in found if message and not message.deleted), None)
