"""How often Slack takes a call: its published tiers, each counted for the app in a workspace, posts for a channel.

Slack tells nothing before it refuses. Its tiers say "50 and more a minute": a refusal makes the governor meek.
"""

from __future__ import annotations

import re

from yarl import URL

from adapters.delivery.buckets import Bucket, Rate, SlidingWindow
from adapters.delivery.governor import Governor, Rank
from bot.clock import Clock

POST = "chat.postMessage"
UPDATE = "chat.update"
START = "chat.startStream"
APPEND = "chat.appendStream"
STOP = "chat.stopStream"
_METHOD = re.compile(r"[a-zA-Z]{2,20}(?:\.[a-zA-Z]{2,40}){1,4}")
# An answer whose stream could not begin within this is posted and updated instead.
LONGEST_WAIT_TO_STREAM_S = 0.5
# Messages: one a second, with short bursts above it.
RATES = {
    POST: Rate(5, 5.0),
    UPDATE: Rate(50, 60.0),
    START: Rate(20, 60.0),
    APPEND: Rate(100, 60.0),
    STOP: Rate(20, 60.0),
}


def governor(clock: Clock) -> Governor:
    """Return a governor for one workspace."""
    return Governor(new_bucket=_new_bucket, clock=clock)


def call_name(_: str, address: URL) -> str:
    """Return the method of the Web API that an address is of; "files" for what is fetched or sent elsewhere."""
    return address.name if _METHOD.fullmatch(address.name) and "/api/" in address.path else "files"


def name(method: str, channel: str) -> str:
    """Return the name of the bucket of a method; of messages each channel has its own."""
    return f"{method} {channel}" if method == POST else method


def may_stream(governor: Governor) -> bool:
    """Whether a stream can begin now, and end when it is over; else updates show the words sooner."""
    return governor.wait_s(START, Rank.FIRST_WORDS) <= LONGEST_WAIT_TO_STREAM_S and governor.has_room(STOP)


def _new_bucket(bucket: str) -> Bucket | None:
    rate = RATES.get(bucket.partition(" ")[0])
    return SlidingWindow(rate) if rate else None
