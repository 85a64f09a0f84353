"""Faults of a set-up, planted one at a time: the doctor finds each, finds nothing else, and says what to do."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.runtime.doctor import examine
from bot.settings import Settings
from bot.settings.host_settings import OllamaSettings
from bot.settings.platform_settings import DiscordSettings
from bot.settings.storage_settings import StorageSettings
from bot.storage.database import migration
from tests.clocks import JumpingClock
from tests.doctor.setup import MOST_S, SetUp, free_port, sound
from tests.lab.ollama import BUSY, OUT_OF_MEMORY, Reply

Plant = Callable[[SetUp], None]


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault: how it is planted, and what the doctor calls it, by area."""

    plant: Plant
    found: dict[str, str]


def set_(**variables: str) -> Plant:
    return lambda there: there.variables.update(variables)


def no_intent(there: SetUp) -> None:
    there.variables["DISCORD__MESSAGE_CONTENT"] = "true"


def no_server(there: SetUp) -> None:
    there.discord.world.guilds.clear()
    there.asked = f"slack:{there.slack.add_channel('general').id}"


def endpoint(there: SetUp) -> None:
    there.discord.core.interactions_endpoint = "https://old.example/interactions"


def code_grant(there: SetUp) -> None:
    there.discord.core.requires_code_grant = True


def commands_replaced(there: SetUp) -> None:
    there.discord.core.commands[0] = there.discord.core.commands[0][:2]


def gateway_down(there: SetUp) -> None:
    there.discord.gateway.is_down = True


def no_starts(there: SetUp) -> None:
    there.discord.gateway.identified = 1000


def no_rights(there: SetUp) -> None:
    there.channel.deny("send_messages", "attach_files")


def not_seen(there: SetUp) -> None:
    there.channel.deny("view_channel")


def no_channel(there: SetUp) -> None:
    there.asked = "discord:1234567890123456789"


def other_app(there: SetUp) -> None:
    there.slack.workspace.app_id = "A0OTHERAPP"


def no_scope(name: str) -> Plant:
    return lambda there: there.slack.workspace.scopes.remove(name)


def socket_off(there: SetUp) -> None:
    there.slack.workspace.socket_mode = False


def not_invited(there: SetUp) -> None:
    there.asked = f"slack:{there.slack.add_channel('general', with_bot=False).id}"


def not_invited_privately(there: SetUp) -> None:
    there.asked = there.slack.add_channel("secret", with_bot=False, private=True).id


def archived(there: SetUp) -> None:
    channel = there.slack.add_channel("old")
    channel.is_archived = True
    there.asked = f"slack:{channel.id}"


def openai(there: SetUp) -> None:
    not_found = Reply(404, body="404 page not found", content_type="text/plain")
    there.ollama.next_reply("/api/tags", *[not_found] * 5)
    there.ollama.next_reply("/v1/models", Reply(200, body='{"object": "list", "data": [{"id": "llama-3"}]}'))


def embeds_only(there: SetUp) -> None:
    there.variables["MODEL__DEFAULT"] = "all-minilm"


def empty_host(there: SetUp) -> None:
    there.ollama.models.clear()


def will_not_load(there: SetUp) -> None:
    there.ollama.refuse_chats("smollm2:135m", OUT_OF_MEMORY)


def silent_model(there: SetUp) -> None:
    there.ollama.refuse_chats("smollm2:135m", Reply(0))


def busy(there: SetUp) -> None:
    there.ollama.refuse_chats("smollm2:135m", BUSY)


def no_embedding(there: SetUp) -> None:
    there.variables["LESSONS__EMBEDDING_MODEL"] = "mxbai-embed-large"


def other_vectors(there: SetUp) -> None:
    columns = "course, lesson, language, title, path, number, url, source, content_hash, model, is_stale"
    with closing(sqlite3.connect(there.database)) as database:
        names = {row[1] for row in database.execute("PRAGMA table_info(lesson_documents)")}
        assert set(columns.split(", ")) - names == set(), names
        values = ("c", "l", "en", "t", "p", "1", "", "https://school.example/course", "h", "bge-m3", 0)
        database.execute(f"INSERT INTO lesson_documents ({columns}) VALUES ({', '.join('?' * 11)})", values)
        database.commit()


