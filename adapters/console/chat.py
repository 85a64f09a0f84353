"""The chat at the console, from the greeting to the end of the input."""

from __future__ import annotations

import asyncio
import signal
import uuid
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager

from adapters.console.poster import ConsolePoster, unmarked
from adapters.console.terminal import Lines, Screen, user_name
from adapters.delivery.deliver import deliver
from bot.domain import Address, Button, ChatMessage, CommandCall, Notice, Offer, Person, ReplyPart, Turn
from bot.engine.commands import CommandKind, kind_of, parse_slash
from bot.engine.engine import Engine
from bot.engine.questions import to_question
from bot.errors import BotError
from bot.i18n import sentence

PLATFORM = "console"
QUIT = frozenset({"/quit", "/exit"})
PROMPT = "> "
# More digits are no number that anybody presses.
LONGEST_NUMBER = 4


class Console:
    """One chat at the console, from the greeting to the end of the input."""

    def __init__(self, *, engine: Engine, lines: Lines, screen: Screen, locale: str, prompts: bool) -> None:
        self._engine = engine
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
                await self._answer(line.strip())
        if self._prompts and line is None:
            self._screen.write("\n")

    async def _ask(self) -> str | None:
        if self._prompts:
            self._screen.write(PROMPT)
        return await self._lines.next()

    async def _answer(self, line: str) -> None:
        button = self._pressed(line)
        is_command = button is not None or (
            line.startswith("/") and not line.lower().startswith(("/ask ", "/lesson ask "))
        )
        poster = ConsolePoster(self._screen, is_command=is_command)
        reply = self._executed(self._call(button.command, button.arguments)) if button else self._reply(line)
        await deliver(reply, poster, key=uuid.uuid4().hex, locale=self._person.locale)
        self._turn, self._is_stopping = None, False
        self._screen.write("\n")

    def _reply(self, line: str) -> AsyncGenerator[ReplyPart, None]:
        return self._command(line) if line.startswith("/") else self._message(self._said(line))

    async def _command(self, line: str) -> AsyncGenerator[ReplyPart, None]:
        name, _, rest = line.removeprefix("/").partition(" ")
        command, arguments = parse_slash(name.lower(), rest)
        call = self._call(command, arguments)
        said = self._message(to_question(call)) if kind_of(command) is CommandKind.QUESTION else self._executed(call)
        async with aclosing(said) as parts:
            async for part in parts:
                yield part
        if command == "help":
            yield Notice("console.help")

    def _call(self, command: str, arguments: Mapping[str, str]) -> CommandCall:
        return CommandCall(
            event_id=uuid.uuid4().hex,
            address=self._address,
            person=self._person,
            command=command,
            arguments=arguments,
            direct=True,
        )

    async def _executed(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Run a command; what it offers to press is numbered, and the next line may be such a number."""
        await self._engine.accept_call(call)
        async with aclosing(self._engine.execute(call)) as parts:
            async for part in parts:
                if not isinstance(part, Offer):
                    yield part
                    continue
                self._offered = part.buttons
                for number, button in enumerate(() if part.is_told else part.buttons, start=1):
                    yield Notice("console.button", {"number": number, "label": button.label})

    def _pressed(self, line: str) -> Button | None:
        """Return the button whose number was typed; whatever else is typed, the offer is over."""
        offered, self._offered = self._offered, ()
        return offered[_number(line) - 1] if 0 < _number(line) <= len(offered) else None

    def _said(self, line: str) -> ChatMessage:
        event = uuid.uuid4().hex
        return ChatMessage(
            event_id=event, message_id=event, address=self._address, person=self._person, text=line, direct=True
        )

    async def _message(self, message: ChatMessage) -> AsyncGenerator[ReplyPart, None]:
        self._turn = await self._engine.accept(message)
        if self._turn is None:
            return
        async with aclosing(self._engine.reply(self._turn)) as parts:
            async for part in parts:
                yield part

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
            self._stopping = asyncio.create_task(self._stop(self._turn.id))
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
