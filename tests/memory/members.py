"""The people of a platform's workspaces, in memory."""

from __future__ import annotations

from bot.errors import Unavailable


class FakeMembers:
    """See `ports.Members`. `admins` and `members` are (person, workspace); `is_away`: nobody can be asked."""

    def __init__(self) -> None:
        self.admins: set[tuple[str, str]] = set()
        self.members: set[tuple[str, str]] = set()
        self.unknown: set[str] = set()
        self.is_away = False
        self.asked: list[tuple[str, str, str]] = []

    async def is_admin(self, person_id: str, *, workspace: str) -> bool:
        """See `ports.Members.is_admin`."""
        self.asked.append(("admin", person_id, workspace))
        if self.is_away:
            raise Unavailable("error.rights_unknown")
        return (person_id, workspace) in self.admins

    async def is_member(self, person_id: str, *, workspace: str) -> bool:
        """See `ports.Members.is_member`."""
        self.asked.append(("member", person_id, workspace))
        if self.is_away or workspace in self.unknown:
            raise Unavailable("error.member_unknown")
        return (person_id, workspace) in self.members
