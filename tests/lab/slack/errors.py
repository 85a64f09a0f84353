"""How the platform says no."""

from __future__ import annotations

from tests.lab.slack.state import Json


class Refused(Exception):
    """An answer with `ok: false`. `error` is Slack's code; `messages` are its explanations."""

    def __init__(self, error: str, *messages: str) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.messages = messages

    def answer(self) -> Json:
        """Return the body of the answer."""
        body: Json = {"ok": False, "error": self.error}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return body
