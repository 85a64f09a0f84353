"""What people do in the lab: talk, call commands, press, choose, submit, stop."""

from __future__ import annotations

from collections.abc import Sequence

from tests.lab.patience import PATIENCE_S
from tests.lab.slack.blocks import find_element
from tests.lab.slack.errors import Refused
from tests.lab.slack.events import Events, message_object, shared_message
from tests.lab.slack.limits import check_options
from tests.lab.slack.payloads import (
    action_of,
    interactive_payload,
    one_of_two,
    shortcut_payload,
    slash_payload,
    submitted,
)
from tests.lab.slack.people import encoded
from tests.lab.slack.responses import Responses, ResponseUrl
from tests.lab.slack.socket import Delivery, SocketHub
from tests.lab.slack.state import Channel, Json, Message, User, Violation, Workspace
from tests.lab.slack.uploads import Uploads
from tests.lab.slack.views import Views

SETTLED_S = 60.0


class Said:
    """Something a person did to a message, and the events it made, in the order of their delivery."""

    def __init__(self, message: Message, events: Sequence[Delivery]) -> None:
        self.message = message
        self.events = list(events)

    @property
    def ts(self) -> str:
        """The message's timestamp."""
        return self.message.ts

    @property
    def event(self) -> Delivery:
        """The first event; `await lab.socket.redeliver(said.event)` delivers it once more."""
        return self.events[0]

    async def acked(self, timeout_s: float = PATIENCE_S) -> None:
        """Return when every event was acknowledged. Raises: TimeoutError."""
        for event in self.events:
            await event.wait_acked(timeout_s)


class Interaction:
    """A slash command, a press, a submission: what became of it.

    `trigger_id` opens a view for the person; `event` is its delivery.
    """

    def __init__(self, workspace: Workspace, event: Delivery, trigger_id: str, issued: ResponseUrl | None) -> None:
        self._workspace = workspace
        self._issued = issued
        self.event = event
        self.trigger_id = trigger_id

    @property
    def acked(self) -> bool:
        """False when nobody acknowledged within 3 s: the person reads an error of Slack's then."""
        return self.event.acked and not self.event.given_up

    @property
    def ack_payload(self) -> Json:
        """What the acknowledgement carried."""
        return self.event.ack_payload

    @property
    def response_url(self) -> str:
        """The address to answer to, "" where there is none."""
        return self._issued.url if self._issued else ""

    @property
    def responses(self) -> list[Message]:
        """The messages it led to by its acknowledgement and its response_url, oldest first."""
        return self._issued.responses if self._issued else []

    async def responded(self, count: int = 1, timeout_s: float = PATIENCE_S) -> list[Message]:
        """Return the responses as soon as there are `count` of them. Raises: TimeoutError."""
        await self._workspace.bell.until(lambda: len(self.responses) >= count, timeout_s)
        return self.responses


