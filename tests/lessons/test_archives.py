from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.lessons.sources import archives
from bot.lessons.sources.archives import unpacked
from tests.lessons.courses import BEES
from tests.lessons.sample import read_course

FILES = {"bees-main/03-bees/README.md": BEES.encode(), "bees-main/bee.png": b"\x89PNG"}


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def reasons(path: Path) -> dict[str, str]:
    with unpacked(path) as source:
        return {name: reason.value for name, reason in source.skipped}


@pytest.mark.parametrize(("pack", "name"), [(zipped, "bees.zip"), (tarred, "bees.tar.gz")])
def test_an_archive_is_read_like_the_folder_in_it(tmp_path: Path, pack: type, name: str) -> None:
    with unpacked(pack(tmp_path / name, FILES), base_url="https://school.test") as source:
        ((document, _),) = read_course(source)

    assert (document.key, document.path) == ("bees/03-bees", "03-bees/README.md")
    assert document.url == "https://school.test/03-bees/README.md"
    assert source.name == (tmp_path / name).as_posix()
    assert source.skipped == (("bees-main/bee.png", "other_kind"),)


def test_an_archive_of_one_lesson_keeps_its_folder(tmp_path: Path) -> None:
    with unpacked(zipped(tmp_path / "bees.zip", {"03-bees/README.md": BEES.encode()})) as source:
        ((document, _),) = read_course(source)

    assert document.key == "bees/03-bees"


@pytest.mark.parametrize("name", ["../out.md", "/etc/out.md", "a/../../out.md", "C:/out.md", "a\\..\\out.md"])
@pytest.mark.parametrize(("pack", "archive"), [(zipped, "x.zip"), (tarred, "x.tar.gz")])
def test_a_name_that_leads_out_is_left_out(tmp_path: Path, pack: type, archive: str, name: str) -> None:
    path = pack(tmp_path / archive, {name: BEES.encode(), "in.md": BEES.encode()})

    assert reasons(path) == {name: "unsafe"}
    assert [found.name for found in tmp_path.rglob("*")] == [archive]


def test_links_in_archives_are_left_out(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo(f"{kind.decode()}.md")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    link = zipfile.ZipInfo("link.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as zipped_link:
        zipped_link.writestr(link, "/etc/passwd")

    assert set(reasons(tmp_path / "x.tar").values()) == {"link"}
    assert len(reasons(tmp_path / "x.tar")) == 3
    assert reasons(tmp_path / "x.zip") == {"link.md": "link"}


def test_a_member_that_unpacks_to_more_than_a_lesson_is_left_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"bomb.md": b"0" * (archives.MOST_MEMBER_BYTES + 1)})

    assert path.stat().st_size < 100_000
    assert reasons(path) == {"bomb.md": "too_large"}


@pytest.mark.parametrize(("limit", "value"), [("MOST_BYTES", 100), ("MOST_MEMBERS", 3), ("MOST_UNPACKED_BYTES", 100)])
def test_a_bomb_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    monkeypatch.setattr(archives, limit, value)
    path = tarred(tmp_path / "x.tar.gz", {f"{number}.md": b"words " * 10 for number in range(5)})

    with pytest.raises(UserError) as told, unpacked(path):
        pass

    assert told.value.key == "error.lessons_bomb"
    assert told.value.parameters == {"path": str(path)}


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz", "x.tar.xz", "x.tar"])
def test_a_damaged_archive_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no archive at all" * 99)

    with pytest.raises(UserError) as told, unpacked(tmp_path / name):
        pass

    assert told.value.key == "error.lessons_archive"


@pytest.mark.parametrize(("pack", "name"), [(zipped, "x.zip"), (tarred, "x.tar.gz")])
def test_an_archive_that_breaks_off_is_told(tmp_path: Path, pack: type, name: str) -> None:
    path = pack(tmp_path / name, {f"{number}.md": BEES.encode() * 99 for number in range(30)})
    path.write_bytes(path.read_bytes()[:-400])

    with pytest.raises(UserError) as told, unpacked(path):
        pass

    assert told.value.key == "error.lessons_archive"