def old_lessons(there: SetUp) -> None:
    other_vectors(there)
    source = "https://school.example/course"
    failure = '{"key": "error.lessons_git", "parameters": {"address": "a", "reason": "404"}}'
    moment = "2026-01-02 03:04:05.000000"
    values = (source, f'{{"source": "{source}"}}', '{"c": ""}', "", moment, moment, failure, "", moment)
    with closing(sqlite3.connect(there.database)) as database:
        database.execute("UPDATE lesson_documents SET model = ''")
        database.execute(f"INSERT INTO lesson_sources VALUES ({', '.join('?' * len(values))})", values)
        database.commit()


def blocked_folder(there: SetUp) -> None:
    (there.folder / "notes").write_text("no folder")
    there.variables["STORAGE__PATH"] = "notes/lyceum.db"


def foreign(there: SetUp) -> None:
    there.database.unlink()
    with closing(sqlite3.connect(there.database)) as database:
        database.execute("CREATE TABLE songs (title)")
        database.commit()
    there.database.chmod(0o600)


def behind(there: SetUp) -> None:
    there.database.unlink()
    migration.upgrade(there.database)
    migration.downgrade(there.database, "0001")


def damaged(there: SetUp) -> None:
    there.database.write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)


def readable_settings(there: SetUp) -> None:
    (there.folder / ".env").chmod(0o644)


def readable_database(there: SetUp) -> None:
    there.database.chmod(stat.S_IMODE(0o604))


def proxy(there: SetUp) -> None:
    there.variables["OLLAMA__HOSTS"] = "gpu.internal"
    there.environment = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "example.org"}


def wrong_proxy(there: SetUp) -> None:
    there.environment = {"HTTPS_PROXY": "proxy.example:port"}


def socks_proxy(there: SetUp) -> None:
    there.environment = {"ALL_PROXY": "socks5://127.0.0.1:9"}


def taken_port(there: SetUp) -> None:
    there.variables["HEALTH__PORT"] = there.ollama.url.rpartition(":")[2]


