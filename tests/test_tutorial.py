"""The tutorial's course of two pages, typed as it stands there."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.cli_process import ROOT, Lyceum
from tests.doc_links import fences

BOT = f'lyceum() {{ "{sys.executable}" -m bot "$@"; }}'
TUTORIAL = ROOT / "docs/tutorial.md"


async def test_the_tutorials_course_answers_as_the_tutorial_says(tmp_path: Path) -> None:
    lines = next(fence for fence in fences(TUTORIAL) if "mkdir" in fence).splitlines()
    typed = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    shown = [line for line in lines if not line.startswith("$ ")]

    done = await Lyceum(tmp_path, {"MODEL__EMBEDDED": "never"}).shell("\n".join(["set -e", BOT, *typed]))

    assert done.out.splitlines()[-len(shown) :] == shown
