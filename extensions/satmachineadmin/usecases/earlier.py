"""A machine whose wallet was in use before: from when on its payments are sales, chosen with open eyes.

Nothing before the instant of binding is settled by itself. An operator that chooses an earlier one is
shown every payment since then and what would become of it, and confirms that list and no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..core.earlier import MOST_PAYMENTS, Foreseen, digest, foresee
from ..core.errors import InvalidInput, PreviewOutdated, TooMuchEarlier
from ..core.model import HostPayment, Machine
from ..core.states import TxType
from ..engine.land import RECENT_SALES, counterparties
from ..ports import Host
from ..store import rows
from ..store.books import Store
from .machines import AT_FIRST, add_machine, require_free
from .wallets import own_wallet


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The payments of a wallet between two instants (epoch seconds), and what they would become."""

    scan_from: int
    until: int
    foreseen: Sequence[Foreseen]
    list_digest: str

    @property
    def confirmation(self) -> str:
        """What says that somebody has seen this very list."""
        return f"{self.until}.{self.list_digest}"


async def look_at_earlier(
    store: Store,
    host: Host,
    user_id: str,
    fields: Mapping[str, object],
    scan_from: int,
    until: int | None = None,
) -> Earlier:
    """What would be landed for this machine; nothing is written.

    Raises WalletNotYours, SharedWallet, WalletInUse, WalletGetsPayouts, InvalidInput, TooMuchEarlier.
    """
    wallet = await own_wallet(user_id, str(fields["wallet_id"]))
    machine = _imagined(user_id, fields)
    async with store.reading() as books:
        await require_free(books, wallet.id)
        now = books.now
    await _require_past(store, scan_from)
    until = now if until is None else until
    payments = await _payments(store, host, machine, scan_from, until)
    host_rate = await host.rate_at_hand(machine.currency)
    async with store.reading() as books:
        machine_wallets = await books.machines.all_wallet_ids() | {wallet.id}
        payers = await books.payers.wallet_ids(user_id)
        fees = {tx_type: await books.platform.fee(tx_type) for tx_type in TxType}
    sides = await counterparties(host, payments, machine, machine_wallets, payers)
    parties = {payment_hash: side.kind for payment_hash, side in sides.items()}
    found = foresee(payments, parties, machine, fees, host_rate=host_rate, most_rates=RECENT_SALES)
    return Earlier(
        scan_from=scan_from,
        until=until,
        foreseen=found,
        list_digest=digest(machine, scan_from, found),
    )


async def add_machine_with_past(
    store: Store, host: Host, user_id: str, fields: Mapping[str, object], scan_from: int, confirmation: str
) -> str:
    """Add a machine whose sales begin at an earlier instant, after a look at what they are.

    Raises PreviewOutdated where the list is not the one that was confirmed, and what adding a machine
    and looking at the list raise.
    """
    await _require_past(store, scan_from)
    until, _dot, list_digest = confirmation.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) <= _LONGEST_SECONDS and list_digest):
        raise InvalidInput(field="confirmation", problem="it is none that the list came with")
    seen = await look_at_earlier(store, host, user_id, fields, scan_from, int(until))
    if seen.confirmation != confirmation:
        raise PreviewOutdated()
    noted = {"earlier_payments": len(seen.foreseen), "earlier_digest": list_digest}
    return await add_machine(store, user_id, fields, scan_from=scan_from, noted=noted)


async def _require_past(store: Store, scan_from: int) -> None:
    async with store.reading() as books:
        if scan_from > books.now:
            raise InvalidInput(field="scan_from", problem="it lies in the future")


#: Digits of an epoch second until the year 5138.
_LONGEST_SECONDS = 11


async def _payments(
    store: Store, host: Host, machine: Machine, scan_from: int, until: int
) -> list[HostPayment]:
    """What a scan would find there and has not decided on before; each payment once."""
    wallet_id = machine.wallet_id
    listed = await host.history.successful(
        wallet_id, created_from=scan_from, offset=0, limit=MOST_PAYMENTS + 1
    )
    if len(listed) > MOST_PAYMENTS:
        raise TooMuchEarlier(most=MOST_PAYMENTS)
    hashes = {row.payment_hash for row in listed}
    async with store.reading() as books:
        seen = await books.scan.seen(wallet_id, hashes)
        ours = await books.legs.known_hashes(hashes)
        before = await books.moving.settled_before(wallet_id, hashes)
    fresh: dict[str, HostPayment] = {}
    for row in listed:
        is_new = not {row.payment_hash} & (seen.keys() | ours | before)
        if is_new and int(row.created_at.timestamp()) <= until:
            fresh.setdefault(row.payment_hash, row)
    return list(fresh.values())


def _imagined(user_id: str, fields: Mapping[str, object]) -> Machine:
    """The machine as it would be written."""
    unpaired = {"paired_at": None, "takes_unsigned": False}
    nobody = {"id": "", "operator_user_id": user_id, "payouts_paused_reason": None, **unpaired}
    return rows.machine({**AT_FIRST, **fields, **nobody})
