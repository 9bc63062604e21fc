"""Starting and stopping LNbits, the demo's child.

What can go wrong: an LNbits left behind by a demo that was killed (its process id is in a file; it is
stopped first), and a Ctrl-C that hits parent and child at once (the child has a session of its own; the
parent stops it).
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import secrets
import signal
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from .errors import DemoStopped
from .host import Host
from .settings import CHECKOUT, DATA

START_SECONDS = 90
STOP_SECONDS = 20


def lnbits_environment(base_url: str, rates_url: str, database_url: str | None) -> dict[str, str]:
    """The settings of an LNbits that needs nobody; those of the caller's LNbits stay out."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LNBITS_", "AUTH_", "FORWARDED_", "UVICORN_"))
    }
    return inherited | {
        "LNBITS_BACKEND_WALLET_CLASS": "FakeWallet",
        "LNBITS_DATA_FOLDER": str(DATA / "lnbits"),
        "LNBITS_DATABASE_URL": database_url or "",
        "LNBITS_EXTENSIONS_PATH": str(CHECKOUT),
        "LNBITS_EXTENSIONS_MANIFESTS": "[]",
        "LNBITS_WASM_EXTENSIONS_MANIFESTS": "[]",
        "LNBITS_ADMIN_UI": "true",
        "LNBITS_BASEURL": base_url + "/",
        "LNBITS_SITE_TITLE": "Satoshi Machine demo",
        "LNBITS_DEFAULT_ACCOUNTING_CURRENCY": "EUR",
        "LNBITS_PRICE_AGGREGATOR_URL": rates_url,
        "LNBITS_EXCHANGE_RATE_PROVIDERS": "[]",
        "LNBITS_RATE_LIMIT_NO": "100000",
        "LNBITS_NOTIFICATION_SERVER_START_STOP": "false",
        "AUTH_HTTPS_ONLY": "false",
        "AUTH_ALLOWED_METHODS": '["username-password"]',
        "AUTH_SECRET_KEY": _kept_secret(),
        "ENABLE_LOG_TO_FILE": "false",
        "PYTHONUNBUFFERED": "1",
        # the rate server is here, whatever proxy the machine has
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def _kept_secret() -> str:
    """The key that signs logins, the same at each start, so that browsers stay logged in."""
    path = DATA / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16))
    return path.read_text()


class Lnbits:
    """LNbits, a child process. `log` is where it writes what it has to say."""

    def __init__(self) -> None:
        self.log = DATA / "lnbits.log"
        self._pid_file = DATA / "lnbits.pid"
        self._process: subprocess.Popen[bytes] | None = None
        #: to the second, as the extensions' own times are
        self.started_at = datetime.now(timezone.utc).replace(microsecond=0)

    async def start(self, *, port: int, rates_url: str, database_url: str | None) -> Host:
        """Starts it and waits until it answers."""
        self.started_at = datetime.now(timezone.utc).replace(microsecond=0)
        host = Host(f"http://127.0.0.1:{port}")
        environment = lnbits_environment(host.base_url, rates_url, database_url)
        self._process = self._spawn(port, environment)
        self._pid_file.write_text(str(self._process.pid))
        deadline = time.monotonic() + START_SECONDS
        while not await host.is_up():
            self.check_alive()
            if time.monotonic() > deadline:
                raise DemoStopped(f"LNbits does not answer after {START_SECONDS} s.\n{self.last_lines()}")
            await asyncio.sleep(0.3)
        return host

    def _spawn(self, port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        where = ["--host", "127.0.0.1", "--port", str(port)]
        with open(self.log, "wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "lnbits.__main__:app", *where],
                cwd=_run_folder(),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def check_alive(self) -> None:
        """Raises if it has ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise DemoStopped(f"LNbits ended ({self._process.returncode}).\n{self.last_lines()}")

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        lines = self.log.read_text(errors="replace").splitlines()[-count:]
        return "\n".join([f"The end of {self.log}:", *lines])

    def stop(self) -> None:
        """Ends it and waits for its end; kills it if it does not listen."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None
        self._pid_file.unlink(missing_ok=True)


def stop_left_behind() -> None:
    """Stops what a demo that was killed left running. Only to be called under the lock."""
    _stop_by_pid_file(DATA / "lnbits.pid", "lnbits.__main__:app", signal.SIGTERM)
    # SIGINT is PostgreSQL's word for: disconnect everybody and shut down cleanly
    _stop_by_pid_file(DATA / "postgres" / "postmaster.pid", str(DATA), signal.SIGINT)


def _stop_by_pid_file(pid_file: Path, mark: str, how: signal.Signals) -> None:
    """Ends the process that the file names, if its command line still bears the mark."""
    if not pid_file.exists():
        return
    pid_text = (pid_file.read_text().splitlines() or [""])[0].strip()
    if not pid_text.isdecimal() or mark not in _command_of(int(pid_text)):
        return
    os.kill(int(pid_text), how)
    deadline = time.monotonic() + STOP_SECONDS
    while mark in _command_of(int(pid_text)):
        if time.monotonic() > deadline:
            raise DemoStopped(f"Process {pid_text} of an earlier demo does not stop; end it yourself.")
        time.sleep(0.2)


def _command_of(pid: int) -> str:
    """The command line of a process, empty if it is gone."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _run_folder() -> Path:
    """A working folder in which LNbits finds its static files, which it looks for below `lnbits/`."""
    folder = DATA / "run"
    folder.mkdir(parents=True, exist_ok=True)
    (DATA / "lnbits").mkdir(exist_ok=True)
    spec = importlib.util.find_spec("lnbits")
    if spec is None or not spec.submodule_search_locations:
        raise DemoStopped("The lnbits package cannot be found; `make install` makes an environment.")
    link = folder / "lnbits"
    link.unlink(missing_ok=True)
    link.symlink_to(spec.submodule_search_locations[0])
    return folder
