"""python -m tests.lab.discord: serve a loopback Discord until SIGTERM or Ctrl-C.

The first line on standard output is JSON: where it listens, the bot's token, and the ids of its channels and people.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal

from tests.lab.discord import control
from tests.lab.discord.lab import DiscordLab
from tests.lab.discord.rest import ROUTES


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.lab.discord", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--channels", type=int, default=1, help="how many text channels there are")
    parser.add_argument("--users", type=int, default=1, help="how many people there are")
    parser.add_argument("--message-content", action="store_true", help="switch the message content intent on")
    parser.add_argument("--unlimited", action="store_true", help="enforce no rate limits")
    parser.add_argument("--no-schemas", action="store_true", help="do not check requests against the published schema")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    lab = DiscordLab(
        port=arguments.port,
        message_content=arguments.message_content,
        identify_interval_s=0.0,
        validate=not arguments.no_schemas,
    )
    control.install(lab)
    guild = lab.add_guild("School")
    channels = [guild.add_channel(f"channel-{number}") for number in range(arguments.channels)]
    users = [lab.add_user(f"Person {number}") for number in range(arguments.users)]
    for user in users:
        guild.add_member(user, admin=user is users[0])
    if arguments.unlimited:
        _lift_limits(lab)
    async with lab:
        places = {"channels": [str(each.id) for each in channels], "users": [str(each.id) for each in users]}
        urls = {"api_url": lab.api_url, "gateway_url": lab.gateway_url, "control_url": f"{lab.world.cdn_url}/lab"}
        print(json.dumps({**urls, "token": lab.token, "bot": str(lab.bot.id), **places}), flush=True)
        await _asked_to_stop()


def _lift_limits(lab: DiscordLab) -> None:
    lab.rate_limits.global_per_s = 1_000_000
    for method, route in ROUTES:
        lab.rate_limits.set(f"{method} {route}", 1_000_000, 1.0)


async def _asked_to_stop() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
