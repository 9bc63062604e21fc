"""RECONCILE: hold our books against the host's, resume what was interrupted, show what disagrees.

Only the holder of the lease does this by itself: at start, before anything is paid, and every minute.
A round costs what changed since the last one, plus one slice of the audit that goes round and round
over everything. A person can have a machine looked at as a whole at any time; that mends nothing.

What can go wrong: books restored from an older copy, or empty ones beside a wallet with a history.
Then the host holds payments with our mark that no leg explains; they count as paid, the machine's
payouts stand still, and a person decides. A settlement that such payments belong to is never paid
(engine/payout.py looks at that again before the first sat of each).

No transaction of ours is open while anything of the host is awaited.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ..core.lease import Lease
from ..core.model import HostPayment
from ..core.proof import Proof, is_marked
from ..core.reconcile import Difference, compare_proof, unknown_payments
from ..ports import Host, Store
from ..uncancelled import to_the_end
from .compare import compare_cash, compare_payoffs, compare_sales, complete_halves
from .differ import close_gone, report
from .land import BoundWallet
from .prove import prove_wallet
from .resume import resume_unresolved
from .verify import verify_trail

#: How far behind its cursor a round reads again: a row is written some moments after its time is set.
OVERLAP_SECONDS = 120
#: Sales of one comparison, and of one slice of the audit; enrolments of one slice.
SALES, ENROLMENTS = 50, 20
#: Changed sales that one round looks at; the audit comes past the others.
MOST_CHANGED = 1000
#: A wallet's history is walked again after at least a second for each of so many rows.
ROWS_A_SECOND = 100
#: A wallet where nothing moves is proved again after a day; so often the audit trail is verified.
DAY_SECONDS = 86_400
#: A change this long before a proof may have come after it.
CLOCK_SECONDS = 5
_FIRST = ""

_Item = TypeVar("_Item")
IsStopping = Callable[[], bool]


async def reconcile_once(store: Store, host: Host, lease: Lease, is_stopping: IsStopping) -> None:
    """One round; between two parts of it the process may be asked to stop. Raises LeaseLost."""
    await to_the_end(resume_unresolved(store, host, lease))
    for part in (check_changed, audit_slice, look_at_oldest):
        if is_stopping():
            return
        await to_the_end(part(store, host, lease, is_stopping))


async def has_new_wallet(store: Store) -> bool:
    """Whether some machine's wallet was never looked at: nothing is paid before it was."""
    async with store.reading() as books:
        wallets = {row["wallet_id"] for row in await books.machines.bound_wallets()}
        cursors = await books.reconcile.cursors()
    return any(_cursor_of(wallet_id) not in cursors for wallet_id in wallets)


async def check_changed(store: Store, host: Host, lease: Lease, is_stopping: IsStopping) -> None:
    """What changed since the last round, on either side; new wallets as a whole."""
    async with store.reading() as books:
        wallets = [_bound(row) for row in await books.machines.bound_wallets()]
        cursors = await books.reconcile.cursors()
        now = books.now
    known = [wallet for wallet in wallets if _cursor_of(wallet.wallet_id) in cursors]
    for wallet in wallets:
        if wallet not in known:
            await report(store, await _prove(store, host, wallet))
    since = int(cursors.get("changes", now)) - OVERLAP_SECONDS
    rows = await host.history.marked_since(since)
    await report(store, await _unknown_among(store, host, rows, wallets))
    async with store.reading() as books:
        changed = set(await books.reconcile.sales_changed_since(since, MOST_CHANGED))
        for chunk in _chunks(rows, 500):
            changed |= await books.reconcile.sales_of_payments(chunk)
    for ids in _chunks(sorted(changed), SALES):
        if is_stopping():
            return
        await report(store, await compare_and_mend(store, host, lease, ids))
    for wallet in await _moved_wallets(store, host, known, rows, since):
        if is_stopping():
            return
        await report(store, await _prove(store, host, wallet))
    places = {_cursor_of(wallet.wallet_id): str(now) for wallet in wallets if wallet not in known}
    async with store.transaction("reconcile_cursor") as books:
        await books.reconcile.move_cursors({**places, "changes": str(now)})
        await books.acts.forget_old()


async def compare_and_mend(
    store: Store, host: Host, lease: Lease, settlement_ids: Collection[str]
) -> list[Difference]:
    """What differs about some sales, once half-made payments were completed."""
    differences = await compare_sales(store, host, settlement_ids)
    if not differences:
        return []
    async with store.reading() as books:
        await books.require_lease(lease)
    if await complete_halves(host, differences):
        return await compare_sales(store, host, settlement_ids)
    return differences


