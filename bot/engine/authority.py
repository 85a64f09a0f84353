"""The one authority that every door asks first: the operator's lists, and what the platforms say of people now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.domain import Address, Person
from bot.engine.access import Access, Right
from bot.errors import BotError
from bot.ports import Members


class Authority:
    """Decides who may. What a person does to others is decided on rights that are asked for at that moment.

    A platform of which no `Members` are known has no workspaces (the console): what it tells of a person is as new as
    what they do.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._members: dict[str, Members] = {}

    def ask(self, platform: str, members: Members) -> None:
        """Ask about a platform's people there from now on."""
        self._members[platform] = members

    async def check(self, right: Right, *, person: Person, address: Address, asker_id: str = "") -> None:
        """Let the person pass or raise what is in the way. See `Access.check`.

        Raises:
            UserError: they may not.
            Unavailable: it takes the platform's word, which cannot be had.
        """
        access, is_member = self._access, right is not Right.OWN_WORDS and await self._is_member(person, address)
        if access.concerns_others(right, person=person, asker_id=asker_id):
            # Whoever may not even speak here is refused before anybody is asked.
            access.check(Right.SPEAK, person=person, address=address, is_member=is_member)
            person = await self._as_of_now(person, address)
        access.check(right, person=person, address=address, asker_id=asker_id, is_member=is_member)

    async def allows(self, right: Right, *, person: Person, address: Address) -> bool:
        """Say the same without an error."""
        try:
            await self.check(right, person=person, address=address)
        except BotError:
            return False
        return True

    def is_admin(self, person: Person, address: Address) -> bool:
        """Whether somebody was an admin when the platform last said so: for words, not for decisions."""
        return self._access.is_admin(person, address)

    def is_operators(self, person: Person, address: Address) -> bool:
        """Whether the operator calls somebody an admin, or they run the bot: everywhere, not in a workspace alone."""
        has_workspaces = address.platform in self._members
        return self._access.names_admin(person, address) or (not has_workspaces and person.is_admin)

    async def _as_of_now(self, person: Person, address: Address) -> Person:
        members = self._members.get(address.platform)
        if members is None or self._access.names_admin(person, address):
            return person
        is_asked = bool(address.workspace) and not address.is_brought
        return replace(person, is_admin=is_asked and await members.is_admin(person.id, workspace=address.workspace))

    async def _is_member(self, person: Person, address: Address) -> bool:
        if not self._access.takes_member(person, address):
            return False
        members = self._members.get(address.platform)
        if members is None:
            return True
        return await _is_member_of_any(members, person.id, self._access.workspaces_of(address.platform))


async def _is_member_of_any(members: Members, person_id: str, workspaces: Sequence[str]) -> bool:
    """Ask about all at once: one that cannot be asked about is no hindrance where another one says yes."""
    asking = (members.is_member(person_id, workspace=each) for each in workspaces)
    told = await asyncio.gather(*asking, return_exceptions=True)
    if any(each is True for each in told):
        return True
    for each in told:
        if isinstance(each, BaseException):
            raise each
    return False
