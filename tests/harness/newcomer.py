"""Somebody at an empty machine who types what a page says, in a shell and in a folder of their own.

What the machine of a test cannot do has a stand-in:
- `sudo` and `apt-get` write down what they were asked for and install nothing;
- the address of the repository leads to a copy of this checkout, as it would be with the next commit;
- `make` finds the environment that the tests run in, for to make another one takes a minute and the network.
  CI makes it each time, by `make install` in `.ci/run`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .env import clean_environment

ADDRESS = "https://github.com/satoshi-machine/satoshi-machine"
_REPOSITORY = Path(__file__).resolve().parents[2]
_STAND_IN = '#!/bin/sh\necho "$(basename "$0") $*" >> "$INSTALLED"\n'


class Newcomer:
    """`folder` is all that there is of the machine; `environment` is what the test adds to it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder / "home"
        self._bin = folder / "bin"
        self._log = folder / "installed.log"
        self.folder.mkdir(parents=True)
        self._bin.mkdir()
        for name in ("sudo", "apt-get"):
            (self._bin / name).write_text(_STAND_IN)
            (self._bin / name).chmod(0o755)
        self._log.touch()
        self._origin = folder / "origin"
        self._environment = environment

    @property
    def installed(self) -> set[str]:
        """What `apt-get install` was asked for."""
        lines = [line.split() for line in self._log.read_text().splitlines() if " install " in line]
        return {word for line in lines for word in line[line.index("install") + 1 :] if word[0] != "-"}

    def environment(self) -> dict[str, str]:
        python = Path(sys.executable)
        found = clean_environment(
            {
                "HOME": str(self.folder),
                "INSTALLED": str(self._log),
                # as if it were said on make's command line
                "MAKEFLAGS": f" -- PYTHON={python}",
                "GIT_CONFIG_COUNT": "2",
                "GIT_CONFIG_KEY_0": f"url.file://{self._origin}.insteadOf",
                "GIT_CONFIG_VALUE_0": ADDRESS,
                "GIT_CONFIG_KEY_1": "safe.directory",
                "GIT_CONFIG_VALUE_1": "*",
                **self._environment,
            }
        )
        return {**found, "PATH": f"{self._bin}:{python.parent}:{found['PATH']}"}

    def types(self, text: str, folder: Path | None = None, **more: str) -> subprocess.Popen[str]:
        """The lines of a block in a shell that stops at the first that fails; the shell leads a group."""
        return subprocess.Popen(
            ["sh", "-e", "-c", text],
            cwd=folder or self.folder,
            env={**self.environment(), **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=_hears_ctrl_c,
        )

    def does(self, text: str, folder: Path | None = None, timeout_s: float = 120, **more: str) -> str:
        """The same to its end; what it said."""
        shell = self.types(text, folder, **more)
        output, _nothing = shell.communicate(timeout=timeout_s)
        assert shell.returncode == 0, output[-4000:]
        return output

    def publish(self, files: Mapping[str, Path]) -> None:
        """Put these files at the repository's address, as one commit."""
        for name, path in files.items():
            target = self._origin / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        who = "-c user.name=test -c user.email=test@example.org"
        self.does(f"git init -q && git add -A && git {who} commit -qm all", self._origin)

    def interrupt(self, shell: subprocess.Popen[str]) -> None:
        """Ctrl-C: everybody in the terminal hears it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGINT)


def _hears_ctrl_c() -> None:
    """As in a terminal: whoever starts the tests in the background has them inherit that it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
