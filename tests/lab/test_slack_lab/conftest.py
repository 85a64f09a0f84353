"""A lab, a person, a channel and the SDK's client for every test of the loopback Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.lab.slack import Channel, SlackLab, User

ALL = frozenset({"app_mention", "message.im", "message.channels", "app_home_opened", "agent_session_stopped"})


@pytest.fixture
async def lab() -> AsyncIterator[SlackLab]:
    async with SlackLab(ack_s=30, subscriptions=ALL) as lab:
        yield lab


@pytest.fixture
def noa(lab: SlackLab) -> User:
    return lab.add_user("Noa", locale="he-IL", admin=True)


@pytest.fixture
def general(lab: SlackLab, noa: User) -> Channel:
    return lab.add_channel("general", [noa])


@pytest.fixture
def client(lab: SlackLab) -> AsyncWebClient:
    return AsyncWebClient(token=lab.bot_token, base_url=lab.api_url)
