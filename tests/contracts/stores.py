"""The implementations of the storage ports, by name: what runs the contracts of history, choices and notes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.domain import Address, ChatMessage, Person
from bot.ports import Choices, History, Notes
from bot.storage.choices import SqlChoices
from bot.storage.database import open_database
from bot.storage.history import SqlHistory
from bot.storage.notes import SqlNotes
from tests.memory import FakeChoices, FakeHistory, FakeNotes

HERE = Address("discord", "guild", "channel", "thread")
PIA = Person("p1", "Pia")


@dataclass(frozen=True)
class Stores:
    """One implementation of each storage port."""

    history: History
    choices: Choices
    notes: Notes


@asynccontextmanager
async def in_memory(folder: Path) -> AsyncIterator[Stores]:  # noqa: ARG001 - the other implementation needs it
    yield Stores(FakeHistory(), FakeChoices(), FakeNotes())


@asynccontextmanager
async def in_sqlite(folder: Path) -> AsyncIterator[Stores]:
    async with await open_database(folder / "lyceum.db") as database:
        yield Stores(SqlHistory(database), SqlChoices(database), SqlNotes(database))


IMPLEMENTATIONS: dict[str, Callable[[Path], AbstractAsyncContextManager[Stores]]] = {
    "memory": in_memory,
    "sqlite": in_sqlite,
}


def said(
    text: str, *, address: Address = HERE, person: Person = PIA, message_id: str = "", event_id: str = ""
) -> ChatMessage:
    """Return a message; its ids are made of its text where none are given."""
    return ChatMessage(
        event_id=event_id or f"event of {text}",
        message_id=message_id or f"message of {text}",
        address=address,
        person=person,
        text=text,
    )
