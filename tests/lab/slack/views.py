"""Modals and the Home tab."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from tests.lab.slack import limits
from tests.lab.slack.chat import Chat
from tests.lab.slack.errors import Refused
from tests.lab.slack.state import Json, Workspace
from tests.lab.slack.web_api import Method

STACK = 3
SENT = (
    "type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "clear_on_close",
    "notify_on_close", "external_id",
)  # fmt: skip


@dataclass(slots=True)
class Trigger:
    """Something a person did that allows one view to be opened for them, for a short time."""

    user: str
    issued_at: float
    used: bool = False


class Views:
    """The methods `views.*`. `stacks` are the open modals by person, the one on top last; `homes` the Home tabs."""

    def __init__(self, workspace: Workspace, chat: Chat, *, trigger_s: float) -> None:
        self._workspace = workspace
        self._chat = chat
        self._trigger_s = trigger_s
        self._triggers: dict[str, Trigger] = {}
        self.stacks: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {
            "views.open": self.open,
            "views.push": self.push,
            "views.update": self.update,
            "views.publish": self.publish,
        }

    def issue_trigger(self, user_id: str) -> str:
        """Return a trigger id for what this person just did."""
        trigger_id = self._workspace.mint.trigger_id()
        self._triggers[trigger_id] = Trigger(user_id, self._workspace.clock.now())
        return trigger_id

    def open(self, arguments: Json) -> Json:
        """Open a modal."""
        user_id = self._exchange(arguments)
        self.stacks[user_id] = [self.made(arguments["view"])]
        return self._shown(user_id)

    def push(self, arguments: Json) -> Json:
        """Put a modal on top of the open one."""
        user_id = self._exchange(arguments)
        self.pile(user_id, arguments["view"])
        return self._shown(user_id)

    def pile(self, user_id: str, view: Json) -> None:
        """Put a view on a person's open ones. Raises: Refused."""
        stack = self.stacks.setdefault(user_id, [])
        if len(stack) >= STACK:
            raise Refused("push_limit_reached")
        stack.append(self.made(view))

    def update(self, arguments: Json) -> Json:
        """Change an open modal, found by its id or external id."""
        for stack in self.stacks.values():
            for view in stack:
                if arguments.get("view_id") == view["id"] or arguments.get("external_id", "-") == view["external_id"]:
                    return self._updated(view, arguments)
        raise Refused("not_found")

    def publish(self, arguments: Json) -> Json:
        """Publish a person's Home tab."""
        if arguments["user_id"] not in self._workspace.users:
            raise Refused("user_not_found")
        self.homes[arguments["user_id"]] = self.made(arguments["view"])
        self._workspace.bell.ring()
        return {"view": copy.deepcopy(self.homes[arguments["user_id"]])}

    def made(self, view: Json) -> Json:
        """Return the view as Slack keeps it. Raises: Refused."""
        limits.check_view(view)
        view_id = self._workspace.mint.id("V")
        body = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "submit": None}
        return body | {
            **{key: view[key] for key in SENT if key in view},
            "blocks": self._chat.with_ids(view["blocks"]),
            "id": view_id,
            "root_view_id": view_id,
            "previous_view_id": None,
            "team_id": self._workspace.team_id,
            "app_id": self._workspace.app_id,
            "bot_id": self._workspace.bot_id,
            "app_installed_team_id": self._workspace.team_id,
            "state": {"values": {}},
            "hash": self._workspace.mint.ts(),
        }

    def replace(self, view: Json, new: Json) -> None:
        """Change an open view in place; its id stays. Raises: Refused."""
        kept = {key: view[key] for key in ("id", "root_view_id", "previous_view_id")}
        view.update(self.made(new) | kept)
        self._workspace.bell.ring()

    def _updated(self, view: Json, arguments: Json) -> Json:
        if arguments.get("hash") not in (None, view["hash"]):
            raise Refused("hash_conflict")
        self.replace(view, arguments["view"])
        return {"view": copy.deepcopy(view)}

    def _shown(self, user_id: str) -> Json:
        self._workspace.bell.ring()
        return {"view": copy.deepcopy(self.stacks[user_id][-1])}

    def _exchange(self, arguments: Json) -> str:
        trigger = self._triggers.get(str(arguments.get("trigger_id", "")))
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._workspace.clock.now() - trigger.issued_at > self._trigger_s:
            raise Refused("expired_trigger_id")
        limits.check_view(arguments["view"])
        trigger.used = True
        return trigger.user
