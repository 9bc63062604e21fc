"""Machines of the operator."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from ..core.errors import InvalidInput
from ..core.npub import key_hex
from ..core.reconcile import DifferenceKind
from ..core.states import TxType
from ..core.units import currency_digits, format_percent, parse_percent, parse_rate
from ..engine.machine_limits import left_for
from ..host import accounts
from ..present import machines as present
from ..present import reconcile as present_reconcile
from ..services import current
from ..store import lists
from ..usecases.earlier import add_machine_with_past, look_at_earlier
from ..usecases.machines import add_machine, change_machine, close_wallet, own_machine, wallets_of
from ..usecases.once import once
from ..usecases.permissions import may
from ..usecases.worklist import check_now
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import (
    EarlierAsked,
    MachineAdded,
    MachineChanged,
    MachineDescribed,
    identifier,
    moment,
    page_of,
    read,
)

router = APIRouter(prefix="/machines", route_class=TranslatingRoute)
Wanted = Annotated[lists.Page, Depends(page_of(lists.MACHINES))]


@router.get("")
async def list_machines(
    user: CurrentUser,
    page: Wanted,
    active: bool | None = Query(None),
    maintenance: bool | None = Query(None),
    paused: bool | None = Query(None),
    currency: str | None = Query(None, pattern="^[A-Z]{3}$"),
) -> dict[str, Any]:
    equals = {
        "machine.operator_user_id": user.user_id,
        "machine.active": active,
        "machine.maintenance": maintenance,
        "(machine.payouts_paused_at IS NOT NULL)": paused,
        "machine.currency": currency,
    }
    async with current().store.reading() as books:
        rows, total = await lists.page(books.sql, lists.MACHINES, page.only(equals))
        now = books.now
    names = await accounts.wallet_names({row["wallet_id"] for row in rows})
    return {"data": [present.machine(row, names, now) for row in rows], "total": total}


@router.post("", status_code=201)
async def post_machine(user: ActingUser, body: MachineAdded) -> dict[str, Any]:
    services, fields = current(), _described(body)
    scan_from = moment("scan_from", body.scan_from)
    if scan_from is not None:
        adding = add_machine_with_past(
            services.store, services.host, user.user_id, fields, scan_from, body.confirmation or ""
        )
    elif body.confirmation is not None:
        raise InvalidInput(field="confirmation", problem="without scan_from there is no list to confirm")
    else:
        adding = add_machine(services.store, user.user_id, fields)
    machine_id = await once(adding)
    services.runner.wake()
    return await one_machine(user.user_id, machine_id)


@router.post("/earlier")
async def post_earlier(user: CurrentUser, body: EarlierAsked) -> dict[str, Any]:
    services, fields = current(), _described(body)
    scan_from = moment("scan_from", body.scan_from)
    if scan_from is None:
        raise InvalidInput(field="scan_from", problem="say from when on the payments count")
    seen = await look_at_earlier(services.store, services.host, user.user_id, fields, scan_from)
    return present.earlier(seen)


def _described(body: MachineDescribed) -> dict[str, Any]:
    """The fields of a new machine, checked."""
    read("currency", currency_digits, body.currency)
    fields = body.dict(exclude_none=True, exclude={"scan_from", "confirmation"})
    fields |= _checked(fields)
    fields["npub"] = _npub(body.npub)
    return fields


@router.get("/{machine_id}")
async def get_machine(user: CurrentUser, machine_id: str) -> dict[str, Any]:
    return await one_machine(user.user_id, identifier(machine_id, "machine"))


@router.put("/{machine_id}")
async def put_machine(user: ActingUser, machine_id: str, body: MachineChanged) -> dict[str, Any]:
    fields = body.dict(exclude_unset=True)
    fields |= _checked(fields)
    if "currency" in fields:
        read("currency", currency_digits, fields["currency"])
    if "npub" in fields:
        fields["npub"] = _npub(fields["npub"])
    await once(change_machine(current().store, user.user_id, identifier(machine_id, "machine"), fields))
    return await one_machine(user.user_id, machine_id)


@router.get("/{machine_id}/wallets")
async def list_wallets(user: CurrentUser, machine_id: str) -> dict[str, Any]:
    return await _wallets(user.user_id, identifier(machine_id, "machine"))


@router.post("/{machine_id}/wallets/{wallet_id}/close")
async def post_close_wallet(user: ActingUser, machine_id: str, wallet_id: str) -> dict[str, Any]:
    services = current()
    identifier(machine_id, "machine")
    former = identifier(wallet_id, "former wallet")
    await once(close_wallet(services.store, services.host, user.user_id, machine_id, former))
    return await _wallets(user.user_id, machine_id)


async def _wallets(user_id: str, machine_id: str) -> dict[str, Any]:
    seen = await wallets_of(current().store, user_id, machine_id)
    names = await accounts.wallet_names({one.row["wallet_id"] for one in seen})
    return {"data": [present.wallet(one, names) for one in seen]}


@router.get("/{machine_id}/proof")
async def get_proof(user: CurrentUser, machine_id: str) -> dict[str, Any]:
    return await _proof(user.user_id, identifier(machine_id, "machine"))


@router.post("/{machine_id}/check")
async def post_check(user: CurrentUser, machine_id: str) -> dict[str, Any]:
    services = current()
    await check_now(services.store, services.host, user.user_id, identifier(machine_id, "machine"))
    services.runner.wake()
    return await _proof(user.user_id, machine_id)


async def _proof(user_id: str, machine_id: str) -> dict[str, Any]:
    machine = await own_machine(current().store, user_id, machine_id)
    async with current().store.reading() as books:
        row = await books.reconcile.proof(machine["wallet_id"])
        equals = {"matter.machine_id": machine_id, "(matter.closed_at IS NULL)": True}
        page = lists.Page(limit=lists.MAX_LIMIT, descending=False, equals=equals)
        matters, _open = await lists.page(books.sql, lists.MATTERS, page)
    kinds = {kind.value for kind in DifferenceKind}
    return {
        **present_reconcile.proof(row),
        "matters": [present_reconcile.matter(one) for one in matters if one["kind"] in kinds],
    }


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """Percentages and rates in their one canonical form."""
    checked: dict[str, Any] = {}
    for name in ("cash_out_fee_pct", "cash_in_fee_pct", "rate_tolerance_pct", "fallback_commission_pct"):
        if fields.get(name) is not None:
            checked[name] = format_percent(read(name, parse_percent, fields[name]))
    if fields.get("reference_rate") is not None:
        checked["reference_rate"] = read("reference_rate", parse_rate, fields["reference_rate"])
    return checked


def _npub(text: str | None) -> str | None:
    """Lower-case hex inside, bech32 or hex outside."""
    if text is None:
        return None
    found = key_hex(text)
    if found is None:
        raise InvalidInput(field="npub", problem="write the machine's key as npub1… or as 64 hex digits")
    return found


async def one_machine(user_id: str, machine_id: str) -> dict[str, Any]:
    """A machine with its LPs' cash and what is left of its limits, all of one instant."""
    async with current().store.reading(at_one_instant=True) as books:
        may(user_id, "read", await books.machines.row(machine_id), "machine")
        one = lists.Page(equals={"machine.id": machine_id})
        rows, _total = await lists.page(books.sql, lists.MACHINES, one)
        cash = await books.machines.cash(machine_id)
        left = {tx_type: await left_for(books, rows[0], tx_type) for tx_type in TxType}
        now = books.now
    names = await accounts.wallet_names({rows[0]["wallet_id"]})
    return {
        **present.machine(rows[0], names, now),
        **present.cash(cash, rows[0]["currency"]),
        **present.left(left, rows[0]["currency"]),
    }
