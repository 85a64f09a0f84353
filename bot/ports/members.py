"""What a platform tells of the people in its workspaces, asked when it counts."""

from __future__ import annotations

from typing import Protocol


class Members(Protocol):
    """The people of a platform's workspaces. Each platform that has workspaces implements it."""

    async def is_admin(self, person_id: str, *, workspace: str) -> bool:
        """Whether the platform calls the person an admin there at this moment: asked anew, never remembered.

        Raises:
            Unavailable: the platform cannot be asked.
        """
        ...

    async def is_member(self, person_id: str, *, workspace: str) -> bool:
        """Whether the person belongs to a workspace; what is told may be some minutes old.

        Raises:
            Unavailable: the platform cannot be asked.
        """
        ...
