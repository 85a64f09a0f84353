"""How often a method may be called: the platform's tiers, and 429 with `Retry-After` beyond them."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from tests.lab.slack.clock import LabClock


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` within `seconds`; counted per channel where `per_channel`."""

    calls: int
    seconds: float
    per_channel: bool = False


TIER_1, TIER_2, TIER_3, TIER_4 = Rate(1, 60), Rate(20, 60), Rate(50, 60), Rate(100, 60)
# chat.postMessage: one a second and channel, with short bursts over it; the burst here is five in five seconds.
POSTING = Rate(5, 5, per_channel=True)
RATES = {
    "chat.postMessage": POSTING,
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "chat.delete": TIER_3,
    "chat.startStream": TIER_2,
    "chat.stopStream": TIER_2,
    "chat.appendStream": TIER_4,
    "agents.sessions.setStatus": TIER_3,
    "conversations.history": TIER_3,
    "conversations.replies": TIER_3,
    "conversations.info": TIER_3,
    "conversations.open": TIER_3,
    "reactions.add": TIER_3,
    "reactions.remove": TIER_2,
    "users.info": TIER_4,
    "views.open": TIER_4,
    "views.update": TIER_4,
    "views.push": TIER_4,
    "views.publish": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
}


@dataclass(slots=True)
class Rates:
    """The limits in force. Change `limits` to try others; an empty mapping limits nothing."""

    limits: dict[str, Rate] = field(default_factory=lambda: dict(RATES))
    _seen: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def retry_after_s(self, method: str, channel: str, clock: LabClock) -> int | None:
        """Count a call; return None when it may pass, else the whole seconds to wait before the next."""
        rate = self.limits.get(method)
        if rate is None:
            return None
        seen = self._seen.setdefault((method, channel if rate.per_channel else ""), deque())
        now = clock.now()
        while seen and seen[0] <= now - rate.seconds:
            seen.popleft()
        if len(seen) >= rate.calls:
            return max(1, math.ceil(seen[0] + rate.seconds - now))
        seen.append(now)
        return None
