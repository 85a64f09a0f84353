"""`python -m tests.lab.slack --port 0` serves a lab; the first line it prints says in JSON how to reach it."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal

from tests.lab.slack.control import ServedLab
from tests.lab.slack.rates import Rates


async def serve(arguments: argparse.Namespace) -> None:
    rates = Rates({}) if arguments.no_rates else Rates()
    async with ServedLab(port=arguments.port, rates=rates, validate=not arguments.no_schemas) as lab:
        print(json.dumps(lab.described()), flush=True)
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A loopback Slack")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--no-rates", action="store_true", help="limit no rates")
    parser.add_argument("--no-schemas", action="store_true", help="do not check requests against Slack's types")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