class Acting:
    """The people's side of `SlackLab`, which sets the attributes."""

    workspace: Workspace
    socket: SocketHub
    _events: Events
    _views: Views
    _responses: Responses
    _uploads: Uploads

    async def say(
        self,
        channel: Channel,
        user: User,
        text: str,
        *,
        mention: bool | None = None,
        thread: str | None = None,
        broadcast: bool = False,
        shared: Message | None = None,
        files: Sequence[tuple[str, bytes]] = (),
        voice: bytes = b"",
        voice_s: float = 1.3,
    ) -> Said:
        """Post as a person. In a channel the bot is mentioned (`<@U…> text`) unless `mention=False`; in a DM not.

        `thread` is the root's ts; `broadcast` sends the reply to the channel, too; `shared` is a message that is
        forwarded with these words. `files` come along, or `voice`, a clip of so many seconds. Returns at once;
        `await said.acked()` waits for the acknowledgement.
        """
        channel.members.add(user.id)
        mention = not channel.is_im if mention is None else mention
        message = Message(
            channel=channel.id,
            ts=self.workspace.mint.ts(),
            author=user.id,
            text=(f"<@{self.workspace.bot.id}> " if mention else "") + encoded(text),
            thread_ts=thread,
            client_msg_id=self.workspace.mint.uuid(),
            broadcast=broadcast,
            attachments=[shared_message(self.workspace, shared)] if shared else [],
            files=[self._uploads.take(name, content) for name, content in files],
        )
        if voice:
            message.files.append(self._uploads.take("audio_message.m4a", voice, voice_s=voice_s))
        self.workspace.add(message)
        return Said(message, self._events.posted(message))

    async def edit(self, message: Message, text: str) -> Said:
        """Change a person's message (`message_changed`); a mention of the bot at its start stays.

        One that the edit adds, in whatever place, is told as a mention as well (`app_mention`).
        """
        before = message_object(self.workspace, message)
        was_mention = f"<@{self.workspace.bot.id}>" in message.text
        mention = f"<@{self.workspace.bot.id}> "
        message.text = (mention if message.text.startswith(mention) else "") + encoded(text)
        message.edited_ts = self.workspace.mint.ts()
        self.workspace.note(message, "update")
        return Said(message, self._events.changed(message, before, was_mention=was_mention))

    async def delete(self, message: Message) -> Said:
        """Delete a message as a person (`message_deleted`)."""
        before = message_object(self.workspace, message)
        message.deleted = True
        self.workspace.note(message, "delete")
        return Said(message, self._events.deleted(message, before))

    async def slash(self, channel: Channel, user: User, command: str, text: str = "") -> Interaction:
        """Call a slash command ("/model", "use llama3"); returns when it was acknowledged or the time is over.

        Raises: PermissionError: a stranger's client knows no commands of this workspace's apps.
        """
        if user.team_id != self.workspace.team_id:
            raise PermissionError(f"{command} is not a valid command")
        issued = self._responses.issue(channel.id, user.id)
        payload = slash_payload(self.workspace, channel, user, command, text)
        return await self._interact("slash_commands", payload, user, issued)

    async def press(self, where: Message | Json, action_id: str, user: User) -> Interaction:
        """Press a button of a message or a view. Raises: LookupError: there is no such button."""
        return await self._act(where, action_id, user, None)

    async def rate(self, where: Message, action_id: str, user: User, *, good: bool) -> Interaction:
        """Press one of a message's two feedback buttons. Raises: LookupError: there are none."""
        block, element = find_element(_blocks(where), action_id)
        if element["type"] != "feedback_buttons":
            raise LookupError(action_id)
        return await self._told(where, user, action_of(self.workspace, block, one_of_two(element, good=good), None))

    async def shortcut(self, message: Message, callback_id: str, user: User) -> Interaction:
        """Choose the app's entry in a message's menu. Raises: LookupError: an ephemeral message has no menu."""
        if message.visible_to:
            raise LookupError("an ephemeral message has no menu")
        payload = shortcut_payload(self.workspace, callback_id, user, message)
        return await self._interact("interactive", payload, user, self._responses.issue(message.channel, user.id))

    async def choose(self, where: Message | Json, action_id: str, user: User, value: str) -> Interaction:
        """Choose an option of a select menu by its value; of an external one, after asking for its options.

        Raises: LookupError: no such menu, or no such option.
        """
        _, element = find_element(_blocks(where), action_id)
        options = element.get("options")
        if options is None:
            options = await self.suggest(where, action_id, user)
        for option in options:
            if option["value"] == value:
                return await self._act(where, action_id, user, option)
        raise LookupError(value)

    async def suggest(self, where: Message | Json, action_id: str, user: User, typed: str = "") -> list[Json]:
        """Type into an external select of a message or view; return the options it offers, [] without an answer."""
        block, element = find_element(_blocks(where), action_id)
        payload = interactive_payload(self.workspace, "block_suggestion", user, where)
        payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
        delivery = self.socket.deliver("interactive", payload)
        await self._settled(delivery)
        groups = delivery.ack_payload.get("option_groups", [])
        options: list[Json] = delivery.ack_payload.get("options", [one for group in groups for one in group["options"]])
        for problem in check_options(options) if options else []:
            self.workspace.violations.append(Violation("block_suggestion", "invalid_options", problem))
        return options

    async def submit(self, user: User, values: dict[str, Json], *, forged: Json | None = None) -> Interaction:
        """Submit the person's open view; `values` by action id, each as the element's state ({"value": "x"}, say).

        `forged` are fields of the view that come back other than the app made them.
        What the acknowledgement says of the view is done: errors keep it, update, push and clear as they say.
        Raises: LookupError: no view is open.
        """
        stack = self._views.stacks.get(user.id)
        if not stack:
            raise LookupError("no view is open")
        view = submitted(stack[-1], values) | (forged or {})
        payload = interactive_payload(self.workspace, "view_submission", user, view) | {"response_urls": []}
        payload.pop("container")
        interaction = await self._interact("interactive", payload, user, None)
        if interaction.acked:
            self._after_submission(user, stack, interaction.ack_payload)
        return interaction

    def close_view(self, user: User) -> None:
        """Close the person's open view. An app hears of it only where its view asks to be told (`notify_on_close`)."""
        self._views.stacks.get(user.id, []).clear()

    async def stop(self, channel: Channel, thread: str, user: User) -> Delivery:
        """Press the platform's own Stop (`agent_session_stopped`), which also ends the bot's streams there.

        Raises: LookupError: no session is processing, or the app has not subscribed, so there is no button.
        """
        processing = self.workspace.status(channel.id, thread).session == "processing"
        if not processing or "agent_session_stopped" not in self._events.subscriptions:
            raise LookupError("no stop button")
        streams = [one for one in self.workspace.standing(channel.id) if one.streaming and one.thread_ts == thread]
        for stream in streams:
            stream.streaming, stream.stopped_by_user = False, True
            self.workspace.note(stream, "stop")
        event = {
            "type": "agent_session_stopped",
            "channel": channel.id,
            "thread_ts": thread,
            "user": user.id,
            "streaming_message_ts": [stream.ts for stream in streams],
            "event_ts": self.workspace.mint.ts(),
        }
        return self._events.send(event)

    async def open_home(self, user: User, tab: str = "messages") -> Delivery:
        """Open the app's tab "home" or "messages" (`app_home_opened`)."""
        channel = self.workspace.dm(user.id)
        event = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": tab}
        return self._events.send(event | {"event_ts": self.workspace.mint.ts()})

    async def send_event(self, event: Json) -> Delivery:
        """Deliver any event as it stands, a malformed one, say."""
        return self._events.send(event)

    async def _act(self, where: Message | Json, action_id: str, user: User, option: Json | None) -> Interaction:
        block, element = find_element(_blocks(where), action_id)
        return await self._told(where, user, action_of(self.workspace, block, element, option))

    async def _told(self, where: Message | Json, user: User, action: Json) -> Interaction:
        payload = interactive_payload(self.workspace, "block_actions", user, where)
        payload["actions"] = [action]
        issued = self._responses.issue(where.channel, user.id, where) if isinstance(where, Message) else None
        return await self._interact("interactive", payload, user, issued)

    async def _interact(self, kind: str, payload: Json, user: User, issued: ResponseUrl | None) -> Interaction:
        trigger_id = self._views.issue_trigger(user.id)
        payload["trigger_id"] = trigger_id
        if issued:
            payload["response_url"] = issued.url
        delivery = self.socket.deliver("slash_commands" if kind == "slash_commands" else "interactive", payload)
        await self._settled(delivery)
        answer = delivery.ack_payload
        if issued and delivery.acked and (answer.get("text") or answer.get("blocks")):
            self._responses.answer(issued, answer)
        return Interaction(self.workspace, delivery, trigger_id, issued)

    async def _settled(self, delivery: Delivery) -> None:
        await self.workspace.bell.until(lambda: delivery.acked or delivery.given_up, SETTLED_S)

    def _after_submission(self, user: User, stack: list[Json], answer: Json) -> None:
        action = answer.get("response_action")
        try:
            if action == "update":
                self._views.replace(stack[-1], answer["view"])
            elif action == "push":
                self._views.pile(user.id, answer["view"])
            elif action == "clear":
                stack.clear()
            elif action != "errors":
                stack.pop()
        except Refused as refusal:
            self.workspace.violations.append(Violation("view_submission", refusal.error, "; ".join(refusal.messages)))


def _blocks(where: Message | Json) -> list[Json]:
    blocks: list[Json] = where.blocks if isinstance(where, Message) else where["blocks"]
    return blocks
