"""Legs per second of our payouts beside the naive loop, on a database of their own. A process of its own:

    python -m benchmarks.speed --folder … [--database-url …] --legs 50 --history 10000 --rounds 5

LNbits takes its database from the environment when it is imported, and some of its queries read
everybody's rows: so each configuration has an empty database. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.harness.inprocess import prepare_process, running_host

from .stats import median

if TYPE_CHECKING:
    from .business import Business
    from .driver import Driver

Figures = dict[str, Any]
#: PostgreSQL plans a prepared statement anew the first five times. The naive loop sends each of its
#: statements once a leg, so one round of it is warm; ours are sent once a payout.
WARM_UP_PAYOUTS = 6


async def measure(legs: int, history: int, rounds: int) -> Figures:
    """The figures of payouts of so many legs from a wallet with so long a history."""
    async with running_host():
        # LNbits has put the extensions on the path only now
        from . import business
        from .driver import Driver

        driver = Driver()
        await driver.start()
        return await _configuration(driver, await business.build(legs, history), history, rounds)


async def _configuration(driver: Driver, business: Business, history: int, rounds: int) -> Figures:
    """Alternate the two, so that a busy machine slows both."""
    counts = await _count_statements(driver, business)
    naive, ours = [], []
    for number in range(rounds):
        for is_ours in (True, False) if number % 2 else (False, True):
            if is_ours:
                ours.append(await _ours(driver, business))
            else:
                naive.append(await _naive(driver, business))
    legs = len(business.lp_wallets)
    naive_seconds = median([one["paid"] for one in naive])
    pay_seconds = median([one["paid"] for one in ours])
    whole_seconds = median([one["whole"] for one in ours])
    return {
        "legs": legs,
        "history": history,
        "rounds": rounds,
        "naive_legs_per_second": legs / naive_seconds,
        "pay_legs_per_second": legs / pay_seconds,
        "whole_legs_per_second": legs / whole_seconds,
        "pay_times_naive": naive_seconds / pay_seconds,
        "whole_times_naive": naive_seconds / whole_seconds,
        "pay_ms": 1000 * pay_seconds,
        "whole_ms": 1000 * whole_seconds,
        "naive_ms": 1000 * naive_seconds,
        "told_ms": 1000 * median([one["told"] for one in ours]),
        "naive_told_ms": 1000 * median([one["told"] for one in naive]),
        **counts,
    }


async def _ours(driver: Driver, business: Business) -> dict[str, float]:
    from .business import give_history

    await give_history(business.machine_wallet)
    driver.forget_told()
    payout = await driver.pay(business)
    told = await driver.until_told(len(business.lp_wallets))
    return {
        "paid": payout.returned - payout.planned,
        "whole": payout.returned - payout.began,
        "told": told - payout.committed,
    }


async def _naive(driver: Driver, business: Business) -> dict[str, float]:
    """What anybody would write first: an invoice in the payee's wallet, then pay it; leg by leg."""
    from lnbits.core.services import create_invoice, pay_invoice

    from .business import LEG_SATS, give_history, receive

    await give_history(business.naive_wallet)
    await receive(business.naive_wallet, business.sale_sats, {})
    driver.forget_told()
    began = time.monotonic()
    for wallet_id in business.lp_wallets:
        invoice = await create_invoice(
            wallet_id=wallet_id, amount=LEG_SATS, memo="Plaza: sats for cash", internal=True
        )
        await pay_invoice(wallet_id=business.naive_wallet, payment_request=invoice.bolt11)
    paid = time.monotonic()
    told = await driver.until_told(len(business.lp_wallets))
    return {"paid": paid - began, "told": told - paid}


async def _count_statements(driver: Driver, business: Business) -> Figures:
    """Statements of one payout of each kind, after the rounds that warm everything up."""
    from .statements import counted

    for _ in range(WARM_UP_PAYOUTS):
        await _ours(driver, business)
    await _naive(driver, business)
    driver.forget_told()
    with counted() as ours:
        payout = await driver.pay(business)
    await driver.until_told(len(business.lp_wallets))
    with counted() as naive:
        await _naive(driver, business)
    return {
        "plan_statements": ours.between(payout.began, payout.planned),
        "pay_statements": ours.between(payout.planned, payout.committed),
        "balance_reads": ours.balance_reads(payout.began, payout.committed),
        "naive_statements": naive.between(0, math.inf),
        "naive_balance_reads": naive.balance_reads(0, math.inf),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--database-url")
    parser.add_argument("--legs", type=int, required=True)
    parser.add_argument("--history", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    chosen = parser.parse_args()
    prepare_process(chosen.folder, database_url=chosen.database_url)
    import uvloop

    uvloop.install()  # as under uvicorn
    with contextlib.redirect_stdout(sys.stderr):
        figures = asyncio.run(measure(chosen.legs, chosen.history, chosen.rounds))
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
