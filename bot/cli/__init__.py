"""The command line: `lyceum` and what each of its commands does and prints."""

from bot.cli.main import main

__all__ = ["main"]
