"""What `/audit` reads, and to whom."""

from __future__ import annotations

import asyncio
import csv
from io import StringIO
from typing import Any

import pytest

from bot.domain import Address, Attached, Notice
from bot.domain.deeds import Deed, DeedKind
from bot.engine.access import Access
from bot.engine.command_parsing import parse_slash
from bot.errors import UserError
from bot.i18n import LOCALES, sentence
from tests.clocks import SetClock
from tests.engine.talk import BOSS, DANA, NOAM, Heard, Talk
from tests.memory import FakeMembers

HERS = Access(admins=frozenset({"lab:U1"}))


def said(answer: Heard, locale: str = "en") -> list[str]:
    return [sentence(notice, locale) for notice in answer.of(Notice)]


async def chosen(talk: Talk) -> None:
    await talk.command("model use", name="falcon:7b", for_="workspace", person=BOSS)
    await talk.command("model use", name="mistral:7b", person=NOAM)


async def test_an_admin_reads_who_chose_what_the_newest_first() -> None:
    talk = Talk()
    await chosen(talk)
    head, newest, oldest, _ = said(await talk.command("audit", person=BOSS))

    assert "2" in head
    assert "`U2` chose `mistral:7b` for themselves" in newest
    assert "`U9` chose `falcon:7b` for the workspace" in oldest


async def test_what_becomes_of_a_places_assistant_is_read() -> None:
    talk = Talk()
    await talk.command("assistant write", person=BOSS, for_="channel", named="Owl", instructions="Be wise.")
    await talk.command("assistant use", person=BOSS, assistant="Owl", for_="channel")
    await talk.command("assistant remove", person=BOSS, assistant="Owl", confirm="yes")
    _, removed, used, created, *_ = said(await talk.command("audit", person=BOSS))

    assert "`U9` removed the assistant `Owl` for a channel" in removed
    assert "`U9` chose the assistant `Owl` for a channel" in used
    assert "`U9` created the assistant `Owl` for a channel" in created


async def test_nobody_else_reads_it() -> None:
    talk = Talk()
    await chosen(talk)

    with pytest.raises(UserError) as refused:
        await talk.command("audit")
    assert refused.value.key == "error.log_admin_only"


async def test_who_was_an_admin_a_moment_ago_does_not_read_it() -> None:
    talk = Talk()
    talk.engine.authority.ask("lab", FakeMembers())

    with pytest.raises(UserError) as refused:
        await talk.command("audit", person=BOSS)
    assert refused.value.key == "error.log_admin_only"


async def test_each_option_narrows_it() -> None:
    talk = Talk()
    await chosen(talk)
    await talk.audit.note(Deed(kind=DeedKind.PULLED, person_id="U9", model="olmo2:7b"))

    async def read(**options: Any) -> list[str]:
        return said(await talk.command("audit", person=BOSS, **options))[1:-1]

    assert [len(await read(**{name: value})) for name, value in (
        ("last", "1"), ("action", "pulled"), ("person_", "<@U2>"), ("person_", "lab:U2"), ("name", "Falcon:7B"),
        ("days", "1"),
    )] == [1, 1, 1, 1, 1, 3]  # fmt: skip


@pytest.mark.parametrize(("option", "value"), [("last", "many"), ("last", "0"), ("days", "-1"), ("last", "9999")])
async def test_what_is_no_number_is_refused_with_what_it_can_be(option: str, value: str) -> None:
    given: Any = {option: value}
    with pytest.raises(UserError) as refused:
        await Talk().command("audit", person=BOSS, **given)
    assert refused.value.key == "error.option_wrong"


async def test_the_file_has_a_line_for_each_deed_and_no_formula() -> None:
    talk = Talk()
    await chosen(talk)
    await talk.audit.note(Deed(kind=DeedKind.IMPORTED, person_id="U9", model="=cmd|calc", other="hf.co/a/b"))
    (file,) = (await talk.command("audit", person=BOSS, as_="csv")).of(Attached)
    title, *rows = csv.reader(StringIO(file.text.removeprefix("\ufeff")))

    assert (file.name, title[2]) == ("lyceum-audit.csv", "did")
    assert [(row[2], row[8], row[9]) for row in rows] == [
        ("imported", "U9", "'=cmd|calc"),
        ("chose", "U2", "mistral:7b"),
        ("chose", "U9", "falcon:7b"),
    ]


async def test_while_a_long_file_is_written_others_are_answered() -> None:
    talk = Talk()
    for _ in range(2_000):
        await talk.audit.note(Deed(kind=DeedKind.IMPORTED, person_id="U9", model="m", other="hf.co/a/b"))
    asked, moments = asyncio.ensure_future(talk.command("audit", person=BOSS, as_="csv")), 0
    while not asked.done():
        await asyncio.sleep(0.001)
        moments += 1

    (file,) = (await asked).of(Attached)
    assert file.text.count("\n") == 2_001
    assert moments > 10


async def test_an_admin_of_a_workspace_reads_nothing_of_another() -> None:
    talk = Talk()
    elsewhere = Address("lab", "W2", "C9")
    members = FakeMembers()
    members.admins.add(("U9", "W1"))
    talk.engine.authority.ask("lab", members)
    await talk.command("model use", name="falcon:7b", at=elsewhere)
    here = said(await talk.command("audit", person=BOSS))

    assert here == ["Nothing of that is in the log."]


async def test_the_operators_admins_read_all_of_it() -> None:
    talk = Talk(access=HERS)
    elsewhere = Address("lab", "W2", "C9")
    talk.engine.authority.ask("lab", FakeMembers())
    await talk.command("model use", name="falcon:7b", at=elsewhere, person=NOAM)

    assert "`U2` chose `falcon:7b`" in said(await talk.command("audit", person=DANA))[1]


@pytest.mark.parametrize("locale", LOCALES)
async def test_every_deed_has_words_and_lines_fit_a_phone(locale: str) -> None:
    talk = Talk(clock=SetClock())
    for kind in DeedKind:
        await talk.audit.note(Deed(kind=kind, person_id="U0123456789", model="qwen2.5-coder:0.5b", other="teacher"))
    lines = said(await talk.command("audit", person=BOSS, last="40"), locale)[1:-1]

    assert len(lines) == len(DeedKind)
    assert max(map(len, lines)) < 140


async def test_it_is_typed_as_it_reads() -> None:
    assert parse_slash("audit", "last:3 action pulled days:7 as csv") == (
        "audit",
        {"last": "3", "action": "pulled", "days": "7", "as": "csv"},
    )
