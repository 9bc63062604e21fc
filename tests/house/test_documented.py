"""What operators can set, run or be asked about is in the docs: settings, targets, options, runbooks."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from .test_docs import LINK, rows, section, without_code
from .tree import REPOSITORY, python_files, tree_of

WORKLIST = REPOSITORY / "docs/how-to/worklist.md"
#: What is asked for once and is no setting: it says that a list was seen.
NO_SETTING = {"confirmation"}
NEEDED, UNSET = "needed", "—"


def text_of(*names: str) -> str:
    return "\n".join((REPOSITORY / name).read_text() for name in names)


# Settings ----------------------------------------------------------------------------------------


def fields(*bodies: type[BaseModel]) -> set[str]:
    return {name for body in bodies for name in body.__fields__} - NO_SETTING


def written(value: object) -> str:
    """A default as the page writes it: as JSON, `null` as a dash."""
    plain = value.value if isinstance(value, Enum) else value
    return UNSET if plain is None else json.dumps(plain)


def settings_in_code() -> dict[str, dict[str, object]]:
    """For each table of docs/reference/settings.md the names and what stands until somebody sets them."""
    from satmachineadmin.api import schemas
    from satmachineadmin.core.notices import Notice
    from satmachineadmin.store import lps, platform
    from satmachineadmin.usecases import machines
    from satmachineclient.api import PreferencesChosen

    described = schemas.MachineAdded.__fields__
    at_first: dict[str, Any] = {
        **{name: field.default for name, field in described.items() if not field.required},
        **machines.AT_FIRST,
        "takes_unsigned": False,
        "silent_minutes": 15,
        "scan_from": ...,
    }
    machine = fields(schemas.MachineAdded, schemas.MachineChanged)
    limits = fields(schemas.LimitsOfDirection)
    lp: dict[str, object] = {**lps.AT_FIRST, "default_dca_mode": "flow"}
    operator: dict[str, object] = {f"notify_{notice.value}": True for notice in Notice}
    return {
        "The platform": {
            name: platform._NOT_YET_CONFIGURED.get(name) for name in fields(schemas.PlatformChanged)
        },
        "The operator": {
            name: {**operator, "time_zone": "UTC"}.get(name) for name in fields(schemas.SettingsChosen)
        },
        "The machine": {name: at_first.get(name, NEEDED) for name in machine},
        "A machine's limits": dict.fromkeys(limits),
        "The LP": {name: lp.get(name, NEEDED) for name in fields(PreferencesChosen)},
    }


@pytest.mark.parametrize("heading", settings_in_code())
def test_every_setting_is_documented_with_its_default(heading: str) -> None:
    documented = {name: default.strip("`") for name, default, *_ in rows(section("settings.md", heading))}
    in_code = {
        name: NEEDED if value is NEEDED else documented.get(name, "") if value is ... else written(value)
        for name, value in settings_in_code()[heading].items()
    }
    assert documented == in_code


def test_every_limit_of_minutes_is_documented() -> None:
    from satmachineadmin.api.schemas import MachineChanged, Minutes

    documented = {name: limits for name, _default, limits, *_ in rows(section("settings.md", "The machine"))}
    minutes = {name for name, field in MachineChanged.__fields__.items() if field.type_ is Minutes}
    assert minutes
    assert {documented[name] for name in minutes} == {f"{Minutes.ge}–{Minutes.le}"}


def variables_read(path: Path) -> set[str]:
    """Environment variables that a file asks for by name: `environ.get(NAME)`, `environ[NAME]`, `getenv`."""
    tree = tree_of(path)
    named = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    asked = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func)
            if called.endswith(("environ.get", "getenv")):
                asked.append(node.args[0])
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
            asked.append(node.slice)
    return {str(name.value if isinstance(name, ast.Constant) else named[ast.unparse(name)]) for name in asked}


def test_every_environment_variable_is_documented() -> None:
    read = {
        name
        for path in python_files("extensions", "simulator", "benchmarks", "tools")
        for name in variables_read(path)
    }
    assert {name for name, *_ in rows(section("settings.md", "Environment variables"))} == read


# What is run -------------------------------------------------------------------------------------


def test_every_target_of_the_makefile_is_documented() -> None:
    """In a page that people read to do something, not only in `make help`."""
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    prose = text_of("README.md", "CONTRIBUTING.md", "tests/README.md") + "".join(
        page.read_text() for page in (REPOSITORY / "docs").rglob("*.md")
    )
    assert {target for target in targets if not re.search(rf"make {target}(?![\w-])", prose)} == set()


@pytest.mark.parametrize("command", ["", "screen", "fleet"])
def test_the_simulators_options_are_documented(command: str) -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "simulator", *command.split(), "--help"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    options = set(re.findall(r"--[a-z][a-z-]+", helped)) - {"--help"}
    page = text_of("docs/simulator.md")
    assert {option for option in options if not re.search(rf"{option}(?![\w-])", page)} == set()


# Runbooks ----------------------------------------------------------------------------------------


def test_every_kind_of_matter_has_a_runbook() -> None:
    """A section of its own each; differences are told together, and each in the table that they lead to."""
    from satmachineadmin.core.reconcile import DifferenceKind
    from satmachineadmin.core.states import MatterKind

    page = WORKLIST.read_text()
    assert sorted(re.findall(r"^### `(\w+)`$", page, flags=re.MULTILINE)) == sorted(MatterKind)
    differences = set(DifferenceKind)
    assert differences <= set(re.findall(r"`(\w+)`", page))
    reconciling = (REPOSITORY / "docs/concepts/reconcile.md").read_text().partition("## What to do")[2]
    assert differences <= set(re.findall(r"`(\w+)`", reconciling))


@pytest.mark.parametrize("part", ["What happened", "The money", "Look at", "Do", "Closes itself"])
def test_every_runbook_says_what_a_person_needs(part: str) -> None:
    runbooks = re.split(r"^#{2,3} ", WORKLIST.read_text(), flags=re.MULTILINE)
    lacking = [text.split("\n")[0] for text in runbooks if text.startswith("`") and f"**{part}" not in text]
    assert lacking == []


def test_every_reason_for_which_sats_stay_is_known_to_the_runbooks() -> None:
    """Where a person acts on a reason: to hold, to reject, or to keep what a sweep pays later."""
    from satmachineadmin.core.landing import HoldReason
    from satmachineadmin.core.states import SkipReason

    swept_by_a_person = {
        reason
        for reason, _meaning, swept in rows(section("states.md", "Skip reasons"))
        if swept.startswith(("Once", "Over")) and reason != SkipReason.BELOW_MINIMUM
    }
    known = set(re.findall(r"`(\w+)`", WORKLIST.read_text()))
    acted_on = {reason for reason in HoldReason if reason not in ("awaiting_delay", "maintenance")}
    assert (acted_on | swept_by_a_person) - known == set()


def test_the_pages_that_people_need_at_night_link_to_each_other() -> None:
    """Whoever is on one of them is one step from the next."""
    pages = {
        "how-to/worklist.md": {"backup-and-restore.md", "errored-settlement.md", "customers-cash.md"},
        "how-to/monitoring.md": {"worklist.md", "standby.md"},
        "how-to/backup-and-restore.md": {"worklist.md"},
        "how-to/production.md": {"backup-and-restore.md", "monitoring.md", "standby.md"},
    }
    for page, needed in pages.items():
        text = without_code((REPOSITORY / "docs" / page).read_text())
        linked = {Path(target.partition("#")[0]).name for target in LINK.findall(text)}
        assert needed <= linked, page
