"""The messages of one reply on the platform: which there are, what each reads, and the calls that change them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from adapters.base import Content, Poster, PostFailed, Undeliverable
from adapters.delivery.keys import PostKey, is_in_line
from bot.domain import Post, Turn

# What was given up is worth so many tries to take it away: it is a nuisance, and no more.
MOST_REMOVALS = 5
NotePost = Callable[[int, Post], Awaitable[None]]


class PostedMessages:
    """Posts, edits and removes; each post is noted for whoever takes the turn over.

    A message that an earlier attempt of the turn posted is edited, never posted again. `in_line` is the message that
    tells the place in line, "" without one.
    """

    def __init__(self, *, poster: Poster, key: str, turn: Turn | None, note_post: NotePost | None) -> None:
        self._poster = poster
        self._key = key
        self._turn = turn
        self._note_post = note_post
        posts = turn.posts if turn else ()
        self.ids = [post.message_id for post in posts if not is_in_line(post.key)]
        self.in_line = next((post.message_id for post in posts if is_in_line(post.key)), "")
        # What each message is; None where an earlier attempt left it.
        self.shown: list[Content | None] = [None] * len(self.ids)
        # Messages given up: what they were to read is posted anew, and when that stands they are taken away.
        self._given_up: list[str] = []
        self._removals = 0
        self.replaced = 0
        self._holds_place = False

    @property
    def unfinished(self) -> int:
        """How many messages await their last edit."""
        return sum(shown is None or shown.running for shown in self.shown)

    @property
    def has_place(self) -> bool:
        """Whether a message stands where the answer does, or will."""
        return self._holds_place or bool(self.ids)

    async def show_state(self, state: str, *, is_in_line: bool, holds: bool = False) -> None:
        """Show a state: a place in line apart, any other where the answer will stand.

        `holds`: the answer is to have its place from now on, whatever its state.
        """
        is_in_line = is_in_line and not (holds or self.has_place)
        if not is_in_line:
            await self.leave_line()
        if self.ids or (not is_in_line and await self._recovered(0)):
            # Of an earlier attempt, or with words that were taken back: what it reads is about to be written anew.
            await self._poster.edit(self.ids[0], Content(state, running=True))
            self.shown[0] = None
        elif (message_id := await self._poster.show_state(state, holds=holds)) and is_in_line:
            self.in_line = message_id
            await self._note(None, message_id)
        elif message_id:
            self._holds_place = True
            await self._note(0, message_id)

    async def leave_line(self) -> None:
        """Take the message away that told the place in line.

        It stands above answers to earlier questions that came meanwhile: an answer in its place would be out of order.
        """
        if self.in_line:
            await self._poster.remove(self.in_line)
            self.in_line = ""

    async def post(self, index: int, content: Content) -> None:
        """Post the next message, or write it into the one that an earlier attempt left."""
        if await self._recovered(index):
            await self.edit(index, content)
            return
        # What is given up still stands, under the key of what takes its place.
        key = f"{self._key_of(index)} again {self.replaced}" if self._given_up else self._key_of(index)
        self.ids.append(await self._poster.post(content, key=key))
        self.shown.append(content)
        await self._note(index, self.ids[index])
        # Where it cannot be done now, it is done at the end: what has come stands all the same.
        with suppress(PostFailed):
            await self._take_away_given_up()

    async def edit(self, index: int, content: Content) -> None:
        """Make a message what it is to be."""
        await self._poster.edit(self.ids[index], content)
        self.shown[index] = content

    async def remove_rest(self, count: int) -> None:
        """Take away what an earlier attempt posted, noted or not, beyond so many messages, and what was given up."""
        while await self._recovered(len(self.ids)):
            pass
        while len(self.ids) > count:
            await self._poster.remove(self.ids[-1])
            self.ids.pop()
            self.shown.pop()
        await self._take_away_given_up()

    def give_up(self, index: int) -> None:
        """Post a message, and those below it, anew. They stand until then: where nothing can be posted, they stay."""
        self.replaced += 1
        self._given_up += self.ids[index:]
        del self.ids[index:], self.shown[index:]

    async def _take_away_given_up(self) -> None:
        while self._given_up:
            try:
                # Where it may not be taken away it stays; what was to replace it is there.
                with suppress(Undeliverable):
                    await self._poster.remove(self._given_up[-1])
            except PostFailed:
                self._removals += 1
                if self._removals < MOST_REMOVALS:
                    raise
            self._given_up.pop()

    async def _recovered(self, index: int) -> bool:
        """Whether an earlier attempt posted this message and ended before it could note it; then it is ours again."""
        if self._turn is None or not self._turn.attempt:
            return False
        message_id = await self._poster.find(self._key_of(index))
        if message_id:
            self.ids.append(message_id)
            self.shown.append(None)
            await self._note(index, message_id)
        return bool(message_id)

    async def _note(self, index: int | None, message_id: str) -> None:
        if self._turn and self._note_post:
            await self._note_post(self._turn.id, Post(self._key_of(index), message_id))

    def _key_of(self, index: int | None) -> str:
        return PostKey(self._key, index).written
