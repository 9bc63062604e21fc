"""The commands of a page of the docs, to be run as they stand there.

A block that a test runs has a name in a comment before it, which readers do not see:

    <!-- runs: backup on SQLite -->
    ```sh
    ...
    ```
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^<!-- runs: (.+?) -->\n```sh\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)


def blocks(page: str) -> dict[str, str]:
    """The named blocks of a page below docs/, by their names."""
    found = _BLOCK.findall((REPOSITORY / "docs" / page).read_text())
    named = dict(found)
    assert len(named) == len(found), f"{page} names two blocks alike"
    return named


def run_block(
    page: str,
    name: str,
    environment: Mapping[str, str],
    tools: Sequence[Path] = (),
    *,
    expect: Mapping[int, str] | None = None,
) -> str:
    """Run a block as a careful shell does, and return what it printed; AssertionError where it fails.

    `tools` are folders with commands that stand before the system's, as those of the tests' PostgreSQL.
    `expect` says for each exit code that is in order how what is printed begins; 0 alone, if not given.
    """
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", blocks(page)[name]],
        env={
            "PATH": ":".join([*map(str, tools), str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": os.environ.get("HOME", "/"),
            **environment,
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    begins = (expect or {0: ""}).get(ended.returncode)
    said = f"{name}: {ended.returncode}: {ended.stdout}\n{ended.stderr}"
    assert begins is not None and ended.stdout.startswith(begins), said
    return ended.stdout
