"""`lyceum setup`: asks one question at a time, checks each answer, writes `.env`, and ends with doctor."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr, ValidationError

from bot.cli.findings import report_on, say_finding
from bot.cli.output import say, tell
from bot.clock import SYSTEM_CLOCK
from bot.domain import Notice
from bot.domain.check_result import CheckResult, CheckState
from bot.engine.catalog import tidy_name
from bot.errors import BotError, UserError
from bot.settings import DOTENV, Settings, load
from bot.settings.dotenv_file import keep_copy, replaced_in, write_values
from bot.settings.group import DELIMITER, PREFIX, variable
from bot.settings.host_settings import EngineSettings, OllamaSettings

HOSTS, MODEL = variable("ollama", "hosts"), variable("model", "default")
ENGINE = "main"
ENGINE_URL, ENGINE_KEY = variable("engines", ENGINE, "url"), variable("engines", ENGINE, "key")
ASK_S, WRONG_KEY = 5.0, "error.engine_key"
REFUSED = ".token_refused"
# Of what a platform tells, this is of use before there is anything to doctor.
TOLD_EARLY = ("token", "invitation")


def set_up(*, dotenv: Path = DOTENV) -> int:
    """Ask, write, and return the number of problems that the doctor finds then.

    Raises:
        SettingsError: what is set already is wrong.
        UserError: the answers ended too early, or the file cannot be written.
    """
    before = load(dotenv)
    from bot.observe import logs

    logs.configure(level="error", form="plain", secrets=before.secrets())
    say(Notice("setup.begin"))
    answers = SetupAnswers(before)
    asyncio.run(answers.collect())
    _write(dotenv, answers.values)
    say(Notice("setup.looking"))
    return report_on(load(dotenv))


def ask(question: Notice) -> str | None:
    """Ask, and return the answer; None where nobody answers any more."""
    print(tell(question), end="", flush=True)
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not _is_terminal():
        print(flush=True)
    return line.strip() if line else None


def ask_secretly(question: Notice) -> str | None:
    """Do the same without showing in a terminal what is typed."""
    if not _is_terminal():
        return ask(question)
    try:
        return getpass.getpass(tell(question)).strip()
    except EOFError:
        return None


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


@dataclass(slots=True)
class SetupAnswers:
    """The settings as they are with what was answered so far; `values` is what is to be written."""

    settings: Settings
    values: dict[str, str] = field(default_factory=dict)

    async def collect(self) -> None:
        """Ask everything."""
        from bot.runtime.platforms import PLATFORMS

        for platform in PLATFORMS:
            say(Notice(f"setup.{platform.name.lower()}", {"link": platform.creation_link()}))
            is_on = False
            for name, prefix in zip(platform.variables, platform.token_prefixes, strict=True):
                is_on = await self._token(platform.name, name, prefix, is_needed=is_on)
                if not is_on:
                    break
        await self._host()
        await self._model()

    async def _token(self, platform: str, name: str, prefix: str, *, is_needed: bool) -> bool:
        """Ask until a token is taken or left out; return whether there is one."""
        is_set = self._value(name) is not None
        question = Notice("setup.token_set" if is_set else "setup.token", {"variable": name, "name": platform})
        was_refused = False
        while True:
            answer = ask_secretly(question)
            if answer is None and (was_refused or is_needed) and not is_set:
                raise UserError("setup.ended")
            if not answer:
                if is_set or not is_needed:
                    return is_set
                say(Notice("setup.both", {"name": platform, "variable": name}))
            elif not answer.startswith(prefix):
                say(Notice("setup.prefix", {"prefix": prefix}))
            elif await self._is_taken(platform, name, answer):
                self.values[name] = answer
                return True
            was_refused = bool(answer)

    async def _is_taken(self, platform: str, name: str, token: str) -> bool:
        changed = _with(self.settings, name, SecretStr(token))
        found = await _platform_checked(changed, platform)
        refused = [each for each in found if each.notice.key.endswith(REFUSED)]
        mine = [each for each in refused if each.notice.parameters.get("variable") == name]
        for each in mine or found:
            if each.area.rpartition(".")[2].endswith(TOLD_EARLY) or each.state is CheckState.PROBLEM:
                say_finding(each)
        if not mine:
            self.settings = changed
        return not mine

    def _value(self, name: str) -> object:
        group, key = _path(name)
        return getattr(getattr(self.settings, group), key)

    async def _host(self) -> None:
        shown = ",".join(self.settings.ollama.hosts)
        while answer := ask(Notice("setup.host", {"host": shown})):
            try:
                hosts = OllamaSettings.model_validate({"hosts": answer}).hosts
            except ValidationError:
                say(Notice("setup.host_wrong", {"host": answer if "@" not in answer else "***"}))
                continue
            if len(hosts) > 1 or not await self._engine(hosts[0]):
                self.settings = _with(self.settings, HOSTS, hosts)
                self.values[HOSTS] = ",".join(hosts)
            return

    async def _engine(self, url: str) -> bool:
        """Take an address at which an engine with OpenAI's API answers; False where none does."""
        from bot.llm.openai_engine import EngineBackend

        key = ""
        while True:
            backend = EngineBackend(url=url, key=key, stall_s=ASK_S)
            try:
                await backend.models()
            except BotError as error:
                if error.key != WRONG_KEY or not (key := ask_secretly(Notice("setup.engine_key", {"host": url})) or ""):
                    return False
                continue
            finally:
                await backend.close()
            engine = EngineSettings(url=url, key=SecretStr(key) if key else None)
            self.settings = self.settings.model_copy(update={"engines": {ENGINE: engine}})
            self.values |= {ENGINE_URL: url} | ({ENGINE_KEY: key} if key else {})
            say(Notice("setup.engine", {"host": url}))
            return True

    async def _model(self) -> None:
        from bot.runtime.backends import choose_backend

        chosen = await choose_backend(self.settings, clock=SYSTEM_CLOCK)
        await chosen.backend.close()
        say(chosen.statement)
        names = [card.name for card in chosen.cards if card.can_chat]
        if not names or chosen.cards[0].is_demonstration:
            return
        default = self.settings.model.default or Notice("setup.model_none")
        while answer := ask(Notice("setup.model", {"models": ", ".join(names), "model": default})):
            if tidy_name(answer) in {tidy_name(name) for name in names}:
                self.values[MODEL] = answer
                return
            say(Notice("setup.model_wrong", {"model": answer}))


