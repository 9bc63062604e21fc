"""Scenarios: who may pay, two who pay at once, and LNbits stopping between debit and credit."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from typing import Any

from .arena import Arena
from .judge import AuditTrail, Evidence, judge_after_kill, judge_settled, look
from .lives import ask_for_lease, finish_everything, hold_lease, land_and_plan, take_lease
from .world import LEGS

#: In the ordinary run and in `make test-long`.
RACES, MANY_RACES = 10, 20
#: A standby asks every five seconds; a start that finds a dead holder's lease waits for nothing.
AT_ONCE_SECONDS = 5.0


def lease(arena: Arena) -> Mapping[str, object]:
    """A living holder is not robbed, not even a frozen one; a dead one's lease is taken at once."""
    holder = arena.start(hold_lease)
    holder.wait_for_byte()
    assert arena.live(ask_for_lease).result == "standby", "a living holder was robbed"
    os.kill(holder.pid, signal.SIGSTOP)
    assert arena.live(ask_for_lease).result == "standby", "a frozen holder was robbed"
    os.kill(holder.pid, signal.SIGCONT)
    assert holder.kill_after(0).was_killed
    life = arena.live(ask_for_lease)
    assert life.result == "active", "the lease of a dead process was not taken over"
    assert life.seconds < AT_ONCE_SECONDS, f"it took {life.seconds:.1f} s"
    return {}


def two_payers(arena: Arena, races: int = RACES) -> Mapping[str, object]:
    """Two processes pay the same settlement, each believing that it holds the lease."""
    trail = AuditTrail(arena.ledger)
    ends: list[str] = []
    for number in range(races):
        checks_lease = number % 2 == 0
        pauses = [arena.random.uniform(0, 0.1), arena.random.uniform(0, 0.1)]
        with arena.telling(f"race {number}, lease checked: {checks_lease}, pauses {pauses}"):
            sold = arena.sell()
            arena.live(land_and_plan)
            racers = [arena.start(_pay_believing, pause, checks_lease) for pause in pauses]
            ends += [racer.end().result for racer in racers]
            judge_after_kill(look(arena.ledger, arena.world, sold), arena.world, arena.way)
            arena.live(finish_everything, False, 60)
            judge_settled(look(arena.ledger, arena.world, sold), arena.world)
            trail.verify()
    return {"races": races, "ends": {end: ends.count(end) for end in sorted(set(ends))}}


def many_payers(arena: Arena) -> Mapping[str, object]:
    """The same, for as long as nobody waits."""
    return two_payers(arena, MANY_RACES)


async def _pay_believing(pause: float, checks_lease: bool) -> str:
    """Take the lease from whoever has it, and pay; without the check, only the books themselves object."""
    from satmachineadmin.core.lease import LeaseLost
    from satmachineadmin.engine.work import work_once
    from satmachineadmin.services import current
    from satmachineadmin.store.books import Books

    async def believe(_books: Any, _lease: Any) -> None:
        return None

    if not checks_lease:
        Books.require_lease = believe  # type: ignore[method-assign,assignment]
    await asyncio.sleep(pause)
    held = await take_lease()
    try:
        await work_once(current().store, current().host, held, lambda: False)
    except LeaseLost:
        return "lease lost"
    return "ended"


def half_payments(arena: Arena) -> Mapping[str, object]:
    """LNbits dies between debit and credit of each leg: the credit is completed exactly once."""
    trail = AuditTrail(arena.ledger)
    for leg in range(1, LEGS + 1):
        for status in ("pending", "failed"):
            with arena.telling(f"leg {leg}, credit {status}"):
                sold = arena.sell()
                assert arena.live(_die_before_credit, leg).was_killed
                half = look(arena.ledger, arena.world, sold)
                judge_after_kill(half, arena.world, arena.way)
                payment_hash = _hash_of_half(half, leg)
                _check_missing(arena, half, payment_hash)
                arena.ledger.run(_SET_STATUS, status=status, hash=payment_hash)
                if leg % 2:
                    _complete_twice(arena, sold, payment_hash)
                arena.live(finish_everything, status == "failed")
                judge_settled(look(arena.ledger, arena.world, sold), arena.world)
                trail.verify()
    return {"halves": 2 * LEGS}


_SET_STATUS = "UPDATE apipayments SET status = :status WHERE checking_id = :hash"


async def _die_before_credit(leg: int) -> None:
    """LNbits marks the receiver's row by `update_payment`, after the payer's row is committed."""
    from lnbits.core.services import payments

    update_payment = payments.update_payment
    updated = 0

    async def die(*args: Any, **named: Any) -> Any:
        nonlocal updated
        updated += 1
        if updated == leg:
            os.kill(os.getpid(), signal.SIGKILL)
        return await update_payment(*args, **named)

    payments.update_payment = die
    await finish_everything()


def _hash_of_half(half: Evidence, leg: int) -> str:
    """The one leg that was debited but not credited; it is `paying` in our books."""
    assert sum(half.paid(-1).values()) == leg, f"{half.paid(-1)}"
    (key,) = half.paid(-1) - half.paid(1)
    (row,) = [row for row in half.standing if row["leg_key"] == key]
    assert row["state"] == "paying", f"the leg is {row['state']}"
    return str(row["payment_hash"])


def _check_missing(arena: Arena, half: Evidence, payment_hash: str) -> None:
    (leg,) = [row for row in half.legs if row["payment_hash"] == payment_hash]
    missing = arena.world.total_msat - half.total_msat
    assert missing == leg["sats"] * 1000, f"{missing} msat are missing"


def _complete_twice(arena: Arena, sold: str, payment_hash: str) -> None:
    """Two processes at once, each of them twice: no more than the one credit."""
    helpers = [arena.start(_complete, payment_hash) for _ in range(2)]
    found = [helper.end().result for helper in helpers]
    assert found == ["paid", "paid"], f"{found}"
    whole = look(arena.ledger, arena.world, sold)
    assert whole.total_msat == arena.world.total_msat, f"the sum is {whole.total_msat} msat"
    assert whole.paid(1) == whole.paid(-1)


async def _complete(payment_hash: str) -> str:
    from satmachineadmin.services import current

    host = current().host
    await asyncio.gather(host.complete_half(payment_hash), host.complete_half(payment_hash))
    return str((await host.look_up(payment_hash)).value)
