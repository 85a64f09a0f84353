"""The other side of every ratio: the bare `ollama` client, reading the same stand-in in the same run."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ollama import AsyncClient

from tests.bench.rig.programs import MODEL

# As the bot asks, so that the model is not loaded anew between the two.
OPTIONS = {"num_ctx": 8192, "num_predict": 1024}


@dataclass(frozen=True, slots=True)
class Received:
    """When the first and the last token had come, in seconds since 1970."""

    first_at: float
    last_at: float


async def ask(client: AsyncClient, question: str, *, answer_tokens: int = 1024) -> Received:
    """Ask and read the whole answer."""
    options = OPTIONS | {"num_predict": answer_tokens}
    stream = await client.chat(MODEL, [{"role": "user", "content": question}], stream=True, options=options)
    arrivals = [time.time() async for part in stream if part.message.content]
    return Received(arrivals[0], arrivals[-1])
