"""Posting through an interaction's token: private answers, and all where the bot is not.

The token lives for a quarter of an hour, and where the app is the person's own it takes few messages. What does not
fit goes on as direct messages to the person.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import discord
import structlog
from discord.ui import View
from discord.utils import MISSING

from adapters.base import Content, ContentRefused, PostFailed, Undeliverable
from adapters.delivery.keys import is_in_line
from adapters.discord.buttons import ids_of, view_of
from adapters.discord.calls import Fixed, called
from adapters.discord.direct_messages import DirectMessages
from adapters.discord.editing_poster import CONTENT_CHARS, EditingPoster
from adapters.discord.files import uploads
from adapters.discord.interaction_tokens import PERSONAL_FOLLOW_UPS, InteractionToken
from adapters.discord.previews import edit_by_token
from bot.clock import Clock
from bot.domain import Person, Turn
from bot.i18n import text

log = structlog.get_logger(__name__)


class TokenPoster(EditingPoster):
    """Answers an interaction: in its original response, then in follow-ups, then by letter.

    Made from stored values alone, so that a turn taken over goes on where it was.
    """

    def __init__(
        self,
        client: discord.Client,
        interaction_token: InteractionToken,
        *,
        person: Person,
        clock: Clock,
        turn: Turn | None = None,
    ) -> None:
        posts = [post.message_id for post in turn.posts if not is_in_line(post.key)] if turn else []
        self._client = client
        self._original = str(interaction_token.original_id or "")
        place = f"webhooks/{interaction_token.application_id}/{interaction_token.token}"
        super().__init__(place=place, state_id="" if posts else self._original)
        self._interaction_token = interaction_token
        self._locale = person.locale
        self._clock = clock
        self._turn_id = turn.id if turn else None
        self._hook = discord.Webhook.partial(interaction_token.application_id, interaction_token.token, client=client)
        self._hook.type = discord.WebhookType.application
        self._letters = DirectMessages(
            client, person, about=interaction_token.interaction_id, head=text("discord.letter", person.locale)
        )
        self._follow_ups = len([post for post in posts if post != self._original])
        self._texts: dict[str, str] = {}
        self._shown: dict[str, tuple[str, ...] | None] = dict.fromkeys(posts)
        # Messages whose last edit failed.
        self._broken: set[str] = set()
        self._is_closed = False
        self._is_editing = asyncio.Lock()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """While it lasts, the last words are said before the token ends."""
        closing = asyncio.create_task(self._close_in_time(), name=f"grant {self._interaction_token.interaction_id}")
        try:
            yield
        finally:
            closing.cancel()
            await asyncio.gather(closing, return_exceptions=True)

    async def remove(self, message_id: str) -> None:
        """See `adapters.base.Poster.remove`. An original response that can be edited gives its place to what comes."""
        current = self._current(message_id)
        if current == self._original and current not in self._broken:
            self._state_id = message_id
        else:
            await super().remove(message_id)

    async def _send(self, content: Content, *, key: str) -> str:
        if self._is_over() or (self._interaction_token.is_personal and self._follow_ups >= PERSONAL_FOLLOW_UPS):
            return await self._letters.post(content.text, key=key)
        view = view_of(content, turn_id=self._turn_id, locale=self._locale)
        sent = self._hook.send(
            content.text,
            ephemeral=self._interaction_token.is_private,
            wait=True,
            view=MISSING if view is None else view,
            files=uploads(content),
            suppress_embeds=True,
        )
        try:
            message = await called(sent)
        except ContentRefused:
            raise
        except Undeliverable as error:
            self._lose_token(error)
            return await self._letters.post(content.text, key=key)
        self._follow_ups += 1
        self._texts[str(message.id)] = content.text
        self._shown[str(message.id)] = ids_of(view)
        return str(message.id)

    async def _change(self, message_id: str, content: Content) -> None:
        if message_id in self._letters:
            await self._letters.edit(message_id, content.text)
            return
        view = view_of(content, turn_id=self._turn_id, locale=self._locale)
        async with self._is_editing:
            if self._is_over():
                raise Fixed(is_there=False)
            self._broken.add(message_id)
            is_shown = self._shown.get(message_id, ()) == ids_of(view)
            try:
                await self._rewrite(message_id, content.text, MISSING if is_shown else view, uploads(content))
            except (Fixed, ContentRefused):
                raise
            except Undeliverable as error:
                self._lose_token(error)
                raise Fixed(is_there=True) from error
            self._broken.discard(message_id)
            self._texts[message_id] = content.text
            self._shown[message_id] = ids_of(view)

    def _lose_token(self, error: Undeliverable) -> None:
        """Go on by letter: the token is worth nothing any more, though its time is not over."""
        log.info("discord.interaction_token_ended", cause=str(error.__cause__))
        self._is_closed = True

    async def _erase(self, message_id: str) -> None:
        if message_id in self._letters:
            await self._letters.erase(message_id)
        elif not self._is_over():
            await called(self._hook.delete_message(int(message_id)))
            self._texts.pop(message_id, None)

    def _attaches(self, message_id: str) -> bool:
        return self._current(message_id) not in self._letters

    def _is_over(self) -> bool:
        return self._is_closed or self._clock.utc() >= self._interaction_token.closes_at

    async def _close_in_time(self) -> None:
        """Say where it goes on, in the message that grows, while the token still lives."""
        left = self._interaction_token.closes_at - self._clock.utc()
        await self._clock.sleep(max(left.total_seconds(), 0))
        async with self._is_editing:
            self._is_closed = True
            message_id = next(reversed(self._texts), self._original)
            if not message_id or self._clock.utc() >= self._interaction_token.ends_at:
                return
            note = self.render(self.footnote(text("discord.moved", self._locale)))
            words = self._texts.get(message_id, "")[: CONTENT_CHARS - len(note) - 1]
            with suppress(Undeliverable, PostFailed):  # what comes then is written by letter all the same
                await self._rewrite(message_id, f"{words}\n{note}".strip(), None, [])

    async def _rewrite(self, message_id: str, content: str, view: View | None, files: list[discord.File]) -> None:
        await called(edit_by_token(self._client, self._hook, int(message_id), content=content, view=view, files=files))
