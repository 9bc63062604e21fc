"""Settlements in every state, and what a person does to them: for the tests of REVISE."""

from __future__ import annotations

from fractions import Fraction

from satmachineadmin.core.planning import conservation_gap_msat
from satmachineadmin.core.states import PayWay
from satmachineadmin.engine.land import land_new_payments
from satmachineadmin.engine.plan import plan_settlement
from satmachineadmin.ports import Transfer
from satmachineadmin.store import rows
from satmachineadmin.usecases import revising
from satmachineadmin.usecases.revising import DispensedPart

from .rig import MACHINE_WALLET, OPERATOR, Rig

HALF = DispensedPart(fraction=Fraction(1, 2), sats=None)
EVERYBODY = {"platform": 30, "partner0": 35, "partner1": 21, "partner2": 14, "ana's wallet": 1000}


async def check_books(rig: Rig) -> None:
    """Every sat of every planned sale is in a leg, every reserve is a leg's, and what left has arrived."""
    for row in await rig.settlements():
        async with rig.store.reading() as books:
            legs = await books.legs.of(row["id"])
        if any(leg.state.value != "voided" for leg in legs):
            assert conservation_gap_msat(rows.settlement(row), legs) == 0
    reserving = ("pending", "paying", "failed", "unresolved")
    for name, enrolment in rig.enrolments.items():
        legs_of = [leg for leg in await rig.legs() if leg["client_id"] == enrolment]
        reserved = sum(leg["fiat_minor"] for leg in legs_of if leg["state"] in reserving)
        assert (await rig.cash_of(name))["reserved"] == reserved
    sent = sum(leg["sent_msat"] for leg in await rig.legs() if leg["state"] == "completed")
    arrived = sum(sats for wallet, sats in rig.balances().items() if wallet != MACHINE_WALLET)
    assert arrived * 1000 == sent


async def events(rig: Rig, settlement_id: str) -> list[str]:
    found = await rig.rows(
        "SELECT event FROM satmachineadmin.audit_events WHERE subject_id = :id ORDER BY seq", id=settlement_id
    )
    return [row["event"].removeprefix("settlement.") for row in found]


async def put(rig: Rig, settlement_id: str, **columns: object) -> None:
    """Put a settlement, or its first leg, where no engine of a test gets it quickly."""
    async with rig.store.transaction("test") as books:
        for column, value in columns.items():
            table, key = ("dca_payments", column[4:]) if column.startswith("leg_") else (
                "dca_settlements", column
            )  # fmt: skip
            where = "settlement_id = :id AND position = 0" if table == "dca_payments" else "id = :id"
            await books.sql.run(
                f"UPDATE satmachineadmin.{table} SET {key} = :value WHERE {where}",
                id=settlement_id,
                value=value,
            )


# Settlements in every state -----------------------------------------------------------------


async def held(rig: Rig) -> str:
    rig.sell(principal_sats=10_000, rate="50")
    await rig.work()
    (row,) = await rig.settlements()
    assert row["state"] == "held"
    return str(row["id"])


async def pending(rig: Rig) -> str:
    rig.sell()
    (landed,) = await land_new_payments(rig.store, rig.host, lambda: False, is_start=True)
    return landed.id


async def planned(rig: Rig) -> str:
    settlement_id = await pending(rig)
    await plan_settlement(rig.store, rig.host, settlement_id, "claim")
    return settlement_id


async def waiting(rig: Rig) -> str:
    rig.sell()
    rig.host.send(MACHINE_WALLET, 1000)
    await rig.work(2)
    (row,) = await rig.settlements()
    assert (row["state"], row["waits_code"]) == ("processing", "wallet_short")
    return str(row["id"])


async def processed(rig: Rig) -> str:
    rig.sell()
    await rig.work(2)
    return str((await rig.settlements())[0]["id"])


async def errored(rig: Rig) -> str:
    """Ana's wallet is gone, everybody else is paid."""
    rig.host.delete_wallet("ana's wallet")
    return await processed(rig)


async def errored_unpaid(rig: Rig) -> str:
    """Every receiver is gone: nothing is paid."""
    for wallet in EVERYBODY:
        rig.host.delete_wallet(wallet)
    return await processed(rig)


async def unresolved(rig: Rig) -> str:
    """LNbits debited the platform's leg without crediting it, and does not mend it."""
    rig.host.way = PayWay.SLOW
    settlement_id = await planned(rig)
    rig.host.stops_half_way = True
    pay, rig.host.complete_half = rig.host.pay_invoice, stays_half  # type: ignore[method-assign]

    async def half_once(transfer: Transfer) -> None:
        try:
            await pay(transfer)
        finally:
            rig.host.stops_half_way = False

    rig.host.pay_invoice = half_once  # type: ignore[method-assign]
    await rig.work()
    (row,) = await rig.settlements()
    states = [leg["state"] for leg in await rig.legs()]
    assert (row["state"], states[0]) == ("errored", "unresolved"), (row["state"], states)
    return settlement_id


async def stays_half(payment_hash: str) -> None:
    """LNbits cannot be mended at this moment."""


async def rejected(rig: Rig) -> str:
    rig.host.receive(MACHINE_WALLET, 500)
    await rig.work()
    return str((await rig.settlements())[0]["id"])


STATES = {
    "held": held, "pending": pending, "planned": planned, "waiting": waiting, "processed": processed,
    "errored": errored, "errored, nothing paid": errored_unpaid, "unresolved": unresolved,
    "rejected": rejected,
}  # fmt: skip


async def retry(rig: Rig, settlement_id: str) -> None:
    await revising.retry_settlement(rig.store, rig.host, OPERATOR, settlement_id, None)  # type: ignore[arg-type]


async def dispense(rig: Rig, settlement_id: str) -> None:
    await revising.dispense_in_part(rig.store, OPERATOR, settlement_id, HALF, "The cassette was empty.")


async def reset(rig: Rig, settlement_id: str) -> None:
    rig.clock.advance(seconds=1800)
    await revising.force_reset(rig.store, OPERATOR, settlement_id, threshold_minutes=30, reason="Stuck.")


async def release_first(rig: Rig, settlement_id: str) -> None:
    legs = await rig.legs(settlement_id)
    failed = [leg for leg in legs if leg["state"] == "failed"]
    await revising.release_leg(rig.store, OPERATOR, (failed or legs)[0]["id"], "The LP left.")


ACTIONS = {"retry": retry, "dispense": dispense, "reset": reset, "release": release_first}
