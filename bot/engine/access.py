"""Access: who may speak, stop and choose. Messages, commands, buttons and autocomplete all ask here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from bot.domain import Address, Level, Person, private_thread
from bot.engine.commands import FORGET
from bot.errors import UserError


class Right(Enum):
    """What somebody may be allowed to do."""

    SPEAK = auto()
    BE_FORGOTTEN = auto()
    CHOOSE_FOR_ALL = auto()
    STOP = auto()
    ANSWER_AGAIN = auto()


LEVELS_FOR_ALL = frozenset({Level.CHANNEL, Level.WORKSPACE})


def right_to(command: str) -> Right:
    """Return the right that calling a command takes; "" is a message or a form."""
    return Right.BE_FORGOTTEN if command == FORGET else Right.SPEAK


@dataclass(frozen=True, slots=True)
class Access:
    """The operator's lists, of ids written `platform:id`. An empty list of places lets every place in."""

    admins: frozenset[str] = frozenset()
    workspaces: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()

    def check(self, right: Right, *, person: Person, address: Address, asker_id: str = "") -> None:
        """Let the person pass or raise a `UserError` that says what is missing.

        `asker_id` is who asked for the turn that is to be stopped or answered again. To have their own words erased
        everybody may, everywhere.
        """
        if right is Right.BE_FORGOTTEN:
            return
        self._check_place(person, address)
        if address.is_private and address.thread != private_thread(person.id):
            # What a person cannot read is not there for them, whatever a form or a button says.
            raise UserError("error.answer_gone")
        if right is Right.CHOOSE_FOR_ALL and not self.is_admin(person, address):
            raise UserError("error.admin_only")
        if right is Right.STOP and person.id != asker_id and not self.is_admin(person, address):
            raise UserError("error.not_your_answer")
        if right is Right.ANSWER_AGAIN and person.id != asker_id and not self.is_admin(person, address):
            raise UserError("error.not_your_question")

    def allows(self, right: Right, *, person: Person, address: Address) -> bool:
        """Say the same without an error."""
        try:
            self.check(right, person=person, address=address)
        except UserError:
            return False
        return True

    def is_admin(self, person: Person, address: Address) -> bool:
        """Whether the platform or the operator calls this person an admin."""
        return person.is_admin or f"{address.platform}:{person.id}" in self.admins

    def _check_place(self, person: Person, address: Address) -> None:
        if f"{address.platform}:{person.id}" in self.blocked:
            raise UserError("error.blocked")
        if self.workspaces and address.workspace and f"{address.platform}:{address.workspace}" not in self.workspaces:
            raise UserError("error.place_not_allowed")
        if self.channels and f"{address.platform}:{address.channel}" not in self.channels:
            raise UserError("error.place_not_allowed")
