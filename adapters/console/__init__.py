"""The console: the same engine in a terminal or a pipe. One line is one message; answers stream as they come.

The person at the console runs the bot, so they are its admin, and the conversation goes on from one start to the next
like a direct message.
"""

from adapters.console.chat import Console
from adapters.console.poster import unmarked
from adapters.console.terminal import Screen, locale_of_console, standard_input

__all__ = ["Console", "Screen", "locale_of_console", "standard_input", "unmarked"]
