"""The chat at the console, from the greeting to the end of the input."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext

from adapters.base import Content
from adapters.console.asking import Questions
from adapters.console.origins import Typed
from adapters.console.poster import unmarked
from adapters.console.terminal import Lines, Screen, user_name, visible
from adapters.delivery.layout import Rules
from adapters.dispatch import Dispatcher, Telling
from adapters.tasks import Tasks
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Button, ChatMessage, CommandCall, FormRequest, Incoming, Notice, Person, Turn
from bot.engine.command_parsing import parse_slash
from bot.engine.engine import Engine
from bot.errors import BotError, UserError
from bot.i18n import sentence

PLATFORM = "console"
QUIT = frozenset({"/quit", "/exit"})
PROMPT = "> "
# More digits are no number that anybody presses.
LONGEST_NUMBER = 4


class Console:
    """One chat at the console, from the greeting to the end of the input."""

    def __init__(
        self, *, engine: Engine, lines: Lines, screen: Screen, locale: str, prompts: bool, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._engine = engine
        self._tasks = Tasks()
        self._dispatcher = Dispatcher(
            engine=engine,
            tasks=self._tasks,
            rules=Rules(),
            answering=lambda turn: self._typed().answering(turn),
            clock=clock,
        )
        self._lines = lines
        self._screen = screen
        self._prompts = prompts
        user = user_name()
        self._person = Person(id=user, name=user, is_admin=True, locale=locale)
        self._address = Address(platform=PLATFORM, workspace="", channel=user)
        self._turn: Turn | None = None
        self._offered: tuple[Button, ...] = ()
        self._is_stopping = False
        self._chat: asyncio.Task[None] | None = None

    async def run(self, greeting: Sequence[Notice]) -> None:
        """Chat until the input ends, the person leaves, or nobody reads the output any more."""
        self._screen.on_gone = self._leave
        self._chat = asyncio.create_task(self._converse(greeting), name="console")
        with self._interrupts():
            try:
                await asyncio.wait([self._chat])
            finally:
                self._leave()
                await self._tasks.close()
        if not self._chat.cancelled():
            self._chat.result()
        elif self._prompts:
            self._screen.write("\n")

    async def _converse(self, greeting: Sequence[Notice]) -> None:
        for turn in await self._engine.adopt(PLATFORM):
            await self._engine.abandon(turn)  # of a chat that was killed: nobody reads the answer
        said = (sentence(notice, self._person.locale) for notice in greeting)
        self._screen.write("\n".join(unmarked(line) for line in said) + "\n\n")
        while (line := await self._ask()) is not None and line.strip() not in QUIT:
            if self._offered and _number(line) > len(self._offered):
                missed = Notice("console.no_button", {"count": len(self._offered)})
                self._screen.write(f"{unmarked(sentence(missed, self._person.locale))}\n\n")
            elif line.strip():
                with self._lines.unseen() if self._prompts and self._screen.is_steered else nullcontext():
                    form = await self._answer(line.strip())
                if form:
                    await self._fill_in(form)
        if self._prompts and line is None:
            self._screen.write("\n")

    async def _ask(self, prompt: str = PROMPT) -> str | None:
        if self._prompts or prompt != PROMPT:
            self._screen.write(prompt)
        line = await self._lines.next()
        if line is not None and self._lines.is_unseen:
            self._screen.write(f"{visible(line)}\n")
        self._lines.is_unseen = False
        return line

    async def _answer(self, line: str) -> FormRequest | None:
        """Answer a line; return the form that is to be filled in first."""
        origin = self._typed()
        try:
            incoming = self._incoming(line, origin.event_id)
        except UserError as error:
            await self._told(await self._dispatcher.refuse(error, origin))
        else:
            await self._told(await self._dispatcher.take(incoming, origin))
            if isinstance(incoming, CommandCall) and incoming.command == "help" and not origin.is_refused:
                self._screen.write(f"{unmarked(sentence(Notice('console.help'), self._person.locale))}\n")
        self._is_stopping = False
        self._screen.write("\n")
        return origin.form

    async def _fill_in(self, form: FormRequest) -> None:
        """Ask for what a form asks, and do what it calls; what cannot be taken is asked for again."""
        questions = Questions(
            form, ask=lambda asked: self._ask(unmarked(asked)), say=self._say, locale=self._person.locale
        )
        values = await questions.all()
        while values is not None:
            origin = self._typed()
            call = self._call(origin.event_id, form.command, {**values, **form.arguments})
            wrong = await self._dispatcher.looked_over(call)
            if wrong is None:
                await self._told(await self._dispatcher.take(call, origin))
                break
            self._say(Notice(wrong.key, wrong.parameters))
            values = await questions.again(wrong.field, values)
        if values is None:
            self._say(Notice("form.cancelled"))
        self._screen.write("\n")

    def _say(self, notice: Notice) -> None:
        self._screen.write(f"{unmarked(sentence(notice, self._person.locale))}\n")

    async def _told(self, telling: Telling) -> None:
        """Wait until all is said: one line is answered after the other."""
        if telling:
            await telling

    def _incoming(self, line: str, event_id: str) -> Incoming:
        """Read a line: the number of a button, a command, or words for the model.

        Raises:
            UserError: a command that is typed wrong.
        """
        if button := self._pressed(line):
            return self._call(event_id, button.command, button.arguments)
        if line.startswith("/"):
            name, _, rest = line.removeprefix("/").partition(" ")
            return self._call(event_id, *parse_slash(name.lower(), rest))
        return ChatMessage(
            event_id=event_id, message_id=event_id, address=self._address, person=self._person, text=line, direct=True
        )

    def _call(self, event_id: str, command: str, arguments: Mapping[str, str]) -> CommandCall:
        return CommandCall(
            event_id=event_id,
            address=self._address,
            person=self._person,
            command=command,
            arguments=arguments,
            direct=True,
        )

    def _typed(self) -> Typed:
        return Typed(self._screen, locale=self._person.locale, on_offer=self._offer, on_turn=self._begin)

    def _begin(self, turn: Turn | None) -> None:
        self._turn = turn

    def _offer(self, content: Content) -> None:
        self._offered = content.buttons

    def _pressed(self, line: str) -> Button | None:
        """Return the button whose number was typed; whatever else is typed, the offer is over."""
        offered, self._offered = self._offered, ()
        return offered[_number(line) - 1] if 0 < _number(line) <= len(offered) else None

    @contextmanager
    def _interrupts(self) -> Iterator[None]:
        """Take Ctrl-C while the chat lasts; SIGTERM ends it in order."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        loop.add_signal_handler(signal.SIGTERM, self._leave)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            loop.remove_signal_handler(signal.SIGTERM)

    def _interrupt(self) -> None:
        """Stop the answer that is being written; without one, or the second time, end the chat."""
        if self._turn and not self._is_stopping:
            self._is_stopping = True
            self._tasks.spawn(self._stop(self._turn.id), name="stop")
        else:
            self._leave()

    def _leave(self) -> None:
        if self._chat:
            self._chat.cancel()

    async def _stop(self, turn_id: int) -> None:
        try:
            await self._engine.stop(turn_id, person=self._person, address=self._address)
        except BotError:
            return  # the answer ended by itself in this very moment


def _number(line: str) -> int:
    """Return the number that was typed; 0 where something else was."""
    typed = line.strip()
    return int(typed) if typed.isdecimal() and typed.isascii() and len(typed) < LONGEST_NUMBER else 0
