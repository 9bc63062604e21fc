"""The platform takes over what the predecessor left: looked at first, then written, once.

What can go wrong: something is paid again, or an LP's balance comes out otherwise. So sales and legs become
history that the engine does not know, landing leaves alone every payment that was one of those sales, and
a balance is written as the predecessor's own rows add up, to the minor unit. The confirmation names the
preview, and all of it is written in one transaction, in which nobody pays, and only while the books say the
same as when it was decided.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import InvalidInput, NotFound, PredecessorActive, PreviewOutdated, Refusal
from ..core.model import HostPayment, SplitRule
from ..core.predecessor import found as reading
from ..core.predecessor.deciding import decide
from ..core.predecessor.found import Found
from ..core.predecessor.moves import Known, KnownPlace, Plan, Unrecorded
from ..core.predecessor.report import report
from ..host import accounts, predecessor
from ..ports import Host
from ..store.books import Books, Store
from .move_writing import MoveWriting, raw_texts
from .permissions import require_platform
from .splits import DraftRule, resolve_rule
from .wallets import Arrivals, ask_arrivals

#: An invoice of LNbits' can be paid for so long: the last sale's may have been made after one that was paid
#: when nobody wrote it down any more.
_INVOICE_SECONDS = 3600
_SLICE = 500


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What LNbits says of the people, wallets and receivers that were found."""

    users: Mapping[str, str]
    wallets: Mapping[str, str]
    logins: frozenset[str]
    targets: Mapping[str, SplitRule | str]
    #: what machines' wallets are still to receive; what came before and nobody wrote down is unrecorded
    arrivals: Arrivals
    unrecorded: Mapping[str, Sequence[Unrecorded]]


@dataclass(frozen=True, kw_only=True)
class Move:
    """What was found and what would become of it."""

    found: Found
    plan: Plan
    asked: Asked
    known: Known

    @property
    def confirmation(self) -> str:
        """Names the very rows that were seen, and what becomes of each."""
        plan = self.plan
        said = [repr(move) for move in (*plan.machines, *plan.enrolments, *plan.choices, *plan.splits)]
        sales = [[move.old.id, move.outcome] for move in plan.sales]
        text = json.dumps([self.found.digest, said, sales])
        return hashlib.sha256(text.encode()).hexdigest()

    def report(self) -> dict[str, Any]:
        """What a person is told of it."""
        return report(self.found, self.plan, self.asked.users)


async def preview_move(store: Store, host: Host, user_id: str, name: str, file: Path | None = None) -> Move:
    """What would happen; nothing is written. `file` is a SQLite file of the predecessor's elsewhere.

    Raises NotAllowed, NotFound, PredecessorUnreadable.
    """
    require_platform(accounts.is_platform(user_id))
    found = await _find(name, file)
    asked = await _ask_lnbits(store, host, found)
    async with store.reading(at_one_instant=True) as books:
        known = await _known(books, found, asked)
    # Others have their turn while it is decided on tens of thousands of rows.
    plan = await asyncio.to_thread(decide, found, known)
    return Move(found=found, plan=plan, asked=asked, known=known)


async def move_over(
    store: Store, host: Host, user_id: str, name: str, confirmation: str, file: Path | None = None
) -> str:
    """Write what was previewed, all of it or nothing; the move's id.

    Raises NotAllowed, NotFound, PredecessorUnreadable, PredecessorActive, PreviewOutdated, and InvalidInput
    where there is nothing to write.
    """
    require_platform(accounts.is_platform(user_id))
    _require_known(name)
    if await predecessor.is_active(name):
        raise PredecessorActive(name=name)
    move = await preview_move(store, host, user_id, name, file)
    if move.confirmation != confirmation:
        raise PreviewOutdated()
    if move.plan.is_empty:
        raise InvalidInput(field="confirmation", problem="everything of it is here already")
    report, texts = await asyncio.to_thread(lambda: (move.report(), raw_texts(move.found)))
    async with store.transaction("move", actor=user_id) as books:
        # Nobody else writes from here on: where the books say the same, the plan is still the one.
        if await _known(books, move.found, move.asked) != move.known:
            raise PreviewOutdated()
        move_id = await books.moving.begin(move.found.where, move.found.digest, report, by=user_id)
        writing = MoveWriting(
            books=books,
            found=move.found,
            move_id=move_id,
            by=user_id,
            names=move.asked.users,
            arrivals=move.asked.arrivals,
            texts=texts,
        )
        await writing.all(move.plan)
        return books.made(move_id)


