"""The steps that make the image, in a plain virtual environment: what is installed there has all that the bot needs."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli_process import ROOT

DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text(encoding="utf-8")
COPIED = ("pyproject.toml", "README.md", "LICENSE", "bot", "adapters", "migrations")


@pytest.fixture(scope="module")
def lyceum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command as it is installed from what the image gets, over the libraries of these tests."""
    folder = tmp_path_factory.mktemp("image")
    source = folder / "src"
    source.mkdir()
    for name in COPIED:
        (source / name).symlink_to(ROOT / name)
    # Libraries are looked for behind what is installed here; the working tree itself is not among them.
    venv.create(folder / "lyceum", with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "lyceum")}))
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(source),
    )
    (wheel,) = folder.glob("*.whl")
    into = ["--python", str(folder / "lyceum/bin/python")]
    run(sys.executable, "-m", "pip", *into, "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    return folder / "lyceum/bin/lyceum"


def run(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_is_copied_is_what_the_image_copies() -> None:
    copied = [line.split() for line in DOCKERFILE.splitlines() if line.startswith("COPY ") and "--from" not in line]
    named = {part.removesuffix("/") for line in copied for part in line[1:-1]} - {"requirements"}

    assert named == set(COPIED)
    ignored = (ROOT / "deploy/docker/Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:].removesuffix("/") for line in ignored if line.startswith("!")} == {*COPIED, "requirements"}


def test_every_lock_file_the_image_names_is_there() -> None:
    named = [word for word in DOCKERFILE.split() if word.startswith("requirements/") and word.endswith(".txt")]

    assert len(named) == 5
    assert all((ROOT / name).is_file() for name in named)


def test_what_is_installed_makes_its_database_and_answers_from_its_lessons(lyceum: Path, tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LYCEUM_STORAGE__PATH": str(tmp_path / "data/lyceum.db")}
    made = run(str(lyceum), "migrate", cwd=tmp_path, env=env)
    answer = run(str(lyceum), "ask", "Which licence has Mistral 7B?", cwd=tmp_path, env=env)
    manifest = run(str(lyceum), "manifest", "slack", cwd=tmp_path, env=env)

    assert "lyceum.db" in made
    assert "Apache" in answer
    assert "display_information" in manifest
    assert run(str(lyceum), "--version", cwd=tmp_path, env=env).startswith("lyceum ")
