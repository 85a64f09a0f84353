"""Discord, through discord.py: the only room that knows it."""
