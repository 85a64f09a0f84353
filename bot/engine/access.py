"""Access: who may speak, stop and choose, as rules of values. `bot.engine.authority` asks platforms for the facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from bot.domain import Address, Level, Person, private_thread
from bot.engine.commands import AUDIT, CHANGES_MODELS, OWN_WORDS, REFRESH
from bot.errors import UserError


class Right(Enum):
    """What somebody may be allowed to do."""

    SPEAK = auto()
    OWN_WORDS = auto()
    CHOOSE_FOR_ALL = auto()
    SEE_USAGE = auto()
    STOP = auto()
    ANSWER_AGAIN = auto()
    KEEP_ASSISTANTS = auto()
    CHANGE_MODELS = auto()
    CHOOSE_COURSE = auto()
    CHANGE_LESSONS = auto()
    READ_LOG = auto()


LEVELS_FOR_ALL = frozenset({Level.CHANNEL, Level.WORKSPACE})
# What it takes to do a thing to others, and the sentence for who may not.
_ABOUT_OTHERS = {
    Right.CHOOSE_FOR_ALL: "error.admin_only",
    Right.KEEP_ASSISTANTS: "error.assistant_admin_only",
    Right.SEE_USAGE: "error.usage_admin_only",
    Right.STOP: "error.not_your_answer",
    Right.ANSWER_AGAIN: "error.not_your_question",
    Right.CHANGE_MODELS: "error.models_admin_only",
    Right.CHOOSE_COURSE: "error.course_admin_only",
    Right.CHANGE_LESSONS: "error.lessons_admin_only",
    Right.READ_LOG: "error.log_admin_only",
}
_OVER_ALL = frozenset({
    Right.CHOOSE_FOR_ALL, Right.CHANGE_MODELS, Right.KEEP_ASSISTANTS, Right.CHOOSE_COURSE, Right.CHANGE_LESSONS,
})  # fmt: skip


def right_to(command: str) -> Right:
    """Return the right that calling a command takes; "" is a message or a form."""
    if command in CHANGES_MODELS:
        return Right.CHANGE_MODELS
    if command == REFRESH:
        return Right.CHANGE_LESSONS
    if command == AUDIT:
        return Right.READ_LOG
    return Right.OWN_WORDS if command in OWN_WORDS else Right.SPEAK


@dataclass(frozen=True, slots=True)
class Access:
    """The operator's lists, of ids written `platform:id`. An empty list of places lets every place in."""

    admins: frozenset[str] = frozenset()
    workspaces: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()

    def check(
        self, right: Right, *, person: Person, address: Address, asker_id: str = "", is_member: bool = False
    ) -> None:
        """Let the person pass or raise a `UserError` that says what is missing.

        `asker_id` is who asked for the turn that is to be stopped or answered again. `is_member` counts outside of
        workspaces: whether the person belongs to one that is allowed. To have their own words erased or
        handed to them everybody may, everywhere.
        """
        if right is Right.OWN_WORDS:
            return
        self._check_place(person, address, is_member=is_member)
        if address.is_private and address.thread != private_thread(person.id):
            # What a person cannot read is not there for them, whatever a form or a button says.
            raise UserError("error.answer_gone")
        if self.concerns_others(right, person=person, asker_id=asker_id) and not self.is_admin(person, address):
            raise UserError(_ABOUT_OTHERS[right])

    def is_admin(self, person: Person, address: Address) -> bool:
        """Whether the platform or the operator calls this person an admin. Where the bot is not, no platform does."""
        return self.names_admin(person, address) or (person.is_admin and not address.is_brought)

    def names_admin(self, person: Person, address: Address) -> bool:
        """Whether the operator calls this person an admin."""
        return f"{address.platform}:{person.id}" in self.admins

    def concerns_others(self, right: Right, *, person: Person, asker_id: str = "") -> bool:
        """Whether a right is one over others, or over what another person asked."""
        return right in _ABOUT_OTHERS and (right in _OVER_ALL or person.id != asker_id)

    def takes_member(self, person: Person, address: Address) -> bool:
        """Whether speaking here takes belonging to an allowed workspace: directly, where workspaces are listed."""
        return bool(self.workspaces) and address.is_outside and not self._is_blocked(person, address)

    def workspaces_of(self, platform: str) -> list[str]:
        """Return the ids of a platform's allowed workspaces."""
        prefix = f"{platform}:"
        return sorted(each.removeprefix(prefix) for each in self.workspaces if each.startswith(prefix))

    def _check_place(self, person: Person, address: Address, *, is_member: bool) -> None:
        if self._is_blocked(person, address):
            raise UserError("error.blocked")
        if self.takes_member(person, address):
            if not is_member:
                raise UserError("error.direct_not_allowed")
        elif self.workspaces and f"{address.platform}:{address.workspace}" not in self.workspaces:
            raise UserError("error.place_not_allowed")
        if self.channels and f"{address.platform}:{address.channel}" not in self.channels:
            raise UserError("error.place_not_allowed")

    def _is_blocked(self, person: Person, address: Address) -> bool:
        return f"{address.platform}:{person.id}" in self.blocked