def _path(name: str) -> tuple[str, str]:
    group, _, key = name.removeprefix(PREFIX).lower().partition(DELIMITER.lower())
    return group, key


def _with(settings: Settings, name: str, value: object) -> Settings:
    """Return the settings with one value changed, also where others that it needs are not there yet."""
    group, key = _path(name)
    return settings.model_copy(update={group: getattr(settings, group).model_copy(update={key: value})})


async def _platform_checked(settings: Settings, name: str) -> Sequence[CheckResult]:
    from bot.runtime.platforms import PLATFORMS, CheckupRequest

    platform = next(each for each in PLATFORMS if each.name == name)
    return await platform.checkup(CheckupRequest(settings=settings))()


def _write(dotenv: Path, values: Mapping[str, str]) -> None:
    """Write what was answered, and say what is replaced by it."""
    if not values:
        say(Notice("setup.nothing", {"path": dotenv}))
        return
    try:
        if replaced := replaced_in(dotenv, values):
            said = {"path": dotenv, "variables": ", ".join(replaced), "copy": keep_copy(dotenv)}
            say(Notice("setup.replaced", said))
        write_values(dotenv, values)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UserError("setup.unwritten", path=dotenv, reason=reason) from error
    say(Notice("setup.written", {"path": dotenv, "variables": ", ".join(values)}))
    names = {name.upper() for name in os.environ}
    if winning := [name for name in values if name in names]:
        say(Notice("setup.environment", {"path": dotenv, "variables": ", ".join(winning)}))
