"""Scenario: the paying task is cancelled again and again, and the process lives on."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from typing import Any

from .arena import Arena
from .judge import AuditTrail, judge_settled, look
from .ledger import Ledger, Statement
from .lives import open_settlements, take_lease
from .world import LEGS, World, sale

#: In the ordinary run and in `make test-long`. The slow way is slow: a sale takes it a second.
CANCELS, MANY_CANCELS = {"fast": 40, "slow": 15}, {"fast": 100, "slow": 30}
#: SQLite waits five seconds for a lock that was left behind.
AT_ONCE_SECONDS = 2.0

_PAID = """
    SELECT COUNT(*) FROM apipayments WHERE external_id LIKE :mark AND amount < 0 AND status = 'success'
"""
_COMPLETED = """
    SELECT COUNT(*) FROM satmachineadmin.dca_payments
    WHERE state = 'completed' AND external_id LIKE :mark
"""


def the_paying_task(arena: Arena, times: Mapping[str, int] = CANCELS) -> Mapping[str, object]:
    """One process, many cancels; then every sale is judged."""
    cancels = times[arena.way]
    with arena.telling("cancelled"):
        life = arena.live(_be_cancelled, arena.world, arena.ledger, arena.seed, cancels)
        assert life.complaints == [], f"{life.complaints}"
        for sold in life.result["sales"]:
            judge_settled(look(arena.ledger, arena.world, sold), arena.world)
    return {**life.result["told"], "cancels": cancels, "events": AuditTrail(arena.ledger).verify()}


def for_long(arena: Arena) -> Mapping[str, object]:
    """The same, for as long as nobody waits."""
    return the_paying_task(arena, MANY_CANCELS)


async def _be_cancelled(world: World, ledger: Ledger, seed: int, cancels: int) -> dict[str, Any]:
    dice = random.Random(seed)
    lease = await take_lease()
    sales: list[str] = []
    told = {"cut_short": 0, "paid": 0, "seconds": 0.0}
    longest = await _undisturbed_seconds(world, ledger, sales, lease)
    for number in range(cancels):
        payment_hash = await _sell(world, ledger, sales)
        await _renew(lease)
        task = asyncio.create_task(_work_once(lease))
        await asyncio.sleep(dice.uniform(0, longest))
        told["cut_short"] += not task.done()
        await _cancel(task, times=1 + number % 3)
        await _check_no_lock_is_left(world)
        told["paid"] += await _check_nothing_is_half_done(payment_hash) > 0
        while await open_settlements() or not await _is_landed(payment_hash):
            await _work_once(lease)
    told["seconds"] = longest
    return {"sales": sales, "told": told}


async def _renew(lease: Any) -> None:
    """What the runner does beside its rounds; the lease would lapse after thirty seconds."""
    from satmachineadmin.services import current

    async with current().store.transaction("lease") as books:
        await books.renew_lease(lease)


async def _work_once(lease: Any) -> None:
    from satmachineadmin.engine.work import work_once
    from satmachineadmin.services import current

    await work_once(current().store, current().host, lease, lambda: False)


async def _cancel(task: asyncio.Task[None], times: int) -> None:
    """Cancel it, more than once even: when it has ended, nothing of it may still run."""
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0.001)
    await asyncio.wait([task])
    assert task.cancelled() or task.exception() is None, repr(task.exception())


async def _check_no_lock_is_left(world: World) -> None:
    """Neither in this process nor in a file: both databases can be written at once."""
    from lnbits.core.db import db as core_db
    from lnbits.core.services.payments import payment_lock, wallets_payments_lock

    from satmachineadmin.services import current

    database = current().store.database
    locks = [core_db.lock, payment_lock, database.writer_lock, *wallets_payments_lock.values()]
    assert not any(lock.locked() for lock in locks), f"a lock is left: {locks}"
    began = time.monotonic()
    await core_db.execute("UPDATE wallets SET name = name WHERE id = :id", {"id": world.machine_wallet})
    async with database.transaction("probe") as sql:
        await sql.run("UPDATE satmachineadmin.super_config SET version = version")
    assert time.monotonic() - began < AT_ONCE_SECONDS, "a new write had to wait"


async def _check_nothing_is_half_done(payment_hash: str) -> int:
    """Paid and recorded, all legs or none; the slow way is let finish what it began, too."""
    from lnbits.core.db import db as core_db
    from sqlalchemy import text

    from satmachineadmin.services import current

    mark = {"mark": f"sm1:{payment_hash}:%"}
    async with core_db.connect() as connection:
        paid = int((await connection.conn.execute(text(_PAID), mark)).scalar())
    async with current().store.database.reading() as sql:
        completed = int(await sql.value(_COMPLETED, **mark))
    assert paid in (0, LEGS), f"{paid} of {LEGS} legs are paid"
    assert paid == completed, f"{paid} legs are paid, {completed} recorded"
    return paid


async def _undisturbed_seconds(world: World, ledger: Ledger, sales: list[str], lease: Any) -> float:
    """How long a round takes that pays one sale: the last of three."""
    began = 0.0
    for _ in range(3):
        await _sell(world, ledger, sales)
        began = time.monotonic()
        await _work_once(lease)
        assert not await open_settlements()
    return time.monotonic() - began


async def _is_landed(payment_hash: str) -> bool:
    from satmachineadmin.services import current

    statement = "SELECT COUNT(*) FROM satmachineadmin.dca_settlements WHERE payment_hash = :hash"
    async with current().store.database.reading() as sql:
        return bool(await sql.value(statement, hash=payment_hash))


async def _sell(world: World, ledger: Ledger, sales: list[str]) -> str:
    payment_hash, statements = sale(world, ledger)
    await _execute(statements)
    sales.append(payment_hash)
    return payment_hash


async def _execute(statements: list[Statement]) -> None:
    """Through LNbits' own connection: this process has a loop running."""
    from lnbits.core.db import db as core_db
    from sqlalchemy import text

    async with core_db.connect() as connection:
        for statement, values in statements:
            await connection.conn.execute(text(statement), dict(values))
        await connection.conn.commit()
