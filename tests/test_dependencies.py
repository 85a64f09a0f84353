"""docs/reference/dependencies.md tells the truth about what the product depends on."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
OWN = {"bot", "adapters", "migrations"}
CARRIED = {"pydantic-core"}  # a part of pydantic


def rows() -> dict[str, list[str]]:
    """Return the page's table rows, by package: purpose, licence, what it replaced."""
    page = (ROOT / "docs/reference/dependencies.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:3] == "| `"]
    return {row[0].strip("`"): row[1:] for row in cells}


def depended_on() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = (line for lines in project["optional-dependencies"].values() for line in lines)
    return {re.split(r"[<>=\[ ]", line)[0] for line in [*project["dependencies"], *extras]}


def imported(path: Path) -> Iterator[str]:
    """Yield the top-level modules a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def locked() -> set[str]:
    names = ("runtime.txt", "embedded.txt", "postgres.txt", "documents.txt", "voice.txt")
    locks = [(ROOT / "requirements" / name).read_text(encoding="utf-8") for name in names]
    return {name for lock in locks for name in re.findall(r"^([a-z0-9.-]+)==", lock, flags=re.MULTILINE)}


def test_every_dependency_has_a_row() -> None:
    assert depended_on() <= rows().keys()


def test_every_package_the_product_imports_has_a_row() -> None:
    modules = {module for room in OWN for path in (ROOT / room).rglob("*.py") for module in imported(path)}
    foreign = modules - OWN - set(sys.stdlib_module_names)
    provided = packages_distributions()
    packages = {name.lower().replace("_", "-") for module in foreign for name in provided.get(module, [module])}

    assert packages - CARRIED <= rows().keys()


def test_every_row_is_filled_and_locked() -> None:
    empty = [name for name, cells in rows().items() if len(cells) != 3 or not all(cells)]
    names = {name.replace(".", "-") for name in rows()}

    assert empty == []
    assert names <= locked()
