"""What is released is what LNbits' registry takes, all of an extension, and the same wherever it is built."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tools.packages import package, packages, released_at, write

from .tree import EXTENSION_IDS, EXTENSIONS, REPOSITORY, files

MANDATORY = ("LICENSE", "README.md", "__init__.py", "config.json", "manifest.json")
JUNK = (
    "__pycache__/api.cpython-311.pyc",
    ".DS_Store",
    ".idea/workspace.xml",
    "store/__pycache__/x.py",
    "api.py~",
)


class Released:
    """An entry of a manifest, and what lies at its addresses."""

    def __init__(self, extension_id: str) -> None:
        made = package(extension_id)
        self.entry: dict[str, Any] = made.release(released_at([made]))
        self.content = made.content
        self.icon = self._at(self.entry["icon"])

    def _at(self, address: str) -> bytes:
        """What GitHub serves of the tagged tree at an address."""
        owner_and_name = self.entry["repo"].removeprefix("https://github.com/")
        tagged = f"https://raw.githubusercontent.com/{owner_and_name}/v{self.entry['version']}/"
        assert address.startswith(tagged)
        return (REPOSITORY / address.removeprefix(tagged)).read_bytes()

    def repack(self, change: Callable[[dict[str, bytes]], None]) -> None:
        """The same with other files inside, and the hash of that."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            inside = {name: archive.read(name) for name in archive.namelist()}
        change(inside)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, text in inside.items():
                archive.writestr(name, text)
        self.content = content.getvalue()
        self.entry["hash"] = hashlib.sha256(self.content).hexdigest()


def broken_rules(one: Released) -> list[str]:
    """The rules of the registry (github.com/lnbits/lnbits-extensions, check.py) that a release breaks."""
    entry = one.entry
    holds = {
        "name": entry["name"][0].isupper(),
        "description": entry["short_description"][0].isupper()
        and not entry["short_description"].endswith("."),
        "id": entry["id"] == entry["id"].lower(),
        "address": entry["archive"].startswith(entry["repo"]),
        "version": entry["archive"].endswith(f"{entry['version']}.zip"),
        "hash": entry["hash"] == hashlib.sha256(one.content).hexdigest(),
        "icon": is_image(one.icon),
        **rules_of_archive(one),
    }
    return [rule for rule, is_kept in holds.items() if not is_kept]


def rules_of_archive(one: Released) -> dict[str, bool]:
    with zipfile.ZipFile(io.BytesIO(one.content)) as archive:
        names = archive.namelist()
        top = f"{one.entry['repo'].rsplit('/', 1)[1]}-{one.entry['version']}"
        is_complete = all(f"{top}/{name}" in names for name in MANDATORY)
        config = json.loads(archive.read(f"{top}/config.json")) if is_complete else {}
        return {
            "archive": archive.testzip() is None,
            "files": is_complete,
            # LNbits takes the first folder that it finds.
            "folder": {name.split("/")[0] for name in names} == {top},
            "host": all(
                config.get(bound) == one.entry.get(bound)
                for bound in ("min_lnbits_version", "max_lnbits_version")
            ),
        }


def is_image(content: bytes) -> bool:
    try:
        Image.open(io.BytesIO(content)).verify()
    except Exception:  # noqa: BLE001 - whatever the reader of pictures says of it, it is none
        return False
    return True


@pytest.fixture(params=EXTENSION_IDS)
def released(request: pytest.FixtureRequest) -> Released:
    return Released(request.param)


def test_a_release_keeps_the_rules_of_the_registry(released: Released) -> None:
    assert broken_rules(released) == []


def put(**values: str) -> Callable[[Released], None]:
    return lambda one: one.entry.update(values)


def lose(file: str) -> Callable[[Released], None]:
    def change(inside: dict[str, bytes]) -> None:
        del inside[next(name for name in inside if name.count("/") == 1 and name.endswith(f"/{file}"))]

    return lambda one: one.repack(change)


def add(name: str) -> Callable[[Released], None]:
    return lambda one: one.repack(lambda inside: inside.update({name: b""}))


