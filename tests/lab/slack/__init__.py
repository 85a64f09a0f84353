"""A loopback Slack: Web API and Socket Mode with the platform's behaviour and limits, for the real SDKs.

`SlackLab` is the whole of it for a test: people say things, the wall shows what they would read.
"""

from tests.lab.slack.clock import LabClock
from tests.lab.slack.lab import SlackLab
from tests.lab.slack.rates import Rates
from tests.lab.slack.state import Channel, Message, User

__all__ = ["Channel", "LabClock", "Message", "Rates", "SlackLab", "User"]
