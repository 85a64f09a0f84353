"""REST: the bot's answers to interactions. The 3-second rule, the 15-minute token, deferrals and follow-ups."""

from __future__ import annotations

from collections.abc import Iterator

from tests.lab.discord.commands import choice_problems
from tests.lab.discord.core import ApiError, Call, Core, Handler, Problem
from tests.lab.discord.interactions import (
    ANSWER_WITHIN_S,
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    TOKEN_LIVES_S,
    Interaction,
    is_silenced,
    owners,
)
from tests.lab.discord.limits import too_long
from tests.lab.discord.messages import written
from tests.lab.discord.payloads import user
from tests.lab.discord.posting import check, compose, revise
from tests.lab.discord.state import EPHEMERAL, LOADING, Json, Message, walk

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
ALLOWED = {
    COMMAND: {MESSAGE, DEFER, MODAL},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},
}
USER_INSTALL_FOLLOWUPS = 5
ACTION_ROW, TEXT_INPUT, TEXT_DISPLAY, LABEL = 1, 4, 10, 18
MODAL_PARTS = (ACTION_ROW, TEXT_DISPLAY, LABEL)


def answer(core: Core, call: Call) -> Json | None:
    """POST the callback: once, within three seconds, of a type that fits the interaction."""
    interaction = core.interactions.get(call.ids["interaction_token"])
    if interaction is None or str(interaction.id) != call.ids["interaction_id"]:
        raise ApiError(404, 10062, "Unknown interaction")
    if core.clock.now() - interaction.created_at > ANSWER_WITHIN_S:
        core.note(call, "INTERACTION_ANSWERED_LATE", f"interaction {interaction.id}")
        raise ApiError(404, 10062, "Unknown interaction")
    if interaction.response:
        core.note(call, "INTERACTION_ANSWERED_TWICE", f"interaction {interaction.id}")
        raise ApiError(400, 40060, "Interaction has already been acknowledged.")
    kind, data = call.body["type"], call.body.get("data") or {}
    core.refuse_if(call, list(_problems(interaction, kind, data)))
    _carry_out(core, call, interaction, kind, data)
    interaction.response = call.body
    core.bell.ring()
    asked = call.query.get("with_response", "").lower() in ("1", "true")
    return _callback_response(core, interaction, kind) if asked else None


def _problems(interaction: Interaction, kind: int, data: Json) -> Iterator[Problem]:
    if kind not in ALLOWED[interaction.type]:
        text = f"Callback type {kind} does not answer an interaction of type {interaction.type}."
        yield Problem(("type",), "INTERACTION_CALLBACK_TYPE_INVALID", text)
    elif kind in (DEFER_UPDATE, UPDATE) and interaction.message is None:
        yield Problem(("type",), "INTERACTION_CALLBACK_TYPE_INVALID", "There is no message to update.")
    if kind == DEFER and int(data.get("flags") or 0) & ~EPHEMERAL:
        yield Problem(("data", "flags"), "INTERACTION_CALLBACK_FLAGS_INVALID", "A deferral can be ephemeral, no more.")
    if kind == CHOICES:
        yield from choice_problems(("data", "choices"), data.get("choices") or [])
    if kind == MODAL:
        yield from _modal_problems(data)


