"""The people of the workspace as the engine asks about them: over the connection, while there is one."""

from __future__ import annotations

from adapters.slack.people import People
from bot.errors import Unavailable


class WorkspaceMembers:
    """See `bot.ports.Members`. `people` are the connection's, None while there is none."""

    def __init__(self) -> None:
        self.people: People | None = None

    async def is_admin(self, person_id: str, *, workspace: str) -> bool:
        """See `bot.ports.Members.is_admin`."""
        if self.people is None:
            raise Unavailable("error.rights_unknown")
        return await self.people.is_admin(person_id, workspace=workspace)

    async def is_member(self, person_id: str, *, workspace: str) -> bool:
        """See `bot.ports.Members.is_member`."""
        if self.people is None:
            raise Unavailable("error.member_unknown")
        return await self.people.is_member(person_id, workspace=workspace)
