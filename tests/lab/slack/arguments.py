"""A request's arguments as values: of JSON as they are, of forms and queries decoded as Slack decodes them."""

from __future__ import annotations

import json

from aiohttp import web

from tests.lab.slack.errors import Refused
from tests.lab.slack.state import Json

BOOLEANS = {
    "as_user", "inclusive", "include_all_metadata", "include_locale", "include_num_members", "link_names", "mrkdwn",
    "prevent_creation", "reply_broadcast", "return_im", "unfurl_links", "unfurl_media",
}  # fmt: skip
NUMBERS = {"length", "limit"}


async def read_arguments(request: web.Request) -> Json:
    """Return the arguments by name. Raises: Refused: the body is not what its type says."""
    arguments: Json = {name: _decoded(name, value) for name, value in request.query.items()}
    if request.method != "POST" or not request.can_read_body:
        return arguments
    if request.content_type == "application/json":
        return arguments | _object(await request.text())
    form = await request.post()
    return arguments | {name: _decoded(name, value) for name, value in form.items() if isinstance(value, str)}


def bearer_of(request: web.Request, arguments: Json) -> str:
    """Return the token, "" without one. A token among the arguments is taken out of them."""
    inside = str(arguments.pop("token", "") or "")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else inside


def _object(text: str) -> Json:
    try:
        value = json.loads(text or "{}")
    except ValueError as error:
        raise Refused("invalid_json") from error
    if not isinstance(value, dict):
        raise Refused("json_not_object")
    return value


def _decoded(name: str, value: str) -> object:
    if name in BOOLEANS:
        return value.lower() in {"1", "true"}
    if name in NUMBERS and value.isdigit():
        return int(value)
    if value[:1] in {"[", "{"}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
