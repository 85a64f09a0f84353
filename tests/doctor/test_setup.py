"""`lyceum setup`: one question at a time through a pipe, each token checked, `.env` written, the doctor at the end."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from adapters.discord.rights import NEEDED
from adapters.slack.manifest import SCOPES
from bot.settings import load
from bot.settings.dotenv_file import replaced_in, write_values
from tests.cli_process import Done, Lyceum
from tests.doctor.setup import SetUp, sound

TOKENS = ("DISCORD__TOKEN", "SLACK__BOT_TOKEN", "SLACK__APP_TOKEN", "OLLAMA__HOSTS", "MODEL__DEFAULT")


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[SetUp]:
    """A team that has its apps, its model host and its tokens, and has set nothing but where the labs are."""
    async with sound(tmp_path) as made:
        made.variables = {name: value for name, value in made.variables.items() if name not in TOKENS}
        (tmp_path / ".env").unlink()
        yield made


async def answered(there: SetUp, *answers: str, language: str = "en_US.UTF-8") -> Done:
    lyceum = Lyceum(there.folder, there.variables, language)
    return await lyceum("setup", said="".join(f"{answer}\n" for answer in answers).encode())


def tokens(there: SetUp) -> tuple[str, str, str]:
    return there.discord.token, there.slack.bot_token, there.slack.app_token


async def test_a_newcomer_with_tokens_ends_with_all_well(there: SetUp) -> None:
    done = await answered(there, *tokens(there), there.ollama.url, "smollm2:135m")
    file = there.folder / ".env"

    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("All is well.\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == (
        f"LYCEUM_DISCORD__TOKEN={there.discord.token}\n"
        f"LYCEUM_SLACK__BOT_TOKEN={there.slack.bot_token}\n"
        f"LYCEUM_SLACK__APP_TOKEN={there.slack.app_token}\n"
        f"LYCEUM_OLLAMA__HOSTS={there.ollama.url}\n"
        "LYCEUM_MODEL__DEFAULT=smollm2:135m\n"
    )
    assert [token for token in tokens(there) if token in done.out] == []


async def test_the_invitation_asks_for_exactly_what_is_needed(there: SetUp) -> None:
    done = await answered(there, there.discord.token)
    link = next(word for word in done.out.split() if "oauth2/authorize" in word)
    asked = parse_qs(urlsplit(link).query)

    assert int(asked["permissions"][0]) == discord.Permissions(**dict.fromkeys(NEEDED, True)).value
    assert asked["scope"] == ["bot applications.commands"]
    assert asked["client_id"] == [str(there.discord.application_id)]


async def test_the_slack_app_is_made_by_a_link_with_the_manifest(there: SetUp) -> None:
    done = await answered(there, "", "")
    link = next(word for word in done.out.split() if "api.slack.com/apps?new_app=1" in word)

    assert [scope for scope in SCOPES if scope not in parse_qs(urlsplit(link).query)["manifest_json"][0]] == []


async def test_one_platform_is_enough(there: SetUp) -> None:
    done = await answered(there, there.discord.token, "", there.ollama.url, "")

    assert done.code == 0
    assert "SLACK" not in (there.folder / ".env").read_text()


async def test_a_token_that_is_refused_is_asked_for_again(there: SetUp) -> None:
    done = await answered(there, "wrong", there.discord.token, "", there.ollama.url, "")

    assert "Discord refuses the token" in done.out
    assert (there.folder / ".env").read_text().startswith(f"LYCEUM_DISCORD__TOKEN={there.discord.token}\n")


async def test_a_token_of_another_kind_is_told_at_once(there: SetUp) -> None:
    done = await answered(there, "", there.slack.app_token, *tokens(there)[1:], there.ollama.url, "")

    assert "begins with xoxb-" in done.out
    assert done.code == 0


@pytest.mark.parametrize("answers", [("wrong",), ("", "xoxb-wrong")])
async def test_answers_that_end_at_a_refused_token_write_nothing(there: SetUp, answers: tuple[str, ...]) -> None:
    done = await answered(there, *answers)

    assert done.code == 1
    assert "Nothing was written." in done.err
    assert not (there.folder / ".env").exists()
    assert done.is_plain


async def test_half_of_a_platforms_tokens_write_nothing(there: SetUp) -> None:
    done = await answered(there, "", there.slack.bot_token, "")

    assert done.code == 1
    assert "Slack needs LYCEUM_SLACK__APP_TOKEN, too." in done.out
    assert not (there.folder / ".env").exists()


async def test_what_is_set_is_kept_by_enter_and_never_replaced_in_silence(there: SetUp) -> None:
    file = there.folder / ".env"
    before = f"# ours\nLYCEUM_DISCORD__TOKEN={there.discord.token}\nLYCEUM_MODEL__DEFAULT=gone:1b\nOTHER='a b'\n"
    file.write_text(before)
    file.chmod(0o600)
    done = await answered(there, "", "", there.ollama.url, "think-demo")
    copy = there.folder / ".env.old-1"

    assert "these are replaced: LYCEUM_MODEL__DEFAULT." in done.out
    assert (copy.read_text(), stat.S_IMODE(copy.stat().st_mode)) == (before, 0o600)
    assert file.read_text() == before.replace("gone:1b", "think-demo") + f"LYCEUM_OLLAMA__HOSTS={there.ollama.url}\n"
    assert done.code == 0


async def test_wrong_addresses_and_models_are_asked_for_again(there: SetUp) -> None:
    done = await answered(there, there.discord.token, "", "ftp://x", there.ollama.url, "gone:1b", "think-demo")

    assert "ftp://x cannot be the address" in done.out
    assert "gone:1b is not installed there" in done.out
    assert done.code == 0


async def test_setup_asks_in_hebrew(there: SetUp) -> None:
    done = await answered(there, *tokens(there), there.ollama.url, "", language="he_IL.UTF-8")

    assert "כמה שאלות" in done.out
    assert done.out.endswith("הכול תקין.\n")


def test_values_with_odd_signs_read_back_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = 'it\'s a \\ "tick" # and $HOME'
    file = tmp_path / ".env"
    file.write_text("export LYCEUM_LOG__LEVEL=error")
    write_values(file, {"LYCEUM_MODEL__SYSTEM_PROMPT": odd})
    monkeypatch.delenv("LYCEUM_MODEL__SYSTEM_PROMPT", raising=False)

    assert load(file).model.system_prompt == odd
    assert load(file).log.level == "error"
    assert replaced_in(file, {"LYCEUM_LOG__LEVEL": "info", "LYCEUM_LOG__FORMAT": "json"}) == ["LYCEUM_LOG__LEVEL"]
