"""A server whose next life begins where the last one was killed, in a fifth of the time.

The processes of LnbitsServer import LNbits anew, which is most of a start. Here one ancestor per server
has LNbits imported, with that server's settings and nothing of it running: no event loop, no thread, no
connection. Each start is a fork of it that runs uvicorn with LNbits' app, registers our extensions as any
LNbits does, and can be killed by SIGKILL like any other process.
"""

from __future__ import annotations

import gc
import importlib
import importlib.abc
import importlib.util
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from tests.harness.env import clean_environment, link_extensions, link_host, lnbits_env, write_rates
from tests.harness.server import OURS, REPOSITORY, LnbitsServer

_IMPORT_SECONDS = 120
_OPTIONS = {"host": "127.0.0.1", "timeout_graceful_shutdown": 5}


class Lineage(LnbitsServer):
    """LnbitsServer with an ancestor; `wait_until_exit` tells how the last life ended."""

    _ancestor: subprocess.Popen[bytes] | None = None
    _pid: int | None = None
    _status: int | None = None

    def launch(self, env: Mapping[str, str] | None = None) -> None:
        if self.is_running:
            raise RuntimeError("this server is running already")
        if self._ancestor is None:
            self._ancestor = self._bear()
        self._status = None
        assert self._ancestor.stdin is not None
        self._ancestor.stdin.write(json.dumps(dict(env or {})).encode() + b"\n")
        self._ancestor.stdin.flush()
        self._pid = int(self._hear(_IMPORT_SECONDS))

    def wait_until_exit(self, timeout_s: float = 60) -> int:
        if self._status is None:
            said = self._hear(timeout_s)
            if not said:
                raise AssertionError(f"LNbits still runs after {timeout_s} s:\n{self.log_tail()}")
            self._status = int(said)
        return self._status

    def stop(self) -> None:
        if self.is_running:
            os.kill(self.pid, signal.SIGTERM)
            self.wait_until_exit()

    def kill(self) -> None:
        if self.is_running:
            os.kill(self.pid, signal.SIGKILL)
            self.wait_until_exit()

    def close(self) -> None:
        super().close()
        if self._ancestor is not None:
            self._ancestor.kill()
            self._ancestor.wait()
            self._ancestor = None

    @property
    def exit_code(self) -> int | None:
        if self._pid is not None and self._status is None and (said := self._hear(0)):
            self._status = int(said)
        return self._status

    @property
    def is_running(self) -> bool:
        return self._pid is not None and self.exit_code is None

    @property
    def pid(self) -> int:
        if self._pid is None:
            raise RuntimeError("this server was never started")
        return self._pid

    def _bear(self) -> subprocess.Popen[bytes]:
        """The process that every life of this server is forked from."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        write_rates(self.data_dir)
        link_host(self.folder)
        link_extensions(self.folder, self.extensions)
        settings = lnbits_env(self.data_dir, self.folder, self.port, self.database_url, **self.env)
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", "from tests.crash.lineage import live; live()"],
                cwd=self.folder,
                env=clean_environment({**settings, "PYTHONPATH": str(REPOSITORY)}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def _hear(self, timeout_s: float) -> str:
        """The next line of the ancestor; empty when it says nothing in time."""
        assert self._ancestor is not None and self._ancestor.stdout is not None
        out: IO[bytes] = self._ancestor.stdout
        deadline = time.monotonic() + timeout_s
        while True:
            if select.select([out], [], [], max(0.0, deadline - time.monotonic()))[0]:
                # one short line at a time is written, and read as a whole
                said = os.read(out.fileno(), 64).decode().strip()
                assert said, f"the ancestor of the servers has ended:\n{self.log_tail()}"
                return said
            if time.monotonic() >= deadline:
                return ""


def live() -> None:
    """The ancestor: a fork for each line of its input; it says the fork's pid, and how it ended."""
    _die_with_parent()
    app = _import_everything()
    port = int(os.environ["PORT"])
    for line in sys.stdin.buffer:
        pid = os.fork()
        if pid == 0:
            _die_with_parent()
            _serve(app, port, json.loads(line))
        os.write(1, f"{pid}\n".encode())
        _pid, status = os.waitpid(pid, 0)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _import_everything() -> Any:
    """LNbits' app, not started. Routers are tried on another app: what that takes is remembered."""
    from fastapi import FastAPI
    from lnbits.__main__ import app
    from lnbits.core import init_core_routers
    from lnbits.settings import settings

    sys.path.append(str(Path(settings.lnbits_extensions_path, "extensions")))
    trial = FastAPI()
    init_core_routers(trial)
    for name in OURS:
        module = importlib.import_module(name)
        trial.include_router(getattr(module, f"{name}_ext"))
    gc.collect()
    gc.freeze()
    return app


class _Inherited(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """LNbits forgets an extension's modules before it registers it: these are found again, not read anew."""

    def __init__(self) -> None:
        self._modules = {
            name: module for name, module in sys.modules.items() if name.partition(".")[0] in OURS
        }

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name in self._modules else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """It was executed in the ancestor; what it had imported of its own is imported with it."""
        within = f"{module.__name__}."
        sys.modules.update({name: one for name, one in self._modules.items() if name.startswith(within)})


def _die_with_parent() -> None:
    import ctypes

    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 is PR_SET_PDEATHSIG


def _serve(app: Any, port: int, env: Mapping[str, str]) -> None:
    """One life; never returns."""
    import uvicorn

    code = 1
    try:
        failpoints = importlib.import_module("satmachineadmin.failpoints")
        failpoints.arm(env.get("SATMACHINE_FAILPOINT", ""), env.get("SATMACHINE_FAILPOINT_MARK", ""))
        sys.meta_path.insert(0, _Inherited())
        os.environ.update(env)
        # the pipe is the ancestor's alone; what is printed goes to the log
        os.dup2(2, 1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        uvicorn.run(app, port=port, **_OPTIONS)  # type: ignore[arg-type]
        code = 0
    finally:
        os._exit(code)
