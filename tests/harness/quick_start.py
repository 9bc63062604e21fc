"""Processes of LNbits that start in half the time.

LNbits takes three seconds of CPU to be imported, and half of that are its libraries. The fork server of
`multiprocessing` imports those once per test process, and every server is forked from it. LNbits itself is
not among them: it reads its settings from the environment while it is imported. From there on the child is
what `python -m uvicorn lnbits.__main__:app` would be, a process of its own that a SIGKILL ends.
"""

from __future__ import annotations

import ctypes
import faulthandler
import functools
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing import resource_tracker
from multiprocessing.context import ForkServerProcess
from pathlib import Path

#: What LNbits imports and what takes time; a name that is not there is left out by `multiprocessing`.
_LIBRARIES = (
    "Cryptodome.Cipher.AES", "PIL.Image", "aiohttp", "aiosqlite", "asyncpg", "bolt11", "coincurve",
    "cryptography.x509", "embit", "fastapi", "fastapi.openapi.models", "fastapi_sso", "google.protobuf",
    "grpc", "httpx", "jinja2", "jsonpath_ng", "jwt", "limits", "lnurl", "loguru", "nostr_sdk", "oauthlib",
    "py_vapid", "pyinstrument", "pyln.client", "pynostr", "pywebpush", "slowapi", "sqlalchemy.ext.asyncio",
    "sqlalchemy.dialects.postgresql.asyncpg", "sqlalchemy.dialects.sqlite.aiosqlite", "sse_starlette",
    "starlette.middleware.sessions", "uvicorn.loops.uvloop", "uvicorn.main", "wasmtime", "websockets",
)  # fmt: skip

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(list(_LIBRARIES))


def start_lnbits(
    folder: Path, log_file: Path, environment: Mapping[str, str], options: list[str]
) -> ForkServerProcess:
    """Run uvicorn with LNbits' app in `folder`, with this environment and no other; returns at once.

    What it prints is appended to `log_file`; it ends when this process ends, however that ends.
    """
    process = _context.Process(
        target=_serve, args=(str(folder), str(log_file), dict(environment), options), daemon=True
    )
    process.start()
    return process


def _serve(folder: str, log_file: str, environment: dict[str, str], options: list[str]) -> None:
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
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path.insert(0, "")
    import bcrypt
    from uvicorn.main import main

    # the people of the tests need no strong passwords: at twelve rounds each costs half a second
    bcrypt.gensalt = functools.partial(bcrypt.gensalt, rounds=4)
    main(["lnbits.__main__:app", *options])
