"""A machine, an LP and a sale in a store, written as the engine writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from satmachineadmin.core.model import Facts, HostPayment, Landing, Leg, Minted, Settlement, Stamp
from satmachineadmin.core.planning import plan
from satmachineadmin.core.states import SettlementState, TxType
from satmachineadmin.store.books import Books, Store
from tests.fakes.books import NOON
from tests.unit.engine.rig import machine_fields

OPERATOR, WALLET = "olga", "plaza"


async def add_machine(store: Store, wallet_id: str = WALLET) -> str:
    async with store.transaction("setup", actor=OPERATOR) as books:
        return await books.machines.add(machine_fields(wallet_id), scan_from=books.now)


async def add_lp(store: Store, machine_id: str, name: str = "ana", minor: int = 200_00) -> str:
    """An enrolment with cash; its status is of no matter here."""
    async with store.transaction("setup", actor=name) as books:
        enrolment_id = await books.lps.enrol(
            machine_id=machine_id, operator_user_id=OPERATOR, user_id=name, username=name
        )
        await books.lps.choose_preferences(name, {"dca_wallet_id": f"{name}'s", "default_dca_mode": "flow"})
        await books.sql.run(
            """
            UPDATE satmachineadmin.dca_clients SET confirmed_minor = :minor, status = 'active'
            WHERE id = :id
            """,
            minor=minor,
            id=enrolment_id,
        )
    return enrolment_id


def payment(number: int = 1, moment: datetime = NOON) -> HostPayment:
    payment_hash = f"{number:064x}"
    return HostPayment(
        wallet_id=WALLET, checking_id=payment_hash, payment_hash=payment_hash, amount_msat=1_100_000,
        fee_msat=0, status="success", memo="", tag=None, external_id=None, fiat_provider=None, extra={},
        created_at=moment, updated_at=moment,
    )  # fmt: skip


def landing() -> Landing:
    stamp = Stamp(
        tx_type=TxType.CASH_OUT, principal_sats=1000, commission_sats=100, exchange_rate="5",
        fiat_minor=200_00, currency="EUR", txid=None, machine_npub=None, nostr_sender_pubkey=None,
        nostr_event_id=None, bills=None, cassettes=None,
    )  # fmt: skip
    facts = Facts(
        tx_type=TxType.CASH_OUT, wire_sats=1100, principal_sats=1000, commission_sats=100,
        platform_fee_sats=30, operator_fee_sats=70, host_fee_msat=0, host_fee_from_commission_sats=0,
        host_fee_from_principal_sats=0, fiat_minor=200_00, currency="EUR", exchange_rate="5",
        commission_difference_sats=0, stamp=stamp,
    )  # fmt: skip
    return Landing(state=SettlementState.PENDING, reason=None, facts=facts)


async def land(books: Books, machine_id: str, number: int = 1) -> Settlement:
    machine = await books.machines.get(machine_id)
    assert machine is not None
    fee = await books.platform.fee(TxType.CASH_OUT)
    return await books.settlements.land(machine, payment(number), landing(), fee)


def minted(number: int) -> Minted:
    return Minted(payment_hash=f"{number:064x}", preimage=f"{number:064x}", bolt11=f"lnbc{number}")


async def planned(store: Store, machine_id: str, number: int = 1) -> tuple[Settlement, tuple[Leg, ...]]:
    """A sale in `processing` with its legs."""
    async with store.transaction("plan") as books:
        settlement = await land(books, machine_id, number)
        decided = plan(await books.plan_input(settlement))
        invoices = {leg.key: minted(1000 * number + place) for place, leg in enumerate(decided.legs)}
        await books.legs.write_plan(settlement, decided, invoices)
        await books.settlements.move(settlement, SettlementState.PROCESSING, plan_version=1)
        moved = await books.settlements.get(settlement.id)
        assert moved is not None
        return moved, await books.legs.of(settlement.id)


async def rows(store: Store, table: str, **equals: object) -> list[dict[str, Any]]:
    where = "".join(f" AND {name} = :{name}" for name in equals)
    async with store.reading() as books:
        found = await books.sql.all(f"SELECT * FROM satmachineadmin.{table} WHERE 1 = 1{where}", **equals)
    return [dict(row) for row in found]
