"""The tree has what a reader, LNbits and a package checker expect, and nothing left undone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LONG_FILES

from .tree import EXTENSION_IDS, EXTENSIONS, REPOSITORY, files, name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: put together here, so that this file does not find itself
UNDONE = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "HA" + "CK")) + r")\b")
TEXT = {".py", ".md", ".js", ".vue", ".toml", ".txt", ".json", ".sh", ".yaml", ""}


def test_nothing_is_marked_as_left_undone() -> None:
    offences = [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in files()
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if UNDONE.search(line)
    ]
    assert offences == []


def test_the_files_that_begin_a_test_run_are_there() -> None:
    assert [name for name in LONG_FILES if not (REPOSITORY / name).is_file()] == []


@pytest.fixture(params=EXTENSION_IDS)
def extension(request: pytest.FixtureRequest) -> Path:
    folder: Path = EXTENSIONS / request.param
    return folder


@pytest.fixture
def config(extension: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((extension / "config.json").read_text())
    return loaded


@pytest.mark.parametrize("file", ["README.md", "LICENSE", "__init__.py", "config.json", "static/routes.json"])
def test_an_extension_folder_is_complete(extension: Path, file: str) -> None:
    assert (extension / file).is_file()


def test_an_extension_has_the_version_of_the_project(config: dict[str, Any]) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert config["version"] == project["version"]


def test_the_engine_says_the_version_of_the_project() -> None:
    """`GET status` and the page have it from there: config.json may be another version's by then."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert f'VERSION = "{project["version"]}"' in (EXTENSIONS / "satmachineadmin/version.py").read_text()


def test_an_extension_names_the_oldest_host_it_runs_on(config: dict[str, Any]) -> None:
    assert config["min_lnbits_version"] == "1.6.0"


def test_an_extension_has_a_name_a_sentence_and_a_real_picture(
    extension: Path, config: dict[str, Any]
) -> None:
    """Without a PNG behind `tile` LNbits' menu shows a broken image."""
    assert config["name"]
    assert config["short_description"]
    tile = EXTENSIONS / config["tile"].lstrip("/")
    assert tile.is_relative_to(extension)
    assert tile.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_pages_that_routes_json_names_exist(extension: Path) -> None:
    for page in json.loads((extension / "static/routes.json").read_text()):
        for key in ("template", "component", "i18n"):
            assert (EXTENSIONS / page[key].lstrip("/")).exists(), page[key]


def test_licences_are_copies_of_the_one(extension: Path) -> None:
    assert (extension / "LICENSE").read_text() == (REPOSITORY / "LICENSE").read_text()


def test_every_make_target_is_explained_by_make_help() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    shown = subprocess.run(
        ["make", "--no-print-directory"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    assert set(re.findall(r"make ([a-z-]+) +\S", shown)) == targets
    assert targets >= {"help", "install", "test", "test-long", "test-fast", "lint", "format", "types"}
    assert targets >= {"demo", "demo-reset", "simulate", "bench", "zips", "clean"}


def test_requirements_are_exact() -> None:
    loose = [
        f"{path.name}: {line}"
        for path in (REPOSITORY / "requirements").glob("*.txt")
        for line in path.read_text().splitlines()
        if line and not line.startswith("#") and not re.match(r"[\w.-]+==[\w.]+( ;.*)?$", line)
    ]
    assert loose == []
