"""Where what people do comes from: a message, or an interaction, to be acknowledged within three seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
import structlog

from adapters.base import Poster, PostFailed, Undeliverable
from adapters.buttons import Press, encode
from adapters.closed_places import Asker
from adapters.discord.calls import called
from adapters.discord.forms import asking_fields, asking_for, opened
from adapters.discord.interaction_tokens import InteractionToken, interaction_token_of, quietly, thinking
from adapters.discord.interactions import is_ephemeral, may_write, to_custom_id, to_press, to_user
from adapters.discord.posters import Posters
from adapters.discord.quotes import Quotes
from adapters.discord.threads import Threads, in_thread, may_open
from adapters.offered_files import OfferedFile
from adapters.origin import AnsweredOrigin, Opened
from adapters.sent_files import SentFiles
from bot.domain import Button, CommandCall, FormRequest, Incoming, Turn
from bot.engine.commands import CommandKind, Option, kind_of
from bot.engine.intake import Audience
from bot.engine.questions import is_personal, is_private, shown_words
from bot.errors import BotError, UserError

# A question in the channel ends here; the model reads all of it.
SHOWN_CHARS = 1500
log = structlog.get_logger(__name__)


class Written(AnsweredOrigin):
    """A message, which Discord wants no acknowledgement of. `offered` are the files that came with it."""

    def __init__(
        self, posters: Posters, incoming: Incoming, files: SentFiles, offered: Sequence[OfferedFile] = ()
    ) -> None:
        asker = Asker(incoming.address, incoming.person)
        super().__init__(event_id=incoming.event_id, locale=incoming.person.locale, asker=asker)
        self._posters = posters
        self._incoming = incoming
        self._files = files
        self._offered = offered

    async def prepare(self, incoming: Incoming) -> Incoming | None:
        """See `adapters.origin.Origin`: text files are read before the message is stored."""
        return await self._files.with_files(incoming, self._offered)

    def poster(self, audience: Audience) -> Poster:  # noqa: ARG002 - a message says itself who reads the answer
        """See `adapters.origin.Origin`: a question for its author alone is refused to them alone, too."""
        said = self._incoming
        if isinstance(said, CommandCall) and is_personal(said):
            return self._posters.alone(said.address, said.message_id, said.person)
        return self._posters.replying(said.address, said.message_id, self.locale)

    def answering(self, turn: Turn) -> Opened:
        """See `adapters.origin.Origin`."""
        return self._posters.answering(turn)


class Interacted(AnsweredOrigin):
    """A slash command, a press or a form."""

    def __init__(self, posters: Posters, interaction: discord.Interaction[Any], threads: Threads) -> None:
        self._posters = posters
        self._interaction = interaction
        self._threads = threads
        self._person = person = to_user(interaction)
        super().__init__(event_id=str(interaction.id), locale=person.locale)
        self._interaction_token: InteractionToken | None = None
        self._shown: CommandCall | None = None

    async def prepare(self, incoming: Incoming) -> Incoming | None:
        """See `adapters.origin.Origin`."""
        assert isinstance(incoming, CommandCall)
        self._person, self.locale = incoming.person, incoming.person.locale
        self.asker = Asker(incoming.address, incoming.person)
        match kind_of(incoming.command):
            case CommandKind.QUESTION:
                return await self._asked(incoming)
            case CommandKind.ANSWER_AGAIN if not self._answers_in_channel():
                self._interaction_token = await thinking(self._interaction, is_private=incoming.address.is_private)
            case CommandKind.ANSWER_AGAIN | CommandKind.PUBLIC:
                self._interaction_token = await quietly(self._interaction)
            case CommandKind.PRIVATE | CommandKind.PERSONAL:
                self._interaction_token = await thinking(self._interaction)
        return incoming if self._interaction_token else None

    async def refuse(self, error: BotError) -> Poster | None:  # noqa: ARG002 - whatever it is, it is told alike
        """See `adapters.origin.Origin`."""
        if self._shown is None and self._interaction_token is None:
            self._interaction_token = await thinking(self._interaction)
        return self.poster(Audience.ASKER) if self._shown or self._interaction_token else None

    def poster(self, audience: Audience) -> Poster:
        """See `adapters.origin.Origin`. What became of a question that stands in the channel is told below it."""
        if self._shown is not None:
            return self._posters.replying(self._shown.address, self._shown.message_id, self.locale)
        assert self._interaction_token is not None
        interaction_token = (
            self._interaction_token.for_all() if audience is Audience.EVERYBODY else self._interaction_token
        )
        return self._posters.through(interaction_token, self._person)

    def answering(self, turn: Turn) -> Opened:
        """See `adapters.origin.Origin`: where the first answer stands, or, where the bot cannot write, by token."""
        in_channel = self._shown is not None or (turn.about and self._answers_in_channel())
        return self._posters.answering(turn, None if in_channel else self._interaction_token)

    def to_call(self, press: Press) -> CommandCall:
        """See `adapters.origin.PressOrigin`."""
        return to_press(self._interaction, press.command, press.arguments)

    async def open_form(self, option: Option) -> None:
        """See `adapters.origin.PressOrigin`."""
        modal = asking_for(option, custom_id=to_custom_id(self._interaction), locale=self.locale)
        await opened(self._interaction, modal)

    async def open_fields(self, form: FormRequest) -> bool:
        """See `adapters.origin.Origin`."""
        custom_id = encode(Button(form.title, form.command, form.arguments))
        await opened(self._interaction, asking_fields(form, custom_id=custom_id, locale=self.locale))
        return True

    def _answers_in_channel(self) -> bool:
        return may_write(self._interaction) and not is_ephemeral(self._interaction)

    async def _asked(self, call: CommandCall) -> CommandCall | None:
        """Show a question in the channel, where the bot may write; all others are answered through the interaction."""
        alone = is_private(call)
        if may_write(self._interaction) and not alone:
            return await self._shown_openly(call)
        self._interaction_token = await thinking(self._interaction, is_private=alone or call.address.is_private)
        return _by_token(call, self._interaction_token) if self._interaction_token else None

    async def _shown_openly(self, call: CommandCall) -> CommandCall | None:
        interaction = self._interaction
        try:
            shown = await called(interaction.response.send_message(_quoted(call), suppress_embeds=True))
        except (Undeliverable, PostFailed) as error:
            log.warning("discord.interaction_lost", cause=str(error.__cause__))
            return None
        if shown.is_ephemeral():
            self._interaction_token = interaction_token_of(interaction, original_id=shown.message_id or 0)
            return _by_token(call, self._interaction_token)
        asked = replace(call, message_id=str(shown.message_id or call.event_id))
        wants_thread = self._threads is Threads.ALWAYS or (
            self._threads is Threads.REQUEST and call.arguments.get("thread")
        )
        if wants_thread and may_open(interaction.channel, interaction.app_permissions):
            asked = in_thread(asked)
        self._shown = asked
        return asked


class AskedAbout(Interacted):
    """The form of "Ask about this message"; the message is the one that was kept when it was opened."""

    def __init__(
        self,
        posters: Posters,
        interaction: discord.Interaction[Any],
        threads: Threads,
        quotes: Quotes,
        files: SentFiles,
    ) -> None:
        super().__init__(posters, interaction, threads)
        self._quotes = quotes
        self._files = files

    async def prepare(self, incoming: Incoming) -> Incoming | None:
        """See `adapters.origin.Origin`."""
        assert isinstance(incoming, CommandCall)
        target = await self._quotes.find(self._interaction)
        if target is None:
            raise UserError("about.lost")
        target = target.marked(str(self._interaction.client.user.id)) if self._interaction.client.user else target
        prepared = await super().prepare(replace(incoming, quotes=(target.quote,)))
        # Only now: Discord waits three seconds for the acknowledgement.
        return await self._files.with_files(prepared, target.files) if prepared else None


def _by_token(call: CommandCall, interaction_token: InteractionToken) -> CommandCall:
    """Return a question that is answered through a grant, for the asker alone where that speaks to them alone."""
    private = {"private": "yes"} if interaction_token.is_private else {}
    return replace(
        call,
        arguments={**call.arguments, **private},
        message_id=str(interaction_token.interaction_id),
        reply_to=interaction_token.written(),
    )


def _quoted(call: CommandCall) -> str:
    """Return a question as the channel reads it, with what it is about above it."""
    about = (f"{quote.author}: {quote.text}".splitlines()[0] for quote in call.quotes)
    lines = [*about, *shown_words(call).splitlines()]
    text = "\n".join(f"> {line}" for line in lines if line.strip())
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]} …"