def _require_known(name: str) -> None:
    if name not in predecessor.NAMES:
        raise NotFound(what="predecessor's database")


async def _find(name: str, file: Path | None) -> Found:
    _require_known(name)
    tables = await (predecessor.read(name) if file is None else predecessor.read_file(file))
    if tables is None:
        raise NotFound(what="predecessor's database")
    # Others have their turn while tens of thousands of rows are read.
    return await asyncio.to_thread(reading.read, tables.where, tables.rows, tables.columns)


async def _ask_lnbits(store: Store, host: Host, found: Found) -> Asked:
    users = {one.operator_user_id for one in found.machines} | {one.user_id for one in found.enrolments}
    wallets = {one.wallet_id for one in found.machines} | {one.wallet_id for one in found.choices}
    owners = await accounts.owners_of_ordinary(wallets)
    there = {one.wallet_id for one in found.machines} & owners.keys()
    arrivals = await ask_arrivals(store, sorted(there))
    targets: dict[str, SplitRule | str] = {}
    for split in found.splits:
        for share in split.shares:
            targets[share.target] = await _target(share.target)
    return Asked(
        users=await accounts.users_among(users),
        wallets=owners,
        logins=frozenset(await accounts.logins_among({one.npub for one in found.machines if one.npub})),
        targets=targets,
        arrivals=arrivals,
        unrecorded=await _unrecorded(host, found, there, arrivals.asked_at),
    )


async def _target(text: str) -> SplitRule | str:
    try:
        return await resolve_rule(0, DraftRule(target=text, label="", share_ppm=0))
    except Refusal as refusal:
        return refusal.sentence()


async def _unrecorded(
    host: Host, found: Found, wallets: set[str], asked_at: int
) -> dict[str, list[Unrecorded]]:
    """What came into machines' wallets since about the last sale that was written down, and is none."""
    known = {sale.payment_hash for sale in found.sales}
    last: dict[str, int] = {}
    for sale in found.sales:
        last[sale.machine_id] = max(last.get(sale.machine_id, 0), sale.paid_at)
    came: dict[str, list[Unrecorded]] = {}
    for machine in found.machines:
        if machine.wallet_id in wallets:
            since = last.get(machine.id, machine.made_at) - _INVOICE_SECONDS
            came[machine.wallet_id] = [
                Unrecorded(
                    payment_hash=one.payment_hash,
                    sats=one.amount_msat // 1000,
                    paid_at=int(one.created_at.timestamp()),
                )
                async for one in _payments_since(host, machine.wallet_id, since)
                if one.amount_msat > 0
                and one.payment_hash not in known
                and one.created_at.timestamp() < asked_at
            ]
    return came


async def _payments_since(host: Host, wallet_id: str, since: int) -> AsyncIterator[HostPayment]:
    offset = 0
    while True:
        rows = await host.history.successful(wallet_id, created_from=since, offset=offset, limit=_SLICE)
        for row in rows:
            yield row
        if len(rows) < _SLICE:
            return
        offset += len(rows)


async def _known(books: Books, found: Found, asked: Asked) -> Known:
    """What the books hold of the things that were found."""
    wallets = {one.wallet_id for one in found.machines}
    machines = await books.moving.machines_of(wallets)
    enrolments = await books.moving.enrolments_at({row["id"] for row in machines})
    _held, paid = await books.imports.unfree_wallets(sorted(wallets))
    npubs = {one.npub for one in found.machines if one.npub}
    hashes = {one.payment_hash for one in found.sales}
    here = await books.moving.sales_of({row["wallet_id"] for row in machines})
    splits = set()
    for operator in {one.operator_user_id for one in found.splits}:
        splits |= {(operator, one.machine_id) for one in await books.splits.all_in_force(operator)}
    return Known(
        users=asked.users.keys(),
        wallets=asked.wallets,
        machines={
            row["wallet_id"]: KnownPlace(
                id=row["id"], operator_user_id=row["operator_user_id"], currency=row["currency"]
            )
            for row in machines
        },
        machine_wallets=await books.machines.all_wallet_ids(),
        unrecorded=asked.unrecorded,
        receivers=paid,
        keys=asked.logins | await books.imports.npubs_among(npubs),
        enrolments={
            (row["machine_id"], row["user_id"]): (row["id"], bool(row["has_cash"])) for row in enrolments
        },
        chosen=await books.moving.chosen_among({one.user_id for one in found.choices}),
        targets=asked.targets,
        splits=splits,
        sales={place: state for place, state in here.items() if place[1] in hashes},
        moved=await books.moving.moved(),
    )
