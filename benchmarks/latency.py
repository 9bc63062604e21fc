"""What a bystander feels of a payout: the time of `GET /api/v1/wallet` while fifty legs are paid.

LNbits runs in a process of its own, served by uvicorn; this process asks for a bystander's wallet all
the time, on one connection. Both note `time.monotonic()`, which on Linux is one clock for all
processes, so that each request can be assigned to what happened meanwhile.
"""

from __future__ import annotations

import contextlib
import http.client
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from tests.harness import OURS, REPOSITORY, Api, LnbitsServer

from .stats import median, percentile

PROBE = Path(__file__).parent / "server_probe"
#: Between two requests: a bystander is no load test.
_PAUSE_SECONDS = 0.002
_GLANCE_SECONDS = 1.0

Figures = dict[str, Any]


def measure(folder: Path, database_url: str | None, *, legs: int, history: int, payouts: int) -> Figures:
    """p95 of a request while idle, until the commit, and while payees are told."""
    server = LnbitsServer(
        folder,
        extensions={**OURS, "benchmark": PROBE},
        database_url=database_url,
        env={"PYTHONPATH": str(REPOSITORY)},
    )
    with server, contextlib.closing(Api(server.url, timeout=300)) as api:
        key = api.post("/benchmark/api/v1/build", legs=legs, history=history)
        api.post("/benchmark/api/v1/start", payouts=payouts)
        with contextlib.closing(_asking(server.port, key)) as asking:
            requests = [next(asking)]
            glanced = time.monotonic()
            while True:
                requests.append(next(asking))
                if time.monotonic() - glanced < _GLANCE_SECONDS:
                    continue
                done = api.get("/benchmark/api/v1/payouts")
                glanced = time.monotonic()
                if done is not None:
                    return {"legs": legs, "history": history, **evaluate(requests, done)}


def _asking(port: int, key: str) -> Generator[tuple[float, float], None, None]:
    """Ask for the wallet once per `next`: when the request began and when its answer was there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        while True:
            time.sleep(_PAUSE_SECONDS)
            began = time.monotonic()
            connection.request("GET", "/api/v1/wallet", headers={"X-Api-Key": key})
            answer = connection.getresponse()
            answer.read()
            ended = time.monotonic()
            if answer.status != 200:
                raise RuntimeError(f"GET /api/v1/wallet answered {answer.status}")
            yield began, ended
    finally:
        connection.close()


def evaluate(requests: list[tuple[float, float]], payouts: list[dict[str, float]]) -> Figures:
    """Assign each request to what it overlaps: paying first, then telling, then nothing at all.

    A request that overlaps the making of the sale counts nowhere, nor does one before the first payout.
    """
    idle, paying, telling = [], [], []
    first = payouts[0]["sold"]
    for began, ended in requests:
        took = 1000 * (ended - began)

        def meets(start: str, end: str, began: float = began, ended: float = ended) -> bool:
            return any(began < one[end] and ended > one[start] for one in payouts)

        if meets("began", "committed"):
            paying.append(took)
        elif meets("committed", "told"):
            telling.append(took)
        elif began > first and not meets("sold", "told"):
            idle.append(took)
    return {
        "payouts": len(payouts),
        "idle_requests": len(idle),
        "paying_requests": len(paying),
        "telling_requests": len(telling),
        "idle_p50_ms": percentile(idle, 50),
        "idle_p95_ms": percentile(idle, 95),
        "paying_p50_ms": percentile(paying, 50),
        "paying_p95_ms": percentile(paying, 95),
        "telling_p50_ms": percentile(telling, 50),
        "telling_p95_ms": percentile(telling, 95),
        "payout_ms": 1000 * median([one["committed"] - one["began"] for one in payouts]),
        "told_ms": 1000 * median([one["told"] - one["committed"] for one in payouts]),
    }
