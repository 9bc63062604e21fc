"""Processes of LNbits that start in a tenth of the time.

The fork server of `multiprocessing` imports LNbits and our extensions once per test process (inherited.py),
and every server is forked from it. From there on the child is what `python -m uvicorn lnbits.__main__:app`
would be, a process of its own that a SIGKILL ends. Servers that nobody has forked are those of the demo.
"""

from __future__ import annotations

import ctypes
import faulthandler
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_ANCESTOR = "tests.harness.inherited"
_REPOSITORY = Path(__file__).resolve().parents[2]

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([_ANCESTOR])


def start_lnbits(
    folder: Path, log_file: Path, environment: Mapping[str, str], port: int
) -> ForkServerProcess:
    """Serve LNbits in `folder` on a port of this machine."""
    return start_process(_serve, folder, log_file, environment, str(folder), port)


def start_process(
    work: Callable[..., object], folder: Path, log_file: Path, environment: Mapping[str, str], *args: object
) -> ForkServerProcess:
    """Do `work(*args)` in a process that has LNbits, in `folder`, with this environment and no other.

    Returns at once. What it prints is appended to `log_file`; it ends when this process ends, however.
    """
    _ensure_ancestor()
    process = _context.Process(
        target=_begin, args=(work, str(folder), str(log_file), dict(environment), args), daemon=True
    )
    process.start()
    return process


def _ensure_ancestor() -> None:
    """The fork server finds this repository wherever the tests are run from."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(_REPOSITORY)
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


def _begin(
    work: Callable[..., object], folder: str, log_file: str, environment: dict[str, str], args: tuple[object]
) -> None:
    """The child, from its birth on."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 is PR_SET_PDEATHSIG: the fork server ends with us
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    # LNbits has semaphores that a SIGTERM leaves behind: its own tracker shall tidy them up, not the tests'
    resource_tracker._resource_tracker._fd = None  # type: ignore[attr-defined]
    faulthandler.enable()
    if _ANCESTOR not in sys.modules:
        raise RuntimeError(f"the fork server could not import {_ANCESTOR}: import it by hand to see why")
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path.insert(0, "")
    from .inherited import settle

    settle(environment)
    work(*args)


def _serve(folder: str, port: int) -> None:
    import uvicorn

    from .inherited import app_in

    uvicorn.run(app_in(Path(folder)), host="127.0.0.1", port=port, timeout_graceful_shutdown=5)
