"""Settings: `schema` says what there is, `checks` what a value may be, `load` reads them and says what is wrong."""

from bot.settings.group import PREFIX, variable
from bot.settings.load import DOTENV, SettingsError, load
from bot.settings.schema import Settings, fields

__all__ = ["DOTENV", "PREFIX", "Settings", "SettingsError", "fields", "load", "variable"]
