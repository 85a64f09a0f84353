"""What a host says of its trouble is shown without what only its operator is to know."""

from __future__ import annotations

import pytest

from bot.llm.host_words import told_by


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "dial tcp: lookup registry.ollama.ai on 10.20.0.2:53: no such host",
            "dial tcp: lookup registry.ollama.ai on …: no such host",
        ),
        ("read tcp 192.168.7.9:51234->104.21.75.227:443: reset", "read tcp …->…: reset"),
        ("dial tcp [fd00:20::2]:443: connect: refused", "dial tcp …: connect: refused"),
        ("Ollama 0.12.3 or newer is needed", "Ollama 0.12.3 or newer is needed"),
    ],
)
def test_addresses_of_machines_are_left_out(said: str, shown: str) -> None:
    assert told_by(said) == shown