def _modal_problems(data: Json) -> Iterator[Problem]:
    yield from too_long(("data", "title"), data.get("title") or "", 45, 1)
    yield from too_long(("data", "custom_id"), data.get("custom_id") or "", 100, 1)
    yield from too_long(("data", "components"), data.get("components") or [], 5, 1)
    for number, part in enumerate(data.get("components") or []):
        yield from _modal_part_problems(("data", "components", number), part)
    ids = [part["custom_id"] for part in walk(data.get("components") or []) if part.get("custom_id")]
    if len(ids) != len(set(ids)):
        yield Problem(("data", "components"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id is duplicated")


def _modal_part_problems(path: tuple[str | int, ...], part: Json) -> Iterator[Problem]:
    if part.get("type") not in MODAL_PARTS:
        text = f'Value of field "type" must be one of {MODAL_PARTS}.'
        yield Problem((*path, "type"), "UNION_TYPE_CHOICES", text)
    if part.get("type") == TEXT_DISPLAY:
        yield from too_long((*path, "content"), part.get("content") or "", 4000, 1)
    if part.get("type") == LABEL:
        yield from too_long((*path, "label"), part.get("label") or "", 45, 1)
    for field in walk([part]):
        if field.get("type") == TEXT_INPUT:
            yield from too_long((*path, "value"), field.get("value") or "", field.get("max_length") or 4000)


def _carry_out(core: Core, call: Call, interaction: Interaction, kind: int, data: Json) -> None:
    if kind == MESSAGE:
        check(core, call, data, by_interaction=True)
        message = compose(core, call, data, interaction.channel, default_parse=("users",))
        _show(core, interaction, message, flags=int(data.get("flags") or 0))
        interaction.original = message
        interaction.touched.add(message.id)
    elif kind == DEFER:
        message = Message(core.world.new_id(), interaction.channel, core.world.bot, core.clock.now())
        _show(core, interaction, message, flags=int(data.get("flags") or 0) | LOADING)
        interaction.original = message
    elif kind == DEFER_UPDATE:
        interaction.original = interaction.message
    elif kind == UPDATE and interaction.message:
        check(core, call, data, edited=interaction.message, by_interaction=True)
        revise(core, call, data, interaction.message)
        interaction.original = interaction.message
        interaction.touched.add(interaction.message.id)


def _show(core: Core, interaction: Interaction, message: Message, *, flags: int) -> None:
    message.flags |= flags & (EPHEMERAL | LOADING) | (EPHEMERAL if is_silenced(interaction) else 0)
    message.type = 19 if message.reply_to else 20 if interaction.type == COMMAND else 0
    message.seen_only_by = interaction.user if message.is_ephemeral else None
    message.interaction = {
        "id": str(interaction.id),
        "type": interaction.type,
        "user": user(interaction.user),
        "authorizing_integration_owners": owners(interaction),
        "application_id": str(core.world.application_id),
    }
    core.world.post(message)


def _callback_response(core: Core, interaction: Interaction, kind: int) -> Json:
    told: Json = {"id": str(interaction.id), "type": interaction.type}
    answered: Json = {"interaction": told}
    if interaction.original is None:
        return answered
    told["response_message_id"] = str(interaction.original.id)
    told["response_message_loading"] = interaction.original.is_loading
    told["response_message_ephemeral"] = interaction.original.is_ephemeral
    if kind in (MESSAGE, UPDATE):
        answered["resource"] = {"type": kind, "message": written(core, interaction.original)}
    return answered


def _by_token(core: Core, call: Call) -> Interaction:
    interaction = core.interactions.get(call.ids["webhook_token"])
    ours = call.ids["webhook_id"] == str(core.world.application_id)
    if interaction is None or not ours or not interaction.response:
        raise ApiError(404, 10015, "Unknown Webhook")
    if core.clock.now() - interaction.created_at > TOKEN_LIVES_S:
        core.note(call, "INTERACTION_TOKEN_EXPIRED", f"interaction {interaction.id}")
        raise ApiError(401, 50027, "Invalid Webhook Token")
    return interaction


def _message_of(call: Call, interaction: Interaction) -> Message:
    message_id = call.ids.get("message_id", "@original")
    if message_id == "@original":
        found = interaction.original
    else:
        found = next((each for each in interaction.wall if str(each.id) == message_id), None)
    if found is None or found.deleted:
        raise ApiError(404, 10008, "Unknown Message")
    return found


def follow_up(core: Core, call: Call) -> Json:
    """POST a follow-up. The first after "thinking ..." takes its place, and is as ephemeral as that was."""
    interaction = _by_token(core, call)
    check(core, call, call.body, by_interaction=True)
    if interaction.original and interaction.original.is_loading and not interaction.original.deleted:
        return _revised(core, call, interaction, interaction.original)
    if owners(interaction).keys() == {"1"} and len(interaction.followups) >= USER_INSTALL_FOLLOWUPS:
        core.note(call, "TOO_MANY_FOLLOWUPS", "an app of a person's own may send five")
        raise ApiError(400, 40094, "This interaction has reached its maximum number of follow-up messages")
    message = compose(core, call, call.body, interaction.channel, default_parse=("users",))
    message.reply_to = interaction.original
    interaction.followups.append(message)
    interaction.touched.add(message.id)
    _show(core, interaction, message, flags=int(call.body.get("flags") or 0))
    return written(core, message)


def _revised(core: Core, call: Call, interaction: Interaction, message: Message) -> Json:
    revise(core, call, call.body, message)
    interaction.touched.add(message.id)
    core.bell.ring()
    return written(core, message)


def edit(core: Core, call: Call) -> Json:
    """PATCH the original response or a follow-up."""
    interaction = _by_token(core, call)
    message = _message_of(call, interaction)
    check(core, call, call.body, edited=message, by_interaction=True)
    return _revised(core, call, interaction, message)


def read(core: Core, call: Call) -> Json:
    """GET the original response or a follow-up."""
    return written(core, _message_of(call, _by_token(core, call)))


def delete(core: Core, call: Call) -> None:
    """DELETE the original response or a follow-up."""
    message = _message_of(call, _by_token(core, call))
    message.deleted = True
    core.world.tell_of(message, "MESSAGE_DELETE")


_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"

ROUTES: dict[tuple[str, str], Handler] = {
    ("POST", "/interactions/{interaction_id}/{interaction_token}/callback"): answer,
    ("POST", _WEBHOOK): follow_up,
    ("GET", _WEBHOOK + "/messages/@original"): read,
    ("PATCH", _WEBHOOK + "/messages/@original"): edit,
    ("DELETE", _WEBHOOK + "/messages/@original"): delete,
    ("GET", _WEBHOOK + "/messages/{message_id}"): read,
    ("PATCH", _WEBHOOK + "/messages/{message_id}"): edit,
    ("DELETE", _WEBHOOK + "/messages/{message_id}"): delete,
}
