"""`ports.Assistants` in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.domain import (
    HOMES,
    Address,
    Assistant,
    AssistantInUse,
    AssistantTraces,
    KnownAssistant,
    Level,
    Persona,
    RecordedAssistant,
    RecordedAssistantUse,
)
from bot.domain.deeds import Deed, DeedKind, deed_with
from bot.errors import UserError
from tests.memory.choices import exists, scope
from tests.memory.store import FakeStore, KeptAssistant, KeptUse


class FakeAssistants:
    """See `ports.Assistants`. Give it the store of the history that shall forget a person's assistants."""

    def __init__(self, store: FakeStore | None = None) -> None:
        self.store = store or FakeStore()

    async def visible(self, address: Address, person_id: str) -> Sequence[Assistant]:
        self._check()
        homes = [home for home in HOMES if home is not Level.WORKSPACE or address.workspace]
        return [each.assistant for home in homes for each in self._at(home, address, person_id)]

    async def create(
        self, home: Level, address: Address, author_id: str, persona: Persona, *, most: int, source: int = 0
    ) -> Assistant:
        self._check()
        there = self._at(home, address, author_id)
        if len(there) >= most:
            raise UserError("error.assistants_most", most=most)
        _unlike(persona, there)
        self.store.last_assistant_id += 1
        made = Assistant(
            id=self.store.last_assistant_id, home=home, persona=persona, author_id=author_id, source=source
        )
        owner = author_id if home is Level.ME else ""
        now = self.store.clock.utc()
        kept = KeptAssistant(made, _home(home, address), owner, address.workspace, now)
        self.store.assistants[made.id] = kept
        kind = DeedKind.ASSISTANT_SHARED if source else DeedKind.ASSISTANT_CREATED
        self._note(deed_with(kind, made, person_id=author_id, address=address))
        return made

    async def change(
        self, assistant_id: int, persona: Persona, *, seen: int, deed: Deed | None = None
    ) -> Assistant | None:
        self._check()
        kept = self.store.assistants.get(assistant_id)
        if kept is None or kept.assistant.version != seen:
            return None
        beside = [
            each
            for each in self.store.assistants.values()
            if each is not kept
            and (each.at, each.owner_id, each.assistant.home) == (kept.at, kept.owner_id, kept.assistant.home)
        ]
        _unlike(persona, beside)
        kept.assistant = replace(kept.assistant, persona=persona, version=seen + 1)
        self._note(deed)
        return kept.assistant

    async def remove(self, assistant_id: int, *, seen: int, deed: Deed | None = None) -> bool:
        self._check()
        kept = self.store.assistants.get(assistant_id)
        if kept is None or kept.assistant.version != seen:
            return False
        del self.store.assistants[assistant_id]
        self._note(deed)
        return True

    async def traces(self, assistant_id: int) -> AssistantTraces:
        self._check()
        uses = Counter(
            level for (level, _, _), used in self.store.assistant_uses.items() if used.assistant_id == assistant_id
        )
        copies = sum(kept.assistant.source == assistant_id for kept in self.store.assistants.values())
        return AssistantTraces(dict(uses), copies)

    async def use(self, level: Level, address: Address, person_id: str, assistant: Assistant) -> bool:
        self._check()
        if not exists(level, address):
            raise ValueError(f"no {level} here")
        if assistant.id not in self.store.assistants:
            return False
        self.store.last_assistant_id += 1
        now = self.store.clock.utc()
        used = KeptUse(self.store.last_assistant_id, assistant.id, assistant.name, person_id, now)
        self.store.assistant_uses[scope(level, address, person_id)] = used
        kind = DeedKind.ASSISTANT_USED
        self._note(deed_with(kind, assistant, person_id=person_id, address=address, level=level))
        return True

    async def leave(self, level: Level, address: Address, person_id: str) -> bool:
        self._check()
        return self.store.assistant_uses.pop(scope(level, address, person_id), None) is not None

    async def in_use(self, address: Address, person_id: str) -> Sequence[AssistantInUse]:
        self._check()
        found = []
        for level in Level:
            used = self.store.assistant_uses.get(scope(level, address, person_id)) if exists(level, address) else None
            if used:
                kept = self.store.assistants.get(used.assistant_id)
                found.append(
                    AssistantInUse(
                        id=used.id,
                        level=level,
                        name=kept.assistant.name if kept else used.name,
                        chosen_by=used.chosen_by,
                        assistant=kept.assistant if kept else None,
                        told_in=used.told_in,
                    )
                )
        return found

    async def tell_gone(self, use_id: int, *, turn_id: int) -> bool:
        self._check()
        used = next((each for each in self.store.assistant_uses.values() if each.id == use_id), None)
        if used is None:
            return False
        used.told_in = used.told_in or turn_id
        return used.told_in == turn_id

    async def greet(self, conversation_id: int, assistant_id: int, *, turn_id: int) -> bool:
        self._check()
        if conversation_id not in self.store.conversations.values():
            return False
        return self.store.greeted.setdefault((conversation_id, assistant_id), turn_id) == turn_id

    async def names(self) -> Sequence[KnownAssistant]:
        self._check()
        return [
            KnownAssistant(
                name=kept.assistant.name,
                home=kept.assistant.home,
                platform=kept.at.platform,
                workspace=kept.at.workspace,
                channel=kept.at.channel,
                owner_id=kept.owner_id,
            )
            for kept in _by_name(self.store.assistants.values())
        ]

    def _at(self, home: Level, address: Address, person_id: str) -> list[KeptAssistant]:
        owner, at = (person_id if home is Level.ME else ""), _home(home, address)
        return _by_name(
            kept
            for kept in self.store.assistants.values()
            if (kept.assistant.home, kept.at, kept.owner_id) == (home, at, owner)
        )

    def _note(self, deed: Deed | None) -> None:
        if deed:
            self.store.note_deed(deed)

    def _check(self) -> None:
        if self.store.broken:
            raise self.store.broken


