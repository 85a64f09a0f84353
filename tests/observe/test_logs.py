from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from bot.observe import logs


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def open_socket(url: str) -> None:
    raise ConnectionError(url)


def test_an_event_is_one_json_object_a_line() -> None:
    stream = StringIO()
    logs.configure(level="info", form="json", stream=stream)

    structlog.get_logger().info("turn.done", model="שלום", seconds=1.5)

    event = json.loads(stream.getvalue())
    assert (event["event"], event["model"], event["seconds"], event["level"]) == ("turn.done", "שלום", 1.5, "info")
    assert event["timestamp"].endswith("Z")


def test_libraries_are_heard_from_warnings_on_in_the_same_form() -> None:
    stream = StringIO()
    logs.configure(level="debug", form="json", stream=stream)

    logging.getLogger("library").info("chatter")
    logging.getLogger("library").warning("slow by %d s", 3)

    event = json.loads(stream.getvalue())
    assert (event["event"], event["level"], event["logger"]) == ("slow by 3 s", "warning", "library")


def test_less_than_the_level_is_left_out() -> None:
    stream = StringIO()
    logs.configure(level="error", form="console", stream=stream)

    structlog.get_logger().warning("catalog.slow")
    logging.getLogger("library").warning("slow")

    assert stream.getvalue() == ""


@pytest.mark.parametrize("form", ["console", "json", "plain"])
def test_a_secret_is_left_out_wherever_it_turns_up(form: str) -> None:
    stream = StringIO()
    logs.configure(level="info", form=form, secrets=("hunter2", ""), stream=stream)

    structlog.get_logger().info("sent", url="https://x.example/bot hunter2/")
    try:
        open_socket("wss://x.example?ticket=hunter2")
    except ConnectionError:
        logging.getLogger("library").exception("broken %s", "hunter2")

    assert "hunter2" not in stream.getvalue()
    assert "***" in stream.getvalue()


def test_under_a_chat_a_warning_is_one_short_line() -> None:
    stream = StringIO()
    logs.configure(level="warning", form="plain", stream=stream)

    structlog.get_logger().info("hidden")
    try:
        open_socket("two\nlines")
    except ConnectionError:
        structlog.get_logger().warning("model.slow", host="gpu\n:1", exc_info=True)

    assert stream.getvalue() == "lyceum: warning: model.slow host=gpu :1\n"
