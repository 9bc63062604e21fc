"""LAND: find every payment on a machine's wallet and write its facts down, once.

LNbits announces incoming payments only, from memory, sometimes twice, never again after a restart. So
the payment history is the truth and announcements only wake us. Three layers, because no cursor on
`updated_at` is enough by itself (the host sets it before it waits for a lock, and clocks step back):

1. every tick, what changed since the cursor, with fifteen minutes of overlap;
2. in the same tick, whatever was pending, by its payment hash, however late it succeeds;
3. at start and every hour, in slices, all successful rows against what was seen.

The same payment again is nothing; the same payment with other facts is an alarm. What cannot be
landed is put into the worklist and holds up no other payment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from loguru import logger

from ..core.landing import Counterparty, Ignored, IgnoreReason, judge
from ..core.model import HostPayment, Landing, Machine, Settlement
from ..core.own_sales import PAYABLE, link_of
from ..core.states import MatterKind, SettlementState, TxType
from ..core.transactions import Transaction, TransactionState
from ..ports import Books, Host, Store

#: How far behind the cursor each tick reads again.
OVERLAP_SECONDS = 15 * 60
#: How often the whole history is compared with what was seen.
FULL_SCAN_SECONDS = 3600
#: Rows that are looked at together: a statement binds no more than some ten thousand values.
SLICE = 500
#: How many of a machine's last sales a new rate is compared with (DESIGN §5).
RECENT_SALES = 20
#: A cursor that did not find anything is written down at most this often.
CURSOR_SECONDS = 60

#: What of `extra` belongs to the facts of a sale: a change of anything else is no alarm.
_STAMP_FIELDS = (
    "source", "type", "principal_sats", "fee_sats", "exchange_rate", "currency", "fiat_amount", "txid",
    "machine_npub", "nostr_sender_pubkey", "nostr_event_id",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BoundWallet:
    """A wallet that is or was a machine's, and from when on its payments are sales."""

    wallet_id: str
    machine_id: str
    scan_from: int


@dataclass(frozen=True, kw_only=True)
class OtherSide:
    """Who is at the other end of a payment."""

    kind: Counterparty
    #: somebody else's wallet here that paid it; None for everybody else
    wallet_id: str | None = None


async def land_new_payments(
    store: Store, host: Host, is_stopping: Callable[[], bool], *, is_start: bool
) -> list[Settlement]:
    """One tick: land what the host's history holds and we have not seen.

    Layers 1 and 2 always, layer 3 at start (`is_start`) and when a wallet's last one is an hour old.
    Asked to stop, it ends between two slices of a history; the next start reads it whole.
    """
    async with store.reading() as books:
        wallets = [
            BoundWallet(wallet_id=row["wallet_id"], machine_id=row["machine_id"], scan_from=row["scan_from"])
            for row in await books.machines.bound_wallets()
        ]
        now = books.now
        cursors = {
            wallet.wallet_id: await books.scan.changed_until(wallet.wallet_id) or wallet.scan_from
            for wallet in wallets
        }
        # What was written while the clock was ahead says nothing about now.
        full_due = {
            wallet.wallet_id
            for wallet in wallets
            if is_start or not 0 <= now - await books.scan.full_scan_at(wallet.wallet_id) < FULL_SCAN_SECONDS
        }
    if not wallets:
        return []
    wallet_ids = [wallet.wallet_id for wallet in wallets]
    since = min(now, *cursors.values()) - OVERLAP_SECONDS
    rows = await host.history.changed_since(wallet_ids, since)
    rows += await host.history.pending(wallet_ids)
    landed: list[Settlement] = []
    for wallet in wallets:
        mine = [row for row in rows if row.wallet_id == wallet.wallet_id]
        found = await _land_wallet(store, host, wallet, mine)
        is_full = wallet.wallet_id in full_due
        if is_full:
            found += await _full_scan(store, host, wallet, is_stopping)
        landed += found
        if is_stopping():
            break
        if found or is_full or not 0 <= now - cursors[wallet.wallet_id] < CURSOR_SECONDS:
            async with store.transaction("cursor") as writing:
                await writing.scan.advance(wallet.wallet_id, changed_until=now, full=is_full)
    return landed


async def _land_wallet(
    store: Store, host: Host, wallet: BoundWallet, changed: Sequence[HostPayment]
) -> list[Settlement]:
    """Layers 1 and 2 for one wallet."""
    async with store.reading() as books:
        open_hashes = set(await books.scan.open_hashes(wallet.wallet_id))
    rows = {row.checking_id: row for row in changed}
    missing = open_hashes - {row.payment_hash for row in rows.values()}
    if missing:
        for row in await host.history.with_hashes(wallet.wallet_id, missing):
            rows[row.checking_id] = row
    await _remember_open(store, wallet, rows.values(), open_hashes)
    sales = [
        row
        for row in rows.values()
        if row.status == "success"
        and (row.created_at.timestamp() >= wallet.scan_from or row.payment_hash in open_hashes)
    ]
    landed: list[Settlement] = []
    for start in range(0, len(sales), SLICE):
        landed += await _land_unseen(store, host, wallet, sales[start : start + SLICE])
    return landed