async def audit_slice(store: Store, host: Host, lease: Lease, _is_stopping: IsStopping) -> None:
    """The next few sales and enrolments of all; after the last one it begins anew."""
    async with store.reading() as books:
        cursors = await books.reconcile.cursors()
        sales = await books.reconcile.sale_ids(after=cursors.get("sales", _FIRST), limit=SALES)
        enrolments = await books.reconcile.enrolment_ids(
            after=cursors.get("enrolments", _FIRST), limit=ENROLMENTS
        )
    differences = await compare_and_mend(store, host, lease, sales) if sales else []
    found, next_payoff = await compare_payoffs(
        store, host, after=cursors.get("payoffs", _FIRST), limit=ENROLMENTS
    )
    await report(store, [*differences, *found, *await compare_cash(store, enrolments)])
    places = {
        "sales": sales[-1] if len(sales) == SALES else _FIRST,
        "enrolments": enrolments[-1] if len(enrolments) == ENROLMENTS else _FIRST,
        "payoffs": next_payoff,
    }
    if any(cursors.get(name, _FIRST) != place for name, place in places.items()):
        async with store.transaction("reconcile_slice") as books:
            await books.reconcile.move_cursors(places)


async def look_at_oldest(store: Store, host: Host, _lease: Lease, _is_stopping: IsStopping) -> None:
    """Once a day: the audit trail, and each wallet's proof, the oldest first."""
    async with store.reading() as books:
        proofs = await books.reconcile.proofs()
        verified_at = int((await books.reconcile.cursors()).get("trail", 0))
        now = books.now
        old = [
            _bound(row)
            for row in await books.machines.bound_wallets()
            if row["wallet_id"] in proofs and now - proofs[row["wallet_id"]]["proved_at"] >= DAY_SECONDS
        ]
    if old:
        oldest = min(old, key=lambda wallet: int(proofs[wallet.wallet_id]["proved_at"]))
        await report(store, await _prove(store, host, oldest))
    if now - verified_at >= DAY_SECONDS:
        await verify_trail(store, host.platform_user_id)
        async with store.transaction("reconcile_trail") as books:
            await books.reconcile.move_cursors({"trail": str(now)})


async def check_machine(store: Store, host: Host, machine_id: str) -> list[Difference]:
    """Everything of one machine, now: its sales, its LPs' cash, its wallets. Mends nothing."""
    differences: list[Difference] = []
    after: str | None = _FIRST
    while after is not None:
        async with store.reading() as books:
            ids = await books.reconcile.sale_ids(after=after, limit=SALES, machine_id=machine_id)
        differences += await to_the_end(compare_sales(store, host, ids))
        after = ids[-1] if len(ids) == SALES else None
    after = _FIRST
    while after is not None:
        async with store.reading() as books:
            ids = await books.reconcile.enrolment_ids(after=after, limit=ENROLMENTS, machine_id=machine_id)
        differences += await to_the_end(compare_cash(store, ids))
        after = ids[-1] if len(ids) == ENROLMENTS else None
    after = _FIRST
    while after is not None:
        found, next_one = await to_the_end(
            compare_payoffs(store, host, after=after, limit=SALES, machine_id=machine_id)
        )
        differences += found
        after = next_one or None
    async with store.reading() as books:
        wallets = [
            _bound(row) for row in await books.machines.bound_wallets() if row["machine_id"] == machine_id
        ]
    for wallet in wallets:
        differences += await to_the_end(_prove(store, host, wallet))
    await to_the_end(report(store, differences))
    await to_the_end(close_gone(store, machine_id, differences))
    return differences


async def full_audit(store: Store, host: Host, operator_user_id: str | None = None) -> list[Difference]:
    """Every machine and the audit trail, or every machine of one operator."""
    if operator_user_id is None:
        await verify_trail(store, host.platform_user_id)
    async with store.reading() as books:
        machine_ids = await books.machines.ids(operator_user_id)
    return [
        difference
        for machine_id in machine_ids
        for difference in await check_machine(store, host, machine_id)
    ]