def forget_assistants(store: FakeStore, platform: str, person_id: str, workspace: str) -> None:
    """Do what forgetting a person does to assistants."""
    for id_, kept in list(store.assistants.items()):
        if kept.at.platform != platform or workspace not in {"", kept.made_in}:
            continue
        if kept.owner_id == person_id:
            del store.assistants[id_]
            store.assistant_uses = {key: used for key, used in store.assistant_uses.items() if used.assistant_id != id_}
        elif kept.assistant.author_id == person_id:
            kept.assistant = replace(kept.assistant, author_id="", source=0)
    for key, used in list(store.assistant_uses.items()):
        level, address, chooser = key
        if address.platform != platform or workspace not in {"", address.workspace} or used.chosen_by != person_id:
            continue
        if level is Level.ME and chooser == person_id:
            del store.assistant_uses[key]
        else:
            used.chosen_by = ""


def recorded_assistants(store: FakeStore, platform: str, person_id: str) -> tuple[RecordedAssistant, ...]:
    return tuple(
        RecordedAssistant(
            kept.made_at,
            kept.assistant.home.value,
            kept.at.workspace or kept.made_in,
            kept.at.channel,
            kept.assistant.persona,
        )
        for kept in store.assistants.values()
        if kept.at.platform == platform and kept.assistant.author_id == person_id
    )


def recorded_uses(store: FakeStore, platform: str, person_id: str) -> tuple[RecordedAssistantUse, ...]:
    return tuple(
        RecordedAssistantUse(used.chosen_at, level.value, at.workspace, at.channel, at.thread, used.name)
        for (level, at, _), used in store.assistant_uses.items()
        if at.platform == platform and used.chosen_by == person_id
    )


def _home(home: Level, address: Address) -> Address:
    match home:
        case Level.ME:
            return Address(address.platform, "", "")
        case Level.CHANNEL:
            return Address(address.platform, address.workspace, address.channel)
        case Level.WORKSPACE if address.workspace:
            return Address(address.platform, address.workspace, "")
    raise ValueError(f"no home {home.value!r} at this address")


def _by_name(kept: object) -> list[KeptAssistant]:
    assert hasattr(kept, "__iter__")
    return sorted(kept, key=lambda each: each.assistant.persona.key)


def _unlike(persona: Persona, others: Sequence[KeptAssistant]) -> None:
    if any(each.assistant.persona.key == persona.key for each in others):
        raise UserError("error.assistant_exists", name=persona.name)