async def _remember_open(
    store: Store, wallet: BoundWallet, rows: Iterable[HostPayment], open_hashes: set[str]
) -> None:
    """Keep what is pending in sight, and forget what has failed for good."""
    by_status: dict[str, set[str]] = {"pending": set(), "failed": set()}
    for row in rows:
        if row.status in by_status:
            by_status[row.status].add(row.payment_hash)
    newly_open = by_status["pending"] - open_hashes
    failed = by_status["failed"] & open_hashes
    if not newly_open and not failed:
        return
    async with store.transaction("open") as books:
        await books.scan.keep_open(wallet.wallet_id, sorted(newly_open))
        await books.scan.close_open(wallet.wallet_id, sorted(failed))


async def _full_scan(
    store: Store, host: Host, wallet: BoundWallet, is_stopping: Callable[[], bool]
) -> list[Settlement]:
    """Layer 3: every successful row of the wallet's time as a machine's, in slices."""
    landed: list[Settlement] = []
    offset = 0
    while True:
        rows = await host.history.successful(
            wallet.wallet_id, created_from=wallet.scan_from, offset=offset, limit=SLICE
        )
        landed += await _land_unseen(store, host, wallet, rows)
        if len(rows) < SLICE or is_stopping():
            return landed
        offset += len(rows)


async def _land_unseen(
    store: Store, host: Host, wallet: BoundWallet, rows: Sequence[HostPayment]
) -> list[Settlement]:
    """Land those rows that were not decided on before; alarm where the facts are others now."""
    if not rows:
        return []
    async with store.reading() as books:
        seen = await books.scan.seen(wallet.wallet_id, [row.payment_hash for row in rows])
        ours = await books.legs.known_hashes(row.payment_hash for row in rows)
        machine = await books.machines.get(wallet.machine_id)
        machine_wallets = await books.machines.all_wallet_ids()
        known_payers = await books.payers.wallet_ids(machine.operator_user_id) if machine else frozenset()
        alarms = await books.worklist.open_of_machine(wallet.machine_id, [MatterKind.PAYMENT_CHANGED])
    if machine is None:
        return []
    alarmed = {row["subject_id"] for row in alarms}
    fresh: list[HostPayment] = []
    for row in rows:
        if row.payment_hash in ours or row.payment_hash in {other.payment_hash for other in fresh}:
            continue
        known = seen.get(row.payment_hash)
        if known is None:
            fresh.append(row)
        elif known != facts_digest(row):
            await _alarm_changed(store, machine, row)
        elif row.payment_hash in alarmed:
            async with store.transaction("alarm") as books:
                await books.worklist.close(MatterKind.PAYMENT_CHANGED, row.payment_hash)
    parties = await counterparties(host, fresh, machine, machine_wallets, known_payers)
    landed = []
    for row in sorted(fresh, key=lambda row: (row.updated_at, row.checking_id)):
        settlement = await _land_or_alarm(store, host, machine, row, parties[row.payment_hash])
        if settlement is not None:
            landed.append(settlement)
    return landed


async def _land_or_alarm(
    store: Store, host: Host, machine: Machine, payment: HostPayment, party: OtherSide
) -> Settlement | None:
    """One payment that cannot be landed is shown to a person and stops no other; it is tried again."""
    try:
        return await _land_one(store, host, machine, payment, party)
    except Exception as trouble:  # noqa: BLE001 - the outermost loop of landing
        logger.exception(f"satmachineadmin could not land {payment.payment_hash}: {trouble!r}")
        await _open_matter(
            store,
            MatterKind.LANDING_FAILED,
            machine,
            payment,
            f"The payment {payment.payment_hash} could not be read ({type(trouble).__name__}). "
            "Nothing was paid for it; it is tried again by itself.",
        )
        return None


