"""`/audit`: what the audit log says, for admins alone; in words, or as a file for spreadsheets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Amount, Attached, Cell, CommandCall, Figures, FigureTable, Notice, Person, ReplyPart
from bot.domain.deeds import FORGOTTEN, DeedFilter, DeedKind, LoggedDeed
from bot.drawing.csv_form import csv_of
from bot.engine.authority import Authority
from bot.engine.catalog import tidy_name
from bot.engine.commands import AUDIT, CSV, CommandRun
from bot.engine.numbers import number_in
from bot.errors import UserError
from bot.ports import AuditLog

# Two screens of a phone, and what a file may have.
USUAL, MOST_SHOWN, MOST_IN_FILE = 15, 40, 50_000
MOST_DAYS = 36_500
COLUMNS = (
    "id",
    "at",
    "did",
    "platform",
    "workspace",
    "channel",
    "thread",
    "level",
    "person",
    "model",
    "other",
    "amount",
)
# How platforms write a person in words: <@U0123|name>, <@!123>.
_MENTION = re.compile(r"<@!?([^|>]+)(?:\|[^>]*)?>")


class AuditCommand:
    """Reads the log to who may: an admin of a workspace what concerns it, the operator's admins all of it."""

    def __init__(self, *, audit: AuditLog, authority: Authority, clock: Clock = SYSTEM_CLOCK) -> None:
        self._audit = audit
        self._authority = authority
        self._clock = clock

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {AUDIT: self.read}

    async def read(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell the newest deeds that are wanted, or give all of them as a file."""
        is_file = call.arguments.get("as") == CSV
        found = await self._audit.deeds(self._wanted(call, is_file=is_file))
        if not found:
            yield Notice("audit.none")
            return
        if is_file:
            yield Notice("audit.file", {"count": len(found)})
            # Tens of thousands of lines take seconds; others are answered meanwhile.
            yield await asyncio.to_thread(_file, found, call.person.locale)
            return
        yield Notice("audit.head", {"count": len(found)})
        for logged in found:
            yield told(logged)
        yield Notice("audit.tail")

    def _wanted(self, call: CommandCall, *, is_file: bool) -> DeedFilter:
        """Read the options.

        Raises:
            UserError: one of them is no number, or no such.
        """
        given = call.arguments
        days = _number(given, "days", most=MOST_DAYS)
        last = _number(given, "last", most=MOST_IN_FILE if is_file else MOST_SHOWN)
        where = self._scope(call.person, call.address)
        return DeedFilter(
            platform=where.platform,
            workspace=where.workspace,
            kind=DeedKind(given["action"]) if given.get("action") else None,
            person_id=_person_id(given.get("person", "")),
            model=tidy_name(given.get("name", "")),
            since=self._clock.utc() - timedelta(days=days) if days else None,
            most=last or (MOST_IN_FILE if is_file else USUAL),
        )

    def _scope(self, person: Person, address: Address) -> Address:
        if self._authority.is_operators(person, address):
            return Address("", "", "")
        # Outside of workspaces only the operator's admins are let in, and who sits at the machine.
        return Address(address.platform, address.workspace, "")


def told(logged: LoggedDeed) -> Notice:
    """Say one deed in a line."""
    deed = logged.deed
    who = Notice("audit.somebody", {"person": deed.person_id})
    if not deed.person_id:
        who = Notice("audit.operator")
    elif deed.person_id == FORGOTTEN:
        who = Notice("audit.forgotten")
    did = Notice(
        f"audit.did.{deed.kind.value}",
        {
            "model": deed.model or "—",
            "other": deed.other or "—",
            "level": Notice(f"audit.level.{deed.level.value}" if deed.level else "audit.level.everybody"),
            "amount": deed.amount,
        },
    )
    return Notice("audit.row", {"at": _at(logged.done_at), "who": who, "did": did})


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _file(found: Sequence[LoggedDeed], locale: str) -> Attached:
    return csv_of(_figures(found), locale)


def _figures(found: Sequence[LoggedDeed]) -> Figures:
    """Return the deeds as a table: what it holds is for programs, and in no language."""
    titles = tuple(Notice(f"audit.column.{name}") for name in COLUMNS)
    table = FigureTable(
        caption=Notice("audit.head", {"count": len(found)}), titles=titles, rows=tuple(map(_row, found))
    )
    return Figures(name="lyceum-audit", table=table, told=())


def _row(logged: LoggedDeed) -> tuple[Cell, ...]:
    deed, where = logged.deed, logged.deed.address or Address("", "", "")
    return (
        str(logged.id),
        logged.done_at.isoformat(),
        deed.kind.value,
        where.platform,
        where.workspace,
        where.channel,
        where.thread,
        deed.level.value if deed.level else "",
        deed.person_id,
        deed.model,
        deed.other,
        Amount(deed.amount),
    )


def _number(given: Mapping[str, str], option: str, *, most: int) -> int:
    """Return a number that was given, 0 where none was."""
    text = given.get(option, "")
    number = number_in(text) if text else 0
    if number is None or number > most or (text and not number):
        raise UserError("error.option_wrong", option=option, got=text, wanted=f"1–{most:,}")
    return number


def _person_id(given: str) -> str:
    """Return the id in what was given: the id alone, as the operator's lists write it, or as a mention."""
    mention = _MENTION.fullmatch(given.strip())
    return (mention[1] if mention else given.strip().strip("`").rpartition(":")[2]).strip()
