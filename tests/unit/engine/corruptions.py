"""What somebody may do to either of two books behind our back, and what it must be found as."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from satmachineadmin.core.model import HostPayment

from .rig import MACHINE_WALLET, Rig


def row_of(rig: Rig, leg: dict[str, object], *, is_debit: bool) -> HostPayment:
    """The debit or credit of a leg."""
    (row,) = [
        row
        for row in rig.host.rows
        if row.payment_hash == leg["payment_hash"] and (row.amount_msat < 0) is is_debit
    ]
    return row


def edit(table: str, change: str) -> Callable[[Rig, dict[str, object]], Awaitable[None]]:
    """An edit of our own tables, of every row that has to do with the leg."""

    async def corrupt(rig: Rig, leg: dict[str, object]) -> None:
        column = {"dca_payments": "id", "dca_settlements": "settlement_id", "dca_deposits": "client_id"}[
            table
        ]
        where = "id" if table != "dca_deposits" else "client_id"
        async with rig.store.transaction("corrupt") as books:
            statement = f"{change.format(table='satmachineadmin.' + table)} WHERE {where} = :value"
            await books.sql.run(statement, value=leg[column])

    return corrupt


async def delete_debit(rig: Rig, leg: dict[str, object]) -> None:
    rig.host.rows.remove(row_of(rig, leg, is_debit=True))


async def delete_credit(rig: Rig, leg: dict[str, object]) -> None:
    rig.host.rows.remove(row_of(rig, leg, is_debit=False))


async def edit_debit(rig: Rig, leg: dict[str, object]) -> None:
    row = row_of(rig, leg, is_debit=True)
    rig.host.change(row, amount_msat=row.amount_msat - 1000)


async def edit_credit(rig: Rig, leg: dict[str, object]) -> None:
    row = row_of(rig, leg, is_debit=False)
    rig.host.change(row, amount_msat=row.amount_msat + 1)


async def set_fee(rig: Rig, leg: dict[str, object]) -> None:
    rig.host.change(row_of(rig, leg, is_debit=False), fee_msat=1000)


async def flip_debit(rig: Rig, leg: dict[str, object]) -> None:
    rig.host.change(row_of(rig, leg, is_debit=True), status="failed")


async def flip_credit(rig: Rig, leg: dict[str, object]) -> None:
    rig.host.change(row_of(rig, leg, is_debit=False), status="pending")


async def add_row(rig: Rig, _leg: dict[str, object]) -> None:
    rig.host.send(MACHINE_WALLET, 1, external_id=f"sm1:{'e' * 64}:super_fee:1")


async def pay_twice(rig: Rig, leg: dict[str, object]) -> None:
    debit = row_of(rig, leg, is_debit=True)
    again = rig.host.send(MACHINE_WALLET, 1, external_id=debit.external_id)
    rig.host.change(again, payment_hash=debit.payment_hash)


async def sale_row(rig: Rig, leg: dict[str, object]) -> HostPayment:
    """The payment of the leg's sale."""
    (sale,) = [row for row in await rig.settlements() if row["id"] == leg["settlement_id"]]
    (row,) = [row for row in rig.host.rows if row.checking_id == sale["payment_hash"]]
    return row


async def delete_sale(rig: Rig, leg: dict[str, object]) -> None:
    rig.host.rows.remove(await sale_row(rig, leg))


async def edit_sale(rig: Rig, leg: dict[str, object]) -> None:
    rig.host.change(await sale_row(rig, leg), amount_msat=2_000_000)


async def flip_sale(rig: Rig, leg: dict[str, object]) -> None:
    rig.host.change(await sale_row(rig, leg), status="failed")


@dataclass(frozen=True)
class Corruption:
    """What somebody does behind our back, and the kinds of difference that it must be found as."""

    corrupt: Callable[[Rig, dict[str, object]], Awaitable[None]]
    kinds: set[str]


CORRUPTIONS = {
    "debit row deleted": Corruption(delete_debit, {"debit_missing", "wallet_differs"}),
    "credit row deleted": Corruption(delete_credit, {"credit_missing"}),
    "amount of a debit edited": Corruption(edit_debit, {"payment_amount", "wallet_differs"}),
    "amount of a credit edited": Corruption(edit_credit, {"payment_amount"}),
    "fee set": Corruption(set_fee, {"payment_fee"}),
    "status of a debit flipped": Corruption(flip_debit, {"payment_status", "wallet_differs"}),
    "status of a credit flipped": Corruption(flip_credit, {"payment_status"}),
    "extra row added": Corruption(add_row, {"unknown_payments"}),
    "a leg paid twice": Corruption(pay_twice, {"paid_twice", "wallet_differs"}),
    "sale's row deleted": Corruption(delete_sale, {"sale_missing", "wallet_differs"}),
    "sale's row edited": Corruption(edit_sale, {"sale_amount", "wallet_differs"}),
    "sale's row flipped": Corruption(flip_sale, {"sale_status", "wallet_differs"}),
    "leg's state edited": Corruption(
        edit("dca_payments", "UPDATE {table} SET state = 'failed'"),
        {"paid_unbooked", "lp_totals", "wallet_differs"},
    ),
    "leg's amount edited": Corruption(
        edit("dca_payments", "UPDATE {table} SET sats = sats + 1, sent_msat = sent_msat + 1000"),
        {"payment_amount", "legs_do_not_sum", "wallet_differs"},
    ),
    "leg deleted": Corruption(
        edit("dca_payments", "DELETE FROM {table}"), {"unknown_payments", "legs_do_not_sum", "lp_totals"}
    ),
    "wire edited": Corruption(
        edit("dca_settlements", "UPDATE {table} SET wire_sats = wire_sats + 1"),
        {"sale_amount", "sale_contradicts", "legs_do_not_sum", "wallet_differs"},
    ),
    "principal edited": Corruption(
        edit("dca_settlements", "UPDATE {table} SET principal_sats = principal_sats - 1"),
        {"sale_contradicts"},
    ),
    "platform fee edited": Corruption(
        edit(
            "dca_settlements",
            "UPDATE {table} SET platform_fee_sats = platform_fee_sats - 1, "
            "operator_fee_sats = operator_fee_sats + 1",
        ),
        {"legs_do_not_sum"},
    ),
    "direction edited": Corruption(
        edit("dca_settlements", "UPDATE {table} SET tx_type = 'cash_in'"),
        {"sale_amount", "sale_contradicts", "legs_do_not_sum", "wallet_differs"},
    ),
    "LP entry deleted": Corruption(edit("dca_deposits", "DELETE FROM {table}"), {"lp_totals"}),
    "LP entry edited": Corruption(
        edit("dca_deposits", "UPDATE {table} SET amount_minor = amount_minor + 1"), {"lp_totals"}
    ),
}
