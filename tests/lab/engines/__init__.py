"""Loopback stand-ins for engines with OpenAI's API, each answering in the shapes of its own.

    async with EngineLab(Kind.VLLM) as lab:
        lab.next_chat(Say("Hello."))
        ... talk to lab.url ...
        assert lab.chats[0].body["model"] == "smollm2:135m"

llama.cpp's and its router's shapes are those that were recorded; the others' are read from their sources.
"""

from tests.lab.engines.kinds import EngineModelOfLab, Kind
from tests.lab.engines.lab import EngineLab

__all__ = ["EngineLab", "EngineModelOfLab", "Kind"]
