"""What an agent shows beside its messages: session states, status lines, titles, suggested prompts."""

from __future__ import annotations

from tests.lab.slack.chat import Chat
from tests.lab.slack.errors import Refused
from tests.lab.slack.events import Events
from tests.lab.slack.state import Json, Status, Workspace
from tests.lab.slack.streams import SESSION_STATES
from tests.lab.slack.web_api import Method

LOADING_MESSAGES, PROMPTS, TITLE = 10, 4, 200


class Agents:
    """The methods `agents.sessions.*` and `assistant.threads.*`."""

    def __init__(self, workspace: Workspace, events: Events, chat: Chat) -> None:
        self._workspace = workspace
        self._events = events
        self._chat = chat

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {
            "agents.sessions.setStatus": self.set_session,
            "agents.sessions.rename": self.set_title,
            "assistant.threads.setStatus": self.set_status,
            "assistant.threads.setTitle": self.set_title,
            "assistant.threads.setSuggestedPrompts": self.set_prompts,
        }

    def set_session(self, arguments: Json) -> Json:
        """Set the session's state; while it is "processing", people see the platform's Stop button."""
        key = self._conversation(arguments)
        if arguments.get("status") not in SESSION_STATES:
            raise Refused("invalid_arguments", "status must be active, processing, suspended or closed")
        if len(arguments.get("title") or "") > TITLE:
            raise Refused("invalid_arguments", "title is over 200 characters")
        if arguments.get("title"):
            self._workspace.titles.setdefault(key, arguments["title"])
        old = self._workspace.status(*key)
        text = old.text if arguments["status"] == "processing" else ""
        loading = old.loading_messages if text else ()
        self._set(key, Status(text, loading, arguments["status"], self._workspace.clock.now()))
        answer = {"status": arguments["status"], "title": self._workspace.titles.get(key, "")}
        if "agent_session_stopped" not in self._events.subscriptions:
            answer["warning"] = "missing_agent_session_stopped_event_subscription"
        return answer

    def set_status(self, arguments: Json) -> Json:
        """Show "<bot> <status>" under the conversation; an empty status takes it away."""
        key = self._conversation(arguments)
        loading = tuple(arguments.get("loading_messages") or ())
        if len(loading) > LOADING_MESSAGES:
            raise Refused("invalid_arguments", "loading_messages has over 10 items")
        session = self._workspace.status(*key).session
        self._set(key, Status(str(arguments["status"]), loading, session, self._workspace.clock.now()))
        return {}

    def set_title(self, arguments: Json) -> Json:
        """Name the conversation."""
        key = self._conversation(arguments)
        if not 0 < len(arguments["title"]) <= TITLE:
            raise Refused("invalid_arguments", "title must have 1-200 characters")
        self._workspace.titles[key] = arguments["title"]
        return {}

    def set_prompts(self, arguments: Json) -> Json:
        """Suggest prompts; without a thread in the DM's Messages tab."""
        channel = self._chat.channel(arguments, "channel_id")
        prompts = arguments["prompts"]
        if not 0 < len(prompts) <= PROMPTS:
            raise Refused("invalid_arguments", "prompts must have 1-4 items")
        if not all(prompt.get("title") and prompt.get("message") for prompt in prompts):
            raise Refused("invalid_arguments", "a prompt needs a title and a message")
        self._workspace.prompts[channel.id, str(arguments.get("thread_ts") or "")] = prompts
        self._workspace.bell.ring()
        return {}

    def _conversation(self, arguments: Json) -> tuple[str, str]:
        channel = self._chat.channel(arguments, "channel_id")
        thread_ts = self._chat.thread(channel, arguments)
        if thread_ts is None:
            raise Refused("invalid_arguments", "missing required field: thread_ts")
        return channel.id, thread_ts

    def _set(self, key: tuple[str, str], status: Status) -> None:
        self._workspace.statuses[key] = status
        self._workspace.status_log.append((key, status))
        self._workspace.bell.ring()
