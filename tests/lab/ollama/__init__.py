"""A loopback stand-in for an Ollama server, answering in the shapes recorded from a real one.

    async with OllamaLab() as lab:
        lab.next_chat(Say("Hello."))
        ... talk to lab.url ...
        assert lab.chats[0].body["model"] == "smollm2:135m"

It runs in the test's own loop, or as a program: `python -m tests.lab.ollama --port 0 --tokens-per-second 50`.
"""

from tests.lab.ollama.cards import LabModel
from tests.lab.ollama.creating import Blob
from tests.lab.ollama.lab import LabRequest, OllamaLab
from tests.lab.ollama.pulls import PullFault
from tests.lab.ollama.script import (
    BUSY,
    CLOUD_IS_OFF,
    NO_SUBSCRIPTION,
    NOT_PAID,
    NOT_SIGNED_IN,
    OUT_OF_MEMORY,
    RETIRED,
    TOO_LARGE,
    Fault,
    Flood,
    LabChat,
    Reply,
    Say,
    echo,
)

__all__ = [
    "BUSY",
    "CLOUD_IS_OFF",
    "NOT_PAID",
    "NOT_SIGNED_IN",
    "NO_SUBSCRIPTION",
    "OUT_OF_MEMORY",
    "RETIRED",
    "TOO_LARGE",
    "Blob",
    "Fault",
    "Flood",
    "LabChat",
    "LabModel",
    "LabRequest",
    "OllamaLab",
    "PullFault",
    "Reply",
    "Say",
    "echo",
]
