"""How long an LP waits for a file of its records: until it begins to come, and until all of it is there.

LNbits compresses it on its way, as it does for a browser.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from tests.harness import LnbitsServer
from tests.harness.people import User
from tests.harness.shop import LP

from . import report
from .stats import median, percentile

EXPECTED_FIRST_MS = 100
_FILES = ("transactions", "cash", "koinly")


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file that was fetched several times."""

    database: str
    name: str
    lines: int
    first_p50_ms: float
    first_p95_ms: float
    whole_p50_ms: float
    #: time that LNbits' own process worked on one file
    cpu_ms: float


def section(downloads: Sequence[Download]) -> str:
    """The table of files, if any was fetched."""
    if not downloads:
        return ""
    head = (
        "database", "file", "lines", "first byte: p50 ms", "p95 ms", "whole file: p50 ms", "CPU ms",
        f"expected: first byte {EXPECTED_FIRST_MS} ms",
    )  # fmt: skip
    return report.table(
        head,
        [
            (
                one.database,
                one.name,
                f"{one.lines}",
                f"{one.first_p50_ms:.0f}",
                f"{one.first_p95_ms:.0f}",
                f"{one.whole_p50_ms:.0f}",
                f"{one.cpu_ms:.0f}",
                "met" if one.first_p95_ms <= EXPECTED_FIRST_MS else "MISSED",
            )
            for one in downloads
        ],
    )


def measure(server: LnbitsServer, user: User, kind: str, *, only: str, files: int) -> list[Download]:
    """Each file so many times."""
    found = []
    for file in _FILES:
        name = f"LP: {file}.csv"
        if only in name:
            found.append(_measured(server, user, kind, file, name, files))
    return found


def _measured(server: LnbitsServer, user: User, kind: str, file: str, name: str, files: int) -> Download:
    headers = {"Authorization": f"Bearer {user.token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60, trust_env=False) as client:
        lines, *_rest = _fetch(client, file)
        began_ms = server.cpu_ms
        took = [_fetch(client, file) for _ in range(files)]
        cpu_ms = (server.cpu_ms - began_ms) / files
    first = [one for _lines, one, _whole in took]
    whole = [one for _lines, _first, one in took]
    print(
        f"{kind}: {name}: {median(first):.0f} / {median(whole):.0f} ms, CPU {cpu_ms:.0f} ms", file=sys.stderr
    )
    return Download(
        database=kind,
        name=name,
        lines=lines,
        first_p50_ms=median(first),
        first_p95_ms=percentile(first, 95),
        whole_p50_ms=median(whole),
        cpu_ms=cpu_ms,
    )


def _fetch(client: httpx.Client, file: str) -> tuple[int, float, float]:
    """Lines, and milliseconds until the first byte of the body and until the last."""
    began = time.perf_counter()
    first, whole = 0.0, b""
    with client.stream("GET", f"{LP}/reports/{file}.csv") as response:
        response.raise_for_status()
        for part in response.iter_raw():
            first = first or 1000 * (time.perf_counter() - began)
            whole += part
    took = 1000 * (time.perf_counter() - began)
    text = gzip.decompress(whole) if response.headers.get("content-encoding") == "gzip" else whole
    return text.count(b"\n"), first, took
