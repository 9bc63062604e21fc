"""An LNbits extension for the latency benchmark only: it pays when told, and notes when.

Unauthenticated on purpose; benchmarks/latency.py loads it, nobody else does.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from fastapi import APIRouter
from lnbits.db import Database

from benchmarks.business import Business, build, new_user
from benchmarks.driver import Driver

db = Database("ext_benchmark")
benchmark_ext = APIRouter(prefix="/benchmark/api/v1")
benchmark_static_files: list[dict[str, str]] = []
#: Nothing of ours happens for so long after each payout: what is measured then is called idle.
IDLE_SECONDS = 1.0
_ready: list[tuple[Driver, Business]] = []
_payouts: list[dict[str, float]] = []
_running: list[asyncio.Task[None]] = []


@benchmark_ext.post("/build")
async def post_build(legs: int, history: int) -> str:
    """Set a business up and stop the runner; gives the invoice key of a bystander's wallet."""
    driver = Driver()
    await driver.start()
    _ready.append((driver, await build(legs, history)))
    bystander = await new_user("bystander")
    return str(bystander.wallets[0].inkey)


@benchmark_ext.post("/start")
async def post_start(payouts: int) -> None:
    """Begin to pay; returns at once."""
    _payouts.clear()
    _running[:] = [asyncio.create_task(_pay(payouts))]


@benchmark_ext.get("/payouts")
async def get_payouts() -> list[dict[str, float]] | None:
    """The instants of every payout once all are done; None before."""
    (task,) = _running
    if not task.done():
        return None
    task.result()
    return _payouts


async def _pay(payouts: int) -> None:
    """The first payout warms up and is not noted."""
    driver, business = _ready[-1]
    for number in range(payouts + 1):
        driver.forget_told()
        payout = await driver.pay(business)
        told = await driver.until_told(len(business.lp_wallets))
        if number:
            _payouts.append({**asdict(payout), "told": told})
        await asyncio.sleep(IDLE_SECONDS)
