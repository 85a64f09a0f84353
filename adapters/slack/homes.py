"""Whose place a payload tells of: the workspace the bot is installed in, whosever payload it is.

With Slack Connect the people of a channel belong to several organisations. The envelope of what they do names their own
workspace, the channel's other one, or ours; which of them the bot speaks for, only its installation says.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from adapters.slack.payload import Json, inner, items, text
from adapters.slack.place import Identity

MOST_REMEMBERED = 10_000


class Homes:
    """Tells the workspace of each payload: always the bot's own one, or that of an organisation's which a channel has.

    Installed for a whole organisation, the bot is in many workspaces, and not every payload says in which: a channel's
    is the first one that was told of it.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._known: OrderedDict[str, str] = OrderedDict()

    def is_ours(self, body: Json) -> bool:
        """Whether an event is for this installation of the app, of which other workspaces may have another one.

        In a channel that several of them share, Slack names one: it is ours as well.
        """
        named = items(body, "authorizations")
        return body.get("is_ext_shared_channel") is True or not named or any(map(self._is_ours, named))

    def of(self, body: Json, channel: str = "") -> str:
        """Return the workspace of what a payload tells of; `channel` where the payload does not name it itself."""
        me = self._identity
        if not me.organisation:
            return me.workspace
        channel = channel or _channel(body)
        told = self._known.get(channel) or next(self._told(body), "")
        if told and channel:
            self._remember(channel, told)
        return told or _workspace(text(inner(body, "user"), "team_id")) or me.organisation

    def _told(self, body: Json) -> Iterator[str]:
        """Give the workspaces of our organisation that a payload names, the surest first."""
        team, organisation = inner(body, "team"), self._identity.organisation
        # In a channel that another organisation shares, the workspace may be theirs: then its organisation is named.
        unnamed = () if body.get("is_ext_shared_channel") is True else ("",)
        named = [
            *(text(each, "team_id") for each in items(body, "authorizations") if self._is_ours(each)),
            text(inner(body, "view"), "app_installed_team_id"),
            text(team, "id") if text(team, "enterprise_id") in ("", organisation) else "",
            text(body, "team_id") if text(body, "enterprise_id") in (*unnamed, organisation) else "",
            text(body, "context_team_id") if text(body, "context_enterprise_id") in ("", organisation) else "",
        ]
        yield from filter(None, map(_workspace, named))

    def _is_ours(self, authorization: Json) -> bool:
        me = self._identity
        if me.organisation:
            return text(authorization, "enterprise_id") == me.organisation
        return text(authorization, "team_id") == me.workspace

    def _remember(self, channel: str, workspace: str) -> None:
        self._known[channel] = workspace
        self._known.move_to_end(channel)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)


def _workspace(team: str) -> str:
    """Return a workspace's id, "" for an organisation's, which stands in the same fields."""
    return "" if team.startswith("E") else team


def _channel(body: Json) -> str:
    event = inner(body, "event")
    return text(event, "channel") or text(inner(body, "channel"), "id") or text(body, "channel_id")