async def _prove(store: Store, host: Host, wallet: BoundWallet) -> list[Difference]:
    """Prove a wallet and keep the proof; what differs about it."""
    proved = await prove_wallet(store, host, wallet)
    if proved is None:
        return []
    payees = await _payees(host, proved.unknown)
    async with store.transaction("reconcile_proof") as books:
        before = await books.reconcile.proof(wallet.wallet_id)
        is_same = before is not None and before["machine_id"] == wallet.machine_id
        opening_msat = int(before["opening_msat"]) if before is not None and is_same else None
        await books.reconcile.keep_proof(proved.proof)
        await books.unknown.note(wallet.machine_id, proved.unknown, payees)
        await books.unknown.forget_gone(wallet.wallet_id, {row.checking_id for row in proved.unknown})
        unknown = await books.unknown.of_machine(wallet.machine_id)
    return _about(proved.proof, opening_msat, [row["amount_msat"] for row in unknown])


async def _payees(host: Host, rows: Collection[HostPayment]) -> dict[str, str]:
    """The wallets of this LNbits in which payments arrived, by hash."""
    sides = await host.history.all_sides({row.payment_hash for row in rows})
    return {row.payment_hash: row.wallet_id for row in sides if row.checking_id == row.payment_hash}


def _about(proof: Proof, opening_msat: int | None, unknown_msat: Sequence[int]) -> list[Difference]:
    """Unknown payments explain what the wallet holds less: they are one difference, not two."""
    differences = compare_proof(proof, opening_msat)
    if not unknown_msat:
        return differences
    return [*differences, unknown_payments(proof.machine_id, unknown_msat)]


async def _unknown_among(
    store: Store, host: Host, rows: Sequence[HostPayment], wallets: Sequence[BoundWallet]
) -> list[Difference]:
    """Changed payments with our mark on machine wallets that no leg and no link explains."""
    bound = {wallet.wallet_id: wallet for wallet in wallets}
    marked = [
        row
        for row in rows
        if row.wallet_id in bound
        and is_marked(row)
        and row.status != "failed"
        and row.created_at.timestamp() >= bound[row.wallet_id].scan_from
    ]
    unknown: list[HostPayment] = []
    for chunk in _chunks(marked, 500):
        async with store.reading() as books:
            hashes = {row.payment_hash for row in chunk}
            known = set(await books.reconcile.leg_states(hashes)) | await books.withdrawals.known_hashes(
                hashes
            )
            accepted = await books.unknown.accepted([row.checking_id for row in chunk])
        unknown += [row for row in chunk if row.payment_hash not in known and row.checking_id not in accepted]
    differences = []
    payees = await _payees(host, unknown)
    for machine_id in sorted({bound[row.wallet_id].machine_id for row in unknown}):
        own = [row for row in unknown if bound[row.wallet_id].machine_id == machine_id]
        async with store.transaction("reconcile_unknown") as books:
            await books.unknown.note(machine_id, own, payees)
            all_of_it = await books.unknown.of_machine(machine_id)
        differences.append(unknown_payments(machine_id, [row["amount_msat"] for row in all_of_it]))
    return differences


async def _moved_wallets(
    store: Store, host: Host, wallets: Sequence[BoundWallet], marked: Iterable[HostPayment], since: int
) -> list[BoundWallet]:
    """Wallets whose history or whose payouts changed, as far as it is their turn to be walked."""
    if not wallets:
        return []
    changed = await host.history.changed_since([wallet.wallet_id for wallet in wallets], since)
    moved_at: dict[str, float] = {}
    for row in [*changed, *marked]:
        moved_at[row.wallet_id] = max(moved_at.get(row.wallet_id, 0), row.updated_at.timestamp())
    async with store.reading() as books:
        proofs = await books.reconcile.proofs()
        now = books.now
    return [
        wallet
        for wallet in wallets
        if wallet.wallet_id in moved_at
        and _is_stale(proofs.get(wallet.wallet_id), moved_at[wallet.wallet_id])
        and _is_its_turn(proofs.get(wallet.wallet_id), now)
    ]


def _is_stale(proof: Mapping[str, Any] | None, moved_at: float) -> bool:
    """Whether something moved since the proof, or shortly before it: clocks are not that exact."""
    return proof is None or moved_at >= proof["proved_at"] - CLOCK_SECONDS


def _is_its_turn(proof: Mapping[str, Any] | None, now: int) -> bool:
    """The longer a history, the more seldom it is walked."""
    return proof is None or now - proof["proved_at"] >= proof["host_rows"] // ROWS_A_SECOND


def _bound(row: Mapping[str, Any]) -> BoundWallet:
    return BoundWallet(wallet_id=row["wallet_id"], machine_id=row["machine_id"], scan_from=row["scan_from"])


def _cursor_of(wallet_id: str) -> str:
    return f"wallet:{wallet_id}"


def _chunks(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
