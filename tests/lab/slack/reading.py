"""What people see in the lab, and what was asked of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.lab.patience import PATIENCE_S
from tests.lab.slack.state import Call, Channel, Json, Message, Status, User, Violation, Workspace
from tests.lab.slack.views import Views


class Reading:
    """The reader's side of `SlackLab`, which sets the attributes."""

    workspace: Workspace
    _views: Views

    def wall(self, channel: Channel, thread: str | None = None) -> list[Message]:
        """Return a channel's messages without replies or, with `thread`, the root and its replies; oldest first."""
        standing = self.workspace.standing(channel.id)
        if thread is None:
            return [one for one in standing if one.thread_ts in (None, one.ts) or one.broadcast]
        return [one for one in standing if thread in (one.ts, one.thread_ts)]

    def posts(self, channel: Channel) -> list[Message]:
        """Return everything the bot has standing in a channel, in threads too; oldest first, no ephemerals."""
        return [one for one in self.workspace.standing(channel.id) if one.author == self.workspace.bot.id]

    def private(self, channel: Channel, user: User) -> list[Message]:
        """Return the ephemeral messages this person was shown here and sees still, oldest first."""
        shown = [one for one in self.workspace.messages if one.visible_to == user.id and not one.deleted]
        return [one for one in shown if one.channel == channel.id]

    def status(self, channel: Channel, thread: str) -> Status:
        """Return the status line and the agent session's state as they show now."""
        return self.workspace.status(channel.id, thread)

    def statuses(self, channel: Channel, thread: str) -> list[Status]:
        """Return every status that was set in a thread, oldest first."""
        return [status for key, status in self.workspace.status_log if key == (channel.id, thread)]

    def prompts(self, channel: Channel, thread: str = "") -> list[Json]:
        """Return the suggested prompts of a thread or, without one, of the DM's Messages tab."""
        return self.workspace.prompts.get((channel.id, thread), [])

    def title(self, channel: Channel, thread: str) -> str:
        """Return the name of a thread's agent session, "" without one."""
        return self.workspace.titles.get((channel.id, thread), "")

    def view(self, user: User) -> Json | None:
        """Return the modal this person has on top, None without one."""
        stack = self._views.stacks.get(user.id)
        return stack[-1] if stack else None

    def home(self, user: User) -> Json | None:
        """Return the Home tab published for this person, None without one."""
        return self._views.homes.get(user.id)

    # --- waiting

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = PATIENCE_S) -> None:
        """Return as soon as `condition` holds; it is looked at after every change. Raises: TimeoutError."""
        await self.workspace.bell.until(condition, timeout_s)

    async def wall_reads(
        self,
        channel: Channel,
        predicate: Callable[[list[Message]], bool],
        *,
        thread: str | None = None,
        timeout_s: float = PATIENCE_S,
    ) -> list[Message]:
        """Return the wall as soon as it satisfies `predicate`. Raises: TimeoutError, with what it read."""
        try:
            await self.until(lambda: predicate(self.wall(channel, thread)), timeout_s=timeout_s)
        except TimeoutError as error:
            raise TimeoutError(_read_aloud(self.wall(channel, thread))) from error
        return self.wall(channel, thread)

    async def bot_says(
        self, channel: Channel, text: str, *, thread: str | None = None, timeout_s: float = PATIENCE_S
    ) -> Message:
        """Return the bot's first finished message here that shows `text` (any thread where `thread` is None).

        Raises: TimeoutError, with what the bot said instead.
        """

        def found() -> list[Message]:
            posts = [one for one in self.posts(channel) if thread is None or thread == one.thread_ts]
            return [one for one in posts if text in one.shown and not one.streaming]

        try:
            await self.until(lambda: bool(found()), timeout_s=timeout_s)
        except TimeoutError as error:
            raise TimeoutError(_read_aloud(self.posts(channel))) from error
        return found()[0]

    async def private_reads(self, channel: Channel, user: User, text: str, *, timeout_s: float = PATIENCE_S) -> Message:
        """Return the first ephemeral message to this person that shows `text`. Raises: TimeoutError."""

        def found() -> list[Message]:
            return [one for one in self.private(channel, user) if text in one.shown]

        try:
            await self.until(lambda: bool(found()), timeout_s=timeout_s)
        except TimeoutError as error:
            raise TimeoutError(_read_aloud(self.private(channel, user))) from error
        return found()[0]

    # --- the record

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API and of response_urls, oldest first."""
        return self.workspace.calls

    def called(self, method: str) -> list[Call]:
        """Return the calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    @property
    def violations(self) -> list[Violation]:
        """What the app did against the platform's rules or published types."""
        return self.workspace.violations


def _read_aloud(messages: list[Message]) -> str:
    lines = [f"{one.ts} {one.author}{' (streaming)' if one.streaming else ''}: {one.shown[:300]}" for one in messages]
    return "\n".join(lines) or "nothing stands there"
