"""PROVE: walk a machine wallet's history once and hold it against our books (core/proof.py).

The walk takes a while and payments go on meanwhile. So a difference counts only when the next walk
finds the very same wallet: that two sales of one amount came, each during a walk, is the same difference
twice and none at all. Where the figures keep moving, the proof of before stays until it is quiet.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from ..core.model import HostPayment
from ..core.proof import Known, Proof, ProofWalk
from ..ports import Host, Store
from .land import BoundWallet

#: Rows of one slice of the walk: a few milliseconds of LNbits' lock.
SLICE = 500
#: Walks before a moving wallet is left for later.
_WALKS = 4
#: Times are compared as floating seconds: the next slice begins a little earlier, rows are told apart by id.
_STEP_BACK_SECONDS = 0.01


@dataclass(frozen=True, kw_only=True)
class Proved:
    """A proof that was quiet, and the payments with our mark that no leg explains."""

    proof: Proof
    unknown: tuple[HostPayment, ...]


async def prove_wallet(store: Store, host: Host, wallet: BoundWallet) -> Proved | None:
    """The proof of a wallet as it is now; None where it moved too much meanwhile."""
    before: Proof | None = None
    for _walk in range(_WALKS):
        walk = await _walk_history(store, host, wallet)
        async with store.reading() as books:
            sums = await books.reconcile.sums(wallet.wallet_id)
        proof = walk.end(sums, await host.history.balance_msat(wallet.wallet_id))
        if proof.difference_msat == 0 or proof == before:
            return Proved(proof=proof, unknown=tuple(walk.unknown))
        before = proof
    return None


async def _walk_history(store: Store, host: Host, wallet: BoundWallet) -> ProofWalk:
    """Sort every row of the wallet, slice by slice."""
    walk = ProofWalk(wallet.wallet_id, wallet.machine_id)
    async for rows, known in history_of(store, host, wallet):
        walk.go_on(rows, known)
    return walk


async def history_of(
    store: Store, host: Host, wallet: BoundWallet
) -> AsyncIterator[tuple[list[HostPayment], Known]]:
    """Every row of the wallet once, the oldest first, in slices, with what our books know of them."""
    handled: set[str] = set()
    created_from, limit = 0.0, SLICE
    while True:
        rows = await host.history.walk(wallet.wallet_id, created_from=created_from, limit=limit)
        fresh = [row for row in rows if row.checking_id not in handled]
        yield fresh, await _known(store, wallet, fresh)
        handled |= {row.checking_id for row in fresh}
        if len(rows) < limit:
            return
        if fresh:
            created_from = rows[-1].created_at.timestamp() - _STEP_BACK_SECONDS
        else:
            limit *= 2  # more rows of one instant than a slice holds


async def _known(store: Store, wallet: BoundWallet, rows: list[HostPayment]) -> Known:
    """What our books know of these rows: read after them, so at least as new."""
    hashes = sorted({row.payment_hash for row in rows})
    async with store.reading() as books:
        return Known(
            scan_from=wallet.scan_from,
            sales=await books.reconcile.sales_among(wallet.wallet_id, hashes),
            legs=await books.reconcile.leg_states(hashes),
            links=await books.withdrawals.known_hashes(hashes),
            ignored=await books.reconcile.verdicts(wallet.wallet_id, hashes),
            open_hashes=frozenset(await books.scan.open_hashes(wallet.wallet_id)),
            accepted=await books.unknown.accepted([row.checking_id for row in rows]),
        )
