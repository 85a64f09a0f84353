from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain import Notice
from bot.i18n import text
from bot.settings import PREFIX, Settings, SettingsError, fields, load
from bot.settings.checks import host_address

Read = Callable[..., Settings]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Load the settings from these variables and this `.env` only."""
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)

    def read(env_file: str | bytes = "", /, **variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(PREFIX + name, value)
        path = tmp_path / ".env"
        path.write_bytes(env_file if isinstance(env_file, bytes) else env_file.encode())
        return load(path)

    return read


def refusals(read: Read, env_file: str | bytes = "", /, **variables: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read(env_file, **variables)
    return [sentence(problem) for problem in raised.value.problems]


def sentence(problem: Notice) -> str:
    return text(problem.key, "en", **problem.parameters)


def test_nothing_set_is_a_complete_configuration(read: Read) -> None:
    settings = read()

    assert settings.ollama.hosts == ("http://127.0.0.1:11434",)
    assert settings.model.context_tokens == 8192
    assert settings.discord.token is None
    assert not settings.host_is_chosen


def test_the_environment_wins_over_the_file(read: Read) -> None:
    settings = read("LYCEUM_MODEL__DEFAULT=from-file\nLYCEUM_MODEL__PARALLEL=7\n", MODEL__DEFAULT="from-environment")

    assert settings.model.default == "from-environment"
    assert settings.model.parallel == 7


def test_an_empty_variable_counts_as_not_set(read: Read) -> None:
    settings = read("LYCEUM_DISCORD__TOKEN=\n", MODEL__PARALLEL="", SLACK__BOT_TOKEN="  ")

    assert settings.discord.token is None
    assert settings.slack.bot_token is None
    assert settings.model.parallel == 4


def test_every_wrong_value_is_named_at_once(read: Read) -> None:
    sentences = refusals(
        read, OLLAMA__STALL_S="soon", MODEL__PARALLEL="0", LOG__FORMAT="xml", DISCORD__MESSAGE_CONTENT="maybe"
    )

    assert sentences == [
        "`LYCEUM_DISCORD__MESSAGE_CONTENT` is `maybe`; it wants `true` or `false`.",
        "`LYCEUM_OLLAMA__STALL_S` is `soon`; it wants a number.",
        "`LYCEUM_MODEL__PARALLEL` is `0`; it wants at least 1.",
        "`LYCEUM_LOG__FORMAT` is `xml`; it wants one of: console, json.",
    ]


@pytest.mark.parametrize("kept", ["-1", "0", "300", "1.5", "10m", "1h30m", "-1m", "1.5h", "300ms", "+5m", ".5h", "1.h"])
def test_a_keep_alive_is_what_ollama_reads(read: Read, kept: str) -> None:
    assert read(OLLAMA__KEEP_ALIVE=f" {kept} ").ollama.keep_alive == kept


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("MODEL__PARALLEL", "4.5", "a whole number"),
        ("MODEL__MEMORY_GB", "-1", "at least 0"),
        ("MODEL__MEMORY_GB", "24 GB", "a number"),
        ("LESSONS__REFRESH", "hourly", "it wants `daily 03:00`"),
        ("LESSONS__REFRESH", "every 5m", "15 minutes at least"),
        ("MODEL__QUEUE_LIMIT", "9" * 5000, "a whole number"),
        ("OLLAMA__STALL_S", "nan", "number"),
        ("OLLAMA__STALL_S", "0", "more than 0"),
        ("OLLAMA__FIRST_BYTE_S", "1e9", "at most 86400"),
        ("OLLAMA__KEEP_ALIVE", "a while", "such as `10m`"),
        ("OLLAMA__KEEP_ALIVE", "1d", "such as `10m`"),
        ("OLLAMA__KEEP_ALIVE", "1h 30m", "such as `10m`"),
        ("OLLAMA__KEEP_ALIVE", "٣m", "such as `10m`"),
        ("OLLAMA__KEEP_ALIVE", "9999999999h", "such as `10m`"),
        ("OLLAMA__KEEP_ALIVE", "9" * 5000, "such as `10m`"),
        ("OLLAMA__KEEP_ALIVE", "nan", "such as `10m`"),
        ("OLLAMA__HOSTS", "[1", "by commas or as JSON"),
        ("OLLAMA__HOSTS", "[1]", "LYCEUM_OLLAMA__HOSTS"),
        ("OLLAMA__HOSTS", "ftp://gpu", "the address of an Ollama host"),
        ("OLLAMA__HOSTS", "gpu:port", "the address of an Ollama host"),
        ("OLLAMA__HOSTS", "http://[::1", "the address of an Ollama host"),
        ("OLLAMA__HOSTS", ",", "names no host"),
        ("OLLAMA__HOSTS", "gpu,http://gpu:11434", "`http://gpu:11434` twice"),
        ("OLLAMA__SLOTS", "0", "whole numbers from 1 to 256"),
        ("OLLAMA__SLOTS", "many", "whole numbers from 1 to 256"),
        ("OLLAMA__SLOTS", "257", "whole numbers from 1 to 256"),
        ("ACCESS__ADMINS", "discord:1, dana", "`dana`; it wants ids with their platform"),
        ("DISCORD__API_URL", "discord.com", "begins with `https://`"),
        ("DISCORD__API_URL", "http://discord.example", "tokens travel there"),
        ("DISCORD__GATEWAY_URL", "ws://gateway.example", "wants `wss://`"),
        ("SLACK__API_URL", "http://127.0.0.1.example.com/", "tokens travel there"),
        ("STORAGE__PATH", "postgresql://dana:x@db/lyceum", "belongs in `LYCEUM_STORAGE__URL`"),
        ("STORAGE__URL", "mysql://dana:x@db/lyceum", "such as `postgresql://"),
        ("STORAGE__URL", "postgresql://[::1/lyceum", "such as `postgresql://"),
        ("MODEL__ANSWER_TOKENS", "5000", "at most half of the context window, 4096"),
    ],
)
def test_a_wrong_value_says_what_is_wanted(read: Read, name: str, value: str, wanted: str) -> None:
    (said,) = refusals(read, **{name: value})

    assert f"LYCEUM_{name}" in said
    assert wanted in said
    assert len(said) < 300


def test_a_misspelt_name_is_refused_with_the_nearest_one(read: Read) -> None:
    sentences = refusals(read, "LYCEUM_DISCORD__TOKN=x\n", OLAMA__HOST="gpu", SOMETHING="x")

    assert sentences == [
        "`LYCEUM_DISCORD__TOKN` is not a setting. Is `LYCEUM_DISCORD__TOKEN` meant?",
        "`LYCEUM_OLAMA__HOST` is not a setting. Is `LYCEUM_OLLAMA__HOSTS` meant?",
        "`LYCEUM_SOMETHING` is not a setting.",
    ]


def test_a_group_is_not_a_setting(read: Read) -> None:
    sentences = refusals(read, DISCORD='{"token": "x"}')

    assert any("`LYCEUM_DISCORD` is not a setting." in said for said in sentences)


def test_the_names_kubernetes_makes_for_a_service_are_let_through(read: Read) -> None:
    settings = read(SERVICE_HOST="10.0.0.1", PORT="tcp://10.0.0.1:80", WEB_PORT_80_TCP_ADDR="10.0.0.1")

    assert settings.model.parallel == 4


def test_names_of_other_programs_in_the_file_are_none_of_our_business(read: Read) -> None:
    assert read("POSTGRES_PASSWORD=x\nOLLAMA_HOST=gpu\n").ollama.hosts == ("http://127.0.0.1:11434",)


def test_a_file_that_is_not_text_is_said_plainly(read: Read) -> None:
    (said,) = refusals(read, b"LYCEUM_LOG__LEVEL=\xff\xfe\n")

    assert "it must be a text file in UTF-8" in said


def test_a_line_of_the_file_that_makes_no_sense_is_named(read: Read) -> None:
    sentences = refusals(read, "LYCEUM_MODEL__PARALLEL=2\nLYCEUM DISCORD TOKEN is secret\n")

    assert len(sentences) == 1
    assert sentences[0].startswith("Line 2 of `")
    assert "secret" not in sentences[0]


def test_a_byte_order_mark_is_no_part_of_the_first_name(read: Read) -> None:
    assert read(b"\xef\xbb\xbfLYCEUM_MODEL__PARALLEL=2\n").model.parallel == 2


def test_a_folder_called_env_is_no_file_of_settings(tmp_path: Path) -> None:
    assert load(tmp_path).model.parallel == 4


def test_one_slack_token_asks_for_the_other(read: Read) -> None:
    assert refusals(read, SLACK__BOT_TOKEN="xoxb-1") == [
        "`LYCEUM_SLACK__APP_TOKEN` is missing; `LYCEUM_SLACK__BOT_TOKEN` is set, and Slack needs both."
    ]


def test_swapped_slack_tokens_are_told_apart_without_showing_them(read: Read) -> None:
    sentences = refusals(read, SLACK__BOT_TOKEN="xapp-secret", SLACK__APP_TOKEN="xoxb-secret")

    assert "begins with `xoxb-`" in sentences[0]
    assert "begins with `xapp-`" in sentences[1]
    assert "secret" not in "".join(sentences)


def test_a_password_in_a_host_address_is_not_shown(read: Read) -> None:
    (said,) = refusals(read, OLLAMA__HOSTS="http://dana:hunter2@gpu.example")

    assert "hunter2" not in said
    assert "without a user name" in said


ADDRESS_SETTINGS = ["DISCORD__API_URL", "DISCORD__GATEWAY_URL", "SLACK__API_URL", "OLLAMA__HOSTS", "STORAGE__PATH"]


@pytest.mark.parametrize("name", ADDRESS_SETTINGS)
@pytest.mark.parametrize(
    "address",
    [
        "https://dana:hunter2@host.example",
        "wss://dana:hunter2@host.example/",
        "mysql://dana:hunter2@host.example/lyceum",
        "https://dana:hunter2%40host.example",
        "https://host.example/?key=hunter2",
        "https://host.example/#hunter2",
        "https://hunter2@host.example",
        "https://dana:hunter2\\@host.example",
        "https:/dana:hunter2@host.example",
        "//dana:hunter2@host.example",
        "dana:hunter2@host.example",
        "https://[dana:hunter2@::1]",
        '["https://dana:hunter2@host.example"]',
        " https://dana:hunter2@host.example",
    ],
)
def test_no_password_in_an_address_is_taken_or_shown(read: Read, name: str, address: str) -> None:
    if name == "STORAGE__PATH" and "://" not in address:
        return
    (said,) = refusals(read, **{name: address})

    assert "hunter2" not in said
    assert f"LYCEUM_{name}" in said


@pytest.mark.parametrize(
    "address",
    [
        "https://host.example:99999",
        "https://host.example:port",
        "https://ho st.example",
        "https://host.example\n.evil.example",
        "https://host..example",
        "https://[::1",
        "https://" + "a" * 64 + ".example",
        "https://host.example/a b",
        "https://",
        "https:///api",
        "https://:443",
    ],
)
@pytest.mark.parametrize("name", ["DISCORD__API_URL", "SLACK__API_URL"])
def test_an_address_that_cannot_be_called_is_refused_at_the_start(read: Read, name: str, address: str) -> None:
    (said,) = refusals(read, **{name: address})

    assert "`https://`" in said


@pytest.mark.parametrize(
    "address",
    ["https://host.example", "https://host.example:8443/api/v10", "HTTPS://Host.example", "https://[::1]:1/a"],
)
def test_a_plain_address_is_taken(read: Read, address: str) -> None:
    assert read(SLACK__API_URL=address).slack.api_url == address


@pytest.mark.parametrize("name", ["OLLAMA__HOSTS", "ACCESS__ADMINS", "ACCESS__BLOCKED", "RETENTION__WORKSPACES"])
@pytest.mark.parametrize(
    "value",
    ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '["a", ["b"]]', '[{"a": 1}]', "[null]", "[" + "9" * 5000 + "]"],
)
def test_a_list_nested_or_of_something_else_is_refused(read: Read, name: str, value: str) -> None:
    (said,) = refusals(read, **{name: value})

    assert "by commas or as JSON" in said
    assert len(said) < 300


@pytest.mark.parametrize(
    "name", ["OLLAMA__HOSTS", "ACCESS__ADMINS", "DISCORD__TOKEN", "QUEUE__PARALLEL", "NO__SETTING"]
)
@pytest.mark.parametrize("value", ["\udcff\udcfe", "a\ud800b", '["\udc80"]'])
def test_bytes_that_are_no_text_are_refused(read: Read, name: str, value: str) -> None:
    said = refusals(read, **{name: os.fsdecode(value.encode("utf-8", "surrogatepass"))})

    assert said[0] == f"`{PREFIX}{name}` holds bytes that are no text in UTF-8. Please set it anew."


def test_secrets_appear_in_no_text_of_the_settings(read: Read) -> None:
    settings = read(DISCORD__TOKEN=" tell-nobody ", SLACK__BOT_TOKEN="xoxb-nobody", SLACK__APP_TOKEN="xapp-nobody")

    assert "nobody" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert settings.secrets() == ("tell-nobody", "xoxb-nobody", "xapp-nobody")


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("gpu", "http://gpu:11434"),
        ("gpu:8080", "http://gpu:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("http://gpu", "http://gpu:80"),
        ("HTTPS://gpu.example/ollama/", "https://gpu.example:443/ollama"),
        ("[::1]:9", "http://[::1]:9"),
        ("[::]", "http://[::1]:11434"),
    ],
)
def test_a_host_is_written_as_ollama_users_write_it(said: str, address: str) -> None:
    assert host_address(said) == address


@pytest.mark.parametrize("value", ["http://gpu:1", '["http://gpu:1"]', " http://gpu:1 ,"])
def test_a_list_is_read_by_commas_and_as_json(read: Read, value: str) -> None:
    settings = read(OLLAMA__HOSTS=value)

    assert settings.ollama.hosts == ("http://gpu:1",)
    assert settings.host_is_chosen


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:1"])
def test_plain_http_is_allowed_to_this_machine(read: Read, host: str) -> None:
    assert read(DISCORD__API_URL=f"http://{host}/api/").discord.api_url == f"http://{host}/api"


def test_every_setting_says_what_it_means() -> None:
    assert [name for _, name, field in fields() if not (field.description or "").endswith(".")] == []


def test_a_workspace_may_keep_things_shorter(read: Read) -> None:
    retention = read(RETENTION__DAYS="90", RETENTION__WORKSPACES="slack:T1=30, discord:123=7").retention

    assert retention.days == 90
    assert retention.by_workspace == {("slack", "T1"): 30, ("discord", "123"): 7}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("T1=30", "a workspace and its days"),
        ("slack:T1", "a workspace and its days"),
        ("slack:T1=0", "a workspace and its days"),
        ("slack:T1=-3", "a workspace and its days"),
        ("slack:T1=30,slack:T1=20", "twice"),
        ("slack:T1=365", "after 90 days"),
    ],
)
def test_days_that_cannot_be_kept_are_refused(read: Read, value: str, wanted: str) -> None:
    (told,) = refusals(read, RETENTION__DAYS="90", RETENTION__WORKSPACES=value)

    assert told.startswith("`LYCEUM_RETENTION__WORKSPACES`")
    assert wanted in told


def test_without_a_bound_a_workspace_may_have_any(read: Read) -> None:
    assert read(RETENTION__WORKSPACES="slack:T1=365").retention.by_workspace == {("slack", "T1"): 365}


def test_health_is_told_to_nobody_unless_a_port_is_set(read: Read) -> None:
    assert read().health.port is None
    assert read(HEALTH__PORT="8080").health.host == "127.0.0.1"


def test_the_password_of_a_database_is_a_secret_as_it_is_written_and_as_it_is_meant(read: Read) -> None:
    settings = read(STORAGE__URL="postgresql://dana:p%40ss@db/lyceum")

    assert set(settings.secrets()) == {"postgresql://dana:p%40ss@db/lyceum", "p%40ss", "p@ss"}
    assert settings.storage.location == "postgresql://dana:p%40ss@db/lyceum"


def test_without_a_server_the_database_is_a_file(read: Read) -> None:
    settings = read()

    assert (settings.storage.location, settings.secrets()) == ("data/lyceum.db", ())


def test_models_have_windows_of_their_own(read: Read) -> None:
    settings = read(MODEL__CONTEXT_BY_MODEL="llama3.2:3b=4096, hf.co/team/owl:Q4_K_M = 16384")

    assert settings.model.contexts == {"llama3.2:3b": 4096, "hf.co/team/owl:Q4_K_M": 16384}


@pytest.mark.parametrize("value", ["llama3.2:3b", "=4096", "llama3.2:3b=lots", "llama3.2:3b=100", "llama3.2:3b=-1"])
def test_a_window_of_a_model_is_a_name_and_a_number(read: Read, value: str) -> None:
    (refusal,) = refusals(read, MODEL__CONTEXT_BY_MODEL=value)

    assert refusal.startswith(f"`LYCEUM_MODEL__CONTEXT_BY_MODEL` has `{value}`; it wants a model and its tokens")


def test_a_model_has_one_window(read: Read) -> None:
    (refusal,) = refusals(read, MODEL__CONTEXT_BY_MODEL="owl=4096,owl:latest=8192")

    assert "`owl` twice" in refusal


@pytest.mark.parametrize("written", ["gpu1,gpu2:80", '["gpu1", "http://gpu2:80"]', " gpu1 , gpu2:80 ,"])
def test_several_hosts_are_named_by_commas_or_as_json(read: Read, written: str) -> None:
    settings = read(f"LYCEUM_OLLAMA__HOSTS={written}\n")

    assert settings.ollama.hosts == ("http://gpu1:11434", "http://gpu2:80")


@pytest.mark.parametrize(("written", "slots"), [("", [4, 4]), ("2", [2, 2]), ("8,1", [8, 1])])
def test_each_host_has_its_slots(read: Read, written: str, slots: list[int]) -> None:
    settings = read(f"LYCEUM_OLLAMA__HOSTS=gpu1,gpu2\nLYCEUM_OLLAMA__SLOTS={written}\n")

    assert [figure for _, figure in settings.ollama.with_slots(settings.model.parallel)] == slots


def test_slots_that_are_not_one_for_each_host_are_refused(read: Read) -> None:
    (said,) = refusals(read, OLLAMA__HOSTS="a,b,c", OLLAMA__SLOTS="1,2")

    assert "2 figures" in said
    assert "3 hosts" in said


# Engines


def test_engines_are_named_by_the_operator(read: Read) -> None:
    settings = read(
        "LYCEUM_ENGINES__SMALL__URL=http://10.0.0.7:8080/\n",
        ENGINES__GPU__URL="https://gpu.example/llm/v1",
        ENGINES__GPU__KEY=" sk-1 ",
        ENGINES__GPU__CONTEXT_TOKENS="32768",
        ENGINES__GPU__WINDOWS="qwen3-8b=16384,org/model:tag=8192",
    )

    gpu, small = settings.engines["gpu"], settings.engines["small"]
    assert (small.url, gpu.url) == ("http://10.0.0.7:8080", "https://gpu.example/llm/v1")
    assert gpu.key is not None
    assert gpu.key.get_secret_value() == "sk-1"
    assert (gpu.context_tokens, gpu.by_model) == (32768, {"qwen3-8b": 16384, "org/model:tag": 8192})


def test_the_key_of_an_engine_is_a_secret(read: Read) -> None:
    settings = read(ENGINES__GPU__URL="http://gpu:8000", ENGINES__GPU__KEY="sk-very-secret")

    assert "sk-very-secret" in settings.secrets()
    assert "sk-very-secret" not in repr(settings)
    assert "sk-very-secret" not in repr([*settings.values()])


@pytest.mark.parametrize("key", ["12345", "1e3", "true", "null", "[1]", '{"a":1}', '"quoted"', "[" * 5000])
def test_a_key_is_taken_as_it_stands(read: Read, key: str) -> None:
    written = "LYCEUM_ENGINES__SMALL__URL=http://small:1\nLYCEUM_ENGINES__SMALL__KEY=98765\n"
    settings = read(written, ENGINES__GPU__URL="http://gpu:8000", ENGINES__GPU__KEY=key)

    assert settings.engines["gpu"].key is not None
    assert settings.engines["gpu"].key.get_secret_value() == key
    assert settings.engines["small"].key is not None
    assert settings.engines["small"].key.get_secret_value() == "98765"


def test_every_setting_has_a_value_under_its_own_name(read: Read) -> None:
    settings = read(ENGINES__GPU__URL="http://gpu:8000")

    named = {name: value for name, value, _ in settings.values()}
    assert named["LYCEUM_ENGINES__GPU__URL"] == "http://gpu:8000"
    assert named["LYCEUM_MODEL__PARALLEL"] == 4
    assert "LYCEUM_ENGINES__NAME__URL" not in named


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"GPU__KEY": "sk-1"}, "`LYCEUM_ENGINES__GPU__URL` is missing"),
        ({"GPU__URL": "gpu:8000"}, "`LYCEUM_ENGINES__GPU__URL` is `gpu:8000`"),
        ({"GPU__URL": "http://me:secret@gpu:8000"}, "`LYCEUM_ENGINES__GPU__URL` is `***`"),
        ({"GPU__URL": "http://gpu:8000?key=1"}, "`LYCEUM_ENGINES__GPU__URL` is"),
        ({"GPU__URL": "ftp://gpu:8000"}, "`LYCEUM_ENGINES__GPU__URL` is"),
        ({"GPU__URL": "http://gpu:8000", "GPU__CONTEXT_TOKENS": "many"}, "`LYCEUM_ENGINES__GPU__CONTEXT_TOKENS` is"),
        ({"GPU__URL": "http://gpu:8000", "GPU__WINDOWS": "qwen"}, "`LYCEUM_ENGINES__GPU__WINDOWS` has `qwen`"),
        ({"GPU__URL": "http://gpu:8000", "GPU__WINDOW": "1"}, "Is `LYCEUM_ENGINES__GPU__WINDOWS` meant?"),
        ({"BIG_GPU__ADDRESS": "http://gpu:8000", "BIG_GPU__URL": "http://x"}, "`LYCEUM_ENGINES__BIG_GPU__ADDRESS`"),
        ({"GPU": "http://gpu:8000"}, "`LYCEUM_ENGINES__GPU`"),
    ],
)
def test_a_wrong_engine_is_named_with_its_own_variable(read: Read, variables: dict[str, str], told: str) -> None:
    sentences = refusals(read, **{f"ENGINES__{name}": value for name, value in variables.items()})

    assert any(told in each for each in sentences), sentences
    assert "secret" not in " ".join(sentences)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"BOT_TOKEN": "xoxb-1", "SIGNING_SECRET": "s"}, "`LYCEUM_SLACK__HTTP_PORT` is missing"),
        ({"BOT_TOKEN": "xoxb-1", "HTTP_PORT": "3000"}, "is missing"),
        ({"SIGNING_SECRET": "s", "HTTP_PORT": "3000"}, "`LYCEUM_SLACK__BOT_TOKEN` is missing"),
        (
            {"BOT_TOKEN": "xoxb-1", "APP_TOKEN": "xapp-1", "SIGNING_SECRET": "s", "HTTP_PORT": "3000"},
            "are both set, and an app takes its events in one way alone",
        ),
    ],
)
def test_slack_comes_in_by_one_way_and_wholly(read: Read, values: dict[str, str], said: str) -> None:
    (sentence,) = refusals(read, **{f"SLACK__{name}": value for name, value in values.items()})

    assert said in sentence


def test_each_signing_secret_is_kept_out_of_the_log(read: Read) -> None:
    settings = read(SLACK__BOT_TOKEN="xoxb-1", SLACK__SIGNING_SECRET="new-one, old-one", SLACK__HTTP_PORT="3000")

    assert settings.slack.signing_secrets == ("new-one", "old-one")
    assert {"new-one", "old-one"} <= set(settings.secrets())