def damage(one: Released) -> None:
    """One letter of a file, after its checksum was taken."""
    place = one.content.index(b"MIT License")
    one.content = one.content[:place] + b"m" + one.content[place + 1 :]
    one.entry["hash"] = hashlib.sha256(one.content).hexdigest()


@pytest.mark.parametrize(
    ("break_it", "rules"),
    [
        (put(name="satoshi"), ["name"]),
        (put(short_description="a sentence"), ["description"]),
        (put(short_description="A sentence."), ["description"]),
        (put(id="satmachineAdmin"), ["id"]),
        (put(archive="https://example.org/satmachineadmin-0.1.0.zip", version="0.1.0"), ["address"]),
        (put(archive="https://github.com/satoshi-machine/satoshi-machine/latest.zip"), ["version"]),
        (put(hash="00" * 32), ["hash"]),
        (put(min_lnbits_version="1.5.0"), ["host"]),
        (put(max_lnbits_version="1.7.0"), ["host"]),
        (lambda one: setattr(one, "icon", b"<html>"), ["icon"]),
        (damage, ["archive"]),
        (add("another-folder/README.md"), ["folder"]),
        *((lose(file), ["files", "host"]) for file in MANDATORY),
    ],
)
def test_the_registry_would_see_a_release_that_breaks_a_rule(
    break_it: Callable[[Released], None], rules: list[str]
) -> None:
    one = Released("satmachineadmin")
    break_it(one)
    assert broken_rules(one) == rules


@pytest.mark.parametrize("extension_id", EXTENSION_IDS)
def test_all_of_an_extension_is_inside_and_nothing_else(extension_id: str) -> None:
    folder = EXTENSIONS / extension_id
    with zipfile.ZipFile(io.BytesIO(package(extension_id).content)) as archive:
        inside = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
    kept = {path.relative_to(folder).as_posix(): path for path in files() if path.is_relative_to(folder)}
    assert sorted(inside) == sorted(kept)
    assert all(inside[name] == path.read_bytes() for name, path in kept.items())


def test_another_copy_of_the_tree_makes_the_same_bytes(tmp_path: Path) -> None:
    """Whatever its files' times and rights are, wherever it lies, and whatever tools have left in it."""
    copy = tmp_path / "elsewhere"
    shutil.copytree(EXTENSIONS, copy)
    for number, path in enumerate(sorted(copy.rglob("*"), reverse=True)):
        path.chmod(0o700 if number % 2 else 0o755)
        os.utime(path, (number * 86_400, number * 86_400))
    for extension_id in EXTENSION_IDS:
        for junk in JUNK:
            (copy / extension_id / junk).parent.mkdir(parents=True, exist_ok=True)
            (copy / extension_id / junk).write_text("junk")

    assert [one.content for one in packages(copy)] == [one.content for one in packages()]


def test_a_manifest_offers_both_the_one_that_needs_the_other_saying_so(tmp_path: Path) -> None:
    manifest = json.loads(write(tmp_path, packages(), "https://example.org/here/").read_text())

    assert {one["id"]: one["dependencies"] for one in manifest["extensions"]} == {
        "satmachineadmin": [],
        "satmachineclient": ["satmachineadmin"],
    }
    for one in manifest["extensions"]:
        file = tmp_path / one["archive"].removeprefix("https://example.org/here/")
        assert hashlib.sha256(file.read_bytes()).hexdigest() == one["hash"]


def test_what_an_earlier_version_left_in_the_folder_is_gone(tmp_path: Path) -> None:
    (tmp_path / "satmachineadmin-0.0.9.zip").touch()
    (tmp_path / "satmachineclient-0.0.9.zip").touch()
    (tmp_path / "notes.txt").touch()

    write(tmp_path, packages(), "https://example.org")

    version = package("satmachineadmin").version
    ours = [f"{extension_id}-{version}.zip" for extension_id in EXTENSION_IDS]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "notes.txt", *ours]


@pytest.mark.parametrize("extension_id", EXTENSION_IDS)
def test_the_manifest_inside_offers_nothing(extension_id: str) -> None:
    """It could name GitHub's archive of the repository: LNbits would install that over the extension."""
    assert json.loads((EXTENSIONS / extension_id / "manifest.json").read_text()) == {"extensions": []}
