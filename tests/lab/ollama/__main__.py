"""The stand-in as a program: its first line of output is JSON, {"url": …, "models": […]}."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from tests.lab.ollama.cards import INSTALLED, LabModel
from tests.lab.ollama.lab import OllamaLab


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.ollama", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--model", action="append", default=[], help="install this model too; may be repeated")
    parser.add_argument("--tokens-per-second", type=float, default=0.0, help="of each stream; 0 is unpaced")
    parser.add_argument("--first-token-s", type=float, default=0.0)
    parser.add_argument("--prompt-tokens-per-second", type=float, default=0.0, help="of what no slot holds")
    parser.add_argument("--load-s", type=float, default=0.0)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--max-queue", type=int, default=512)
    parser.add_argument("--offer", action="append", default=[], help="NAME=BYTES: in the registry, to be pulled")
    parser.add_argument("--pull-bytes-per-second", type=float, default=0.0, help="0 is at once")
    parser.add_argument("--answer", default=None, help="answer every chat with this text")
    return parser.parse_args()


async def serve(chosen: argparse.Namespace) -> None:
    """Run until the process is ended."""
    lab = OllamaLab(
        (*INSTALLED, *(LabModel(name=name) for name in chosen.model)),
        port=chosen.port,
        tokens_per_second=chosen.tokens_per_second,
        first_token_s=chosen.first_token_s,
        prompt_tokens_per_second=chosen.prompt_tokens_per_second,
        load_s=chosen.load_s,
        parallel=chosen.parallel,
        max_queue=chosen.max_queue,
    )
    lab.pulls.bytes_per_s = chosen.pull_bytes_per_second
    for offered in chosen.offer:
        name, _, size = offered.rpartition("=")
        lab.offer(LabModel(name=name, size=int(size)))
    if chosen.answer is not None:
        lab.answer = lambda _: str(chosen.answer)
    async with lab:
        sys.stdout.write(json.dumps({"url": lab.url, "models": sorted(lab.models)}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