async def _land_one(
    store: Store, host: Host, machine: Machine, payment: HostPayment, party: OtherSide
) -> Settlement | None:
    """Decide on one payment and write the decision down; None when it is no settlement."""
    tx_type = TxType.CASH_OUT if payment.is_lightning_inbound else TxType.CASH_IN
    host_rate = await host.rate_at_hand(machine.currency)
    async with store.transaction("land") as books:
        if await books.scan.seen(payment.wallet_id, [payment.payment_hash]):
            return None
        await books.worklist.close(MatterKind.LANDING_FAILED, payment.payment_hash)
        fee = await books.platform.fee(tx_type)
        rates = await books.machines.recent_rates(machine.id, RECENT_SALES)
        transaction = await _transaction_of(books, machine, payment)
        if await books.moving.settled_before(payment.wallet_id, [payment.payment_hash]):
            verdict: Landing | Ignored = Ignored(reason=IgnoreReason.SETTLED_BEFORE)
        else:
            verdict = judge(payment, machine, fee, party.kind, rates, host_rate, transaction)
        digest = facts_digest(payment)
        if isinstance(verdict, Ignored):
            await books.scan.note(
                payment.wallet_id, payment.payment_hash, verdict=verdict.reason, facts=digest
            )
            return None
        is_rejected = verdict.state is SettlementState.REJECTED
        settlement = await books.settlements.land(
            machine, payment, verdict, fee, payer_wallet_id=party.wallet_id if is_rejected else None
        )
        await books.scan.note(payment.wallet_id, payment.payment_hash, verdict=verdict.state, facts=digest)
        if not is_rejected and not verdict.is_test:
            await books.machines.count_sale(machine.id, int(payment.updated_at.timestamp()))
        if transaction is not None and transaction.state in PAYABLE:
            await books.transactions.move(
                transaction,
                TransactionState.PAID,
                settlement_id=settlement.id,
                payment_hash=payment.payment_hash,
                paid_at=int(payment.updated_at.timestamp()),
            )
            await books.worklist.close(MatterKind.CASH_IN_HELD, transaction.id)
        return settlement


async def _transaction_of(books: Books, machine: Machine, payment: HostPayment) -> Transaction | None:
    """The transaction that the machine had signed for and that this payment is of."""
    found = await books.transactions.of_payments([payment.payment_hash])
    one = found.get(payment.payment_hash)
    link_id = link_of(payment)
    if one is None and link_id is not None:
        one = (await books.transactions.of_links([link_id])).get(link_id)
    return one if one is not None and one.wallet_id == payment.wallet_id else None


async def counterparties(
    host: Host,
    payments: Sequence[HostPayment],
    machine: Machine,
    machine_wallets: frozenset[str],
    known_payers: frozenset[str],
) -> dict[str, OtherSide]:
    """Who is at the other end of each payment, as the host's own rows say."""
    if not payments:
        return {}
    sides = await host.history.all_sides([payment.payment_hash for payment in payments])
    users = await host.history.users_of({side.wallet_id for side in sides})
    operators = {wallet for wallet, user in users.items() if user == machine.operator_user_id}
    found = {}
    for payment in payments:
        other = _other_row(payment, sides)
        kind = _kind_of(payment, other, operators, machine_wallets, known_payers)
        is_payer = kind is Counterparty.OTHER_WALLET and payment.is_lightning_inbound
        found[payment.payment_hash] = OtherSide(
            kind=kind, wallet_id=other.wallet_id if other and is_payer else None
        )
    return found


def _other_row(payment: HostPayment, sides: Sequence[HostPayment]) -> HostPayment | None:
    """Only a row in the opposite direction is the other side; a service fee is none."""
    others = (
        side
        for side in sides
        if side.payment_hash == payment.payment_hash
        and side.amount_msat == -payment.amount_msat
        and side.checking_id != payment.checking_id
    )
    return next(others, None)


def _kind_of(
    payment: HostPayment,
    other: HostPayment | None,
    operators_wallets: Collection[str],
    machine_wallets: frozenset[str],
    known_payers: frozenset[str],
) -> Counterparty:
    if other is None:
        is_credit = payment.is_lightning_inbound and payment.memo == "Admin credit"
        return Counterparty.ADMIN_CREDIT if is_credit else Counterparty.OUTSIDE
    if other.wallet_id == payment.wallet_id:
        return Counterparty.SELF
    if other.wallet_id in machine_wallets:
        return Counterparty.MACHINE_WALLET
    if other.wallet_id in operators_wallets:
        return Counterparty.SAME_OPERATOR
    return Counterparty.KNOWN_PAYER if other.wallet_id in known_payers else Counterparty.OTHER_WALLET


async def _alarm_changed(store: Store, machine: Machine, payment: HostPayment) -> None:
    """A payment that we decided on says something else now: a person has to look, once."""
    await _open_matter(
        store,
        MatterKind.PAYMENT_CHANGED,
        machine,
        payment,
        f"The payment {payment.payment_hash} was changed after it had been settled. "
        "Nothing was paid for the change; compare the wallet's history with the settlement.",
        fingerprint=f"{payment.payment_hash}:{facts_digest(payment)}",
    )


async def _open_matter(
    store: Store,
    kind: MatterKind,
    machine: Machine,
    payment: HostPayment,
    detail: str,
    fingerprint: str = "",
) -> None:
    async with store.transaction("alarm") as books:
        if fingerprint and await books.worklist.accepted([fingerprint]):
            return
        await books.worklist.open(
            kind,
            payment.payment_hash,
            operator_user_id=machine.operator_user_id,
            machine_id=machine.id,
            detail=detail,
            fingerprint=fingerprint,
        )


def facts_digest(payment: HostPayment) -> str:
    """What of a payment must not change after it was decided on, as a digest to compare."""
    stamp = {name: payment.extra[name] for name in _STAMP_FIELDS if name in payment.extra}
    facts = [payment.amount_msat, payment.fee_msat, stamp]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