SLACK_AWAY = {"slack.bot_token": "check.unreachable", "slack.app_token": "check.unreachable"}
FAULTS = {
    "a Discord token that is none": Planted(set_(DISCORD__TOKEN="none"), {"discord.token": "discord.token_refused"}),
    "an intent that is off in the portal": Planted(no_intent, {"discord.intents": "discord.intent_refused"}),
    "no server": Planted(no_server, {"discord.servers": "check.discord_no_server"}),
    "another server than the settings allow": Planted(
        set_(ACCESS__WORKSPACES="discord:123"), {"discord.servers": "check.discord_not_in"}
    ),
    "an interactions endpoint": Planted(endpoint, {"discord.interactions": "check.discord_endpoint"}),
    "a code grant": Planted(code_grant, {"discord.invitation": "check.discord_code_grant"}),
    "commands that something else replaced": Planted(
        commands_replaced, {"discord.commands": "check.discord_commands_gone"}
    ),
    "a gateway that cannot be reached": Planted(gateway_down, {"discord.gateway": "check.discord_gateway"}),
    "no starts left today": Planted(no_starts, {"discord.gateway": "check.discord_starts"}),
    "rights that lack in the channel": Planted(no_rights, {"discord.channel": "check.discord_rights"}),
    "a channel the bot cannot see": Planted(not_seen, {"discord.channel": "check.discord_rights"}),
    "a channel that is none": Planted(no_channel, {"discord.channel": "check.discord_channel_unknown"}),
    "Discord away": Planted(
        set_(DISCORD__API_URL="http://127.0.0.1:9/api/v10"), {"discord.token": "check.unreachable"}
    ),
    "a Slack bot token that is none": Planted(
        set_(SLACK__BOT_TOKEN="xoxb-none"), {"slack.bot_token": "slack.token_refused"}
    ),
    "a Slack app token that is none": Planted(
        set_(SLACK__APP_TOKEN="xapp-none"), {"slack.app_token": "slack.token_refused"}
    ),
    "Slack away": Planted(
        set_(SLACK__API_URL="http://127.0.0.1:9/api/"),
        SLACK_AWAY,
    ),
    "a scope for files that lacks": Planted(no_scope("files:write"), {"slack.scopes": "check.slack_scopes"}),
    "a scope for mentions that lacks": Planted(no_scope("app_mentions:read"), {"slack.scopes": "check.slack_unheard"}),
    "tokens of two apps": Planted(other_app, {"slack.app": "check.slack_two_apps"}),
    "Socket Mode off": Planted(socket_off, {"slack.socket": "check.slack_socket_off"}),
    "a Slack channel without the bot": Planted(not_invited, {"slack.channel": "check.slack_channel"}),
    "a private one": Planted(not_invited_privately, {"slack.channel": "check.slack_channel"}),
    "an archived one": Planted(archived, {"slack.channel": "check.slack_archived"}),
    "a workspace the settings do not allow": Planted(
        set_(ACCESS__WORKSPACES="slack:T0OTHER"), {"slack.workspace": "check.slack_not_in"}
    ),
    "no model host": Planted(set_(OLLAMA__HOSTS="127.0.0.1:9"), {"models.host": "host.silent"}),
    "another engine than Ollama": Planted(openai, {"models.host": "check.host_openai"}),
    "a host without models": Planted(empty_host, {"models.host": "host.empty"}),
    "a default model that is not there": Planted(
        set_(MODEL__DEFAULT="gone:1b"), {"models.default": "doctor.default_missing"}
    ),
    "a default model that cannot chat": Planted(embeds_only, {"models.default": "check.default_cannot_chat"}),
    "a model that needs more memory": Planted(will_not_load, {"models.answer": "check.no_token"}),
    "a model host that is busy": Planted(busy, {"models.answer": "check.no_token"}),
    "a model that says nothing": Planted(silent_model, {"models.answer": "check.token_late"}),
    "an embedding model that is not there": Planted(no_embedding, {"lessons.embedding": "check.embedding"}),
    "lessons that could not be taken in anew": Planted(old_lessons, {"lessons.refresh": "check.lessons_refresh"}),
    "vectors of another model": Planted(other_vectors, {"lessons.index": "check.lessons_vectors"}),
    "a folder that is none": Planted(blocked_folder, {"database": "check.database_folder"}),
    "a database of another program": Planted(foreign, {"database": "error.storage_foreign"}),
    "an old database": Planted(behind, {"database": "error.storage_behind"}),
    "a damaged database": Planted(damaged, {"database": "error.storage_not_a_database"}),
    "settings that others may read": Planted(readable_settings, {"files": "files.settings"}),
    "a database that others may read": Planted(readable_database, {"files": "files.database"}),
    "a port that is taken": Planted(taken_port, {"port": "check.port_taken"}),
    "an address of another machine": Planted(
        set_(HEALTH__PORT=str(free_port()), HEALTH__HOST="192.0.2.1"), {"port": "check.port_address"}
    ),
    "a proxy before the model host": Planted(
        proxy, {"proxy": "check.proxy_host", "models.host": "host.silent"} | SLACK_AWAY
    ),
    "a proxy that is none": Planted(wrong_proxy, {"proxy": "check.proxy_wrong"} | SLACK_AWAY),
    "a SOCKS proxy": Planted(socks_proxy, {"proxy": "check.proxy_wrong"}),
    "a channel that the settings leave out": Planted(
        set_(ACCESS__CHANNELS="discord:42"), {"access": "check.channel_not_listed"}
    ),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_planted_fault_is_found_and_no_other(name: str, tmp_path: Path) -> None:
    async with sound(tmp_path) as there:
        FAULTS[name].plant(there)
        told = await there.doctor()

    assert told.problems == FAULTS[name].found
    assert told.code == 1
    assert told.took_s < MOST_S
    assert [each for each in told.findings if each["state"] == "problem" and not (each["shows"] and each["fix"])] == []


@pytest.mark.parametrize("days", [-1, 1, 400])
async def test_a_clock_that_is_wrong_is_found(days: float, tmp_path: Path) -> None:
    async with sound(tmp_path) as there:
        settings = Settings(
            discord=DiscordSettings(
                token=SecretStr(there.discord.token),
                api_url=there.discord.api_url,
                gateway_url=there.discord.gateway_url,
            ),
            ollama=OllamaSettings(hosts=(there.ollama.url,)),
            storage=StorageSettings(path=str(there.database)),
        )
        found = await examine(settings, clock=JumpingClock(days=days))

    assert [each.notice.key for each in found if not each.is_well] == ["check.clock_wrong"]
