"""How a machine and its key find each other: by a code that its operator made, or not at all.

What can go wrong: a code read by somebody else, or two machines that redeem the same one. A code moves by
compare-and-swap in a serial transaction, so there is one winner; whoever comes second is told that it is
over, and the operator sees on the machine's page which key has won and can revoke it.
"""

from __future__ import annotations

from ..core.errors import KeyTaken, NotPaired, PairingClosed
from ..core.pairing import PairingState, code_digest
from ..core.states import PayoutPolicy
from ..host import accounts
from ..store.books import Books, Store
from ..store.sql import Row
from .machines import A_PERSON
from .permissions import may


async def open_pairing(store: Store, user_id: str, machine_id: str, code: str) -> None:
    """A code by which a machine binds its key to this one; the code before it is of no use any more."""
    digest = code_digest(code)
    if digest is None:
        raise PairingClosed()
    async with store.transaction("pairing", actor=user_id) as books:
        machine = may(user_id, "pair", await books.machines.row(machine_id), "machine")
        await books.pairings.open(machine, digest, user_id)


async def cancel_pairing(store: Store, user_id: str, machine_id: str) -> None:
    """Take the open code back, if there is one."""
    async with store.transaction("pairing", actor=user_id) as books:
        machine = may(user_id, "pair", await books.machines.row(machine_id), "machine")
        await books.pairings.close(machine)


async def revoke_key(store: Store, user_id: str, machine_id: str, reason: str) -> None:
    """Let the machine's key be nobody's, and no code be open for another one. Raises NotPaired."""
    async with store.transaction("pairing", actor=user_id) as books:
        machine = may(user_id, "pair", await books.machines.row(machine_id), "machine")
        if machine["npub"] is None:
            raise NotPaired()
        await books.pairings.close(machine)
        await books.pairings.revoke(machine, reason)


async def redeem_code(store: Store, code: str, key: str) -> Row:
    """Bind a key, proved to be the caller's, to the machine that the code was made for; the machine's row.

    The same code by the same key again finds it bound. Raises PairingClosed, KeyTaken.
    """
    digest = code_digest(code)
    if digest is None:
        raise PairingClosed()
    async with store.reading() as books:
        await _machine_of(books, digest, key)
    if await accounts.is_login(key):
        raise KeyTaken(owner=A_PERSON)
    async with store.transaction("pairing") as books:
        pairing, machine = await _machine_of(books, digest, key)
        if pairing["state"] == PairingState.REDEEMED:
            return machine
        other = await books.pairings.machine_of_key(key)
        if other is not None and other["id"] != machine["id"]:
            raise KeyTaken(owner="another machine")
        await books.pairings.redeem(pairing, machine, key)
        if machine["payout_policy"] == PayoutPolicy.AT_ONCE:
            await books.machines.change(machine["id"], {"payout_policy": PayoutPolicy.ON_DISPENSE})
        return await books.machines.row(machine["id"]) or machine


async def _machine_of(books: Books, digest: str, key: str) -> tuple[Row, Row]:
    """A code that this key may redeem, or has redeemed, and its machine. Raises PairingClosed."""
    pairing = await books.pairings.by_digest(digest)
    machine = None if pairing is None else await books.machines.row(pairing["machine_id"])
    if pairing is None or machine is None:
        raise PairingClosed()
    is_done = pairing["state"] == PairingState.REDEEMED and pairing["npub"] == machine["npub"] == key
    is_open = pairing["state"] == PairingState.OPEN and pairing["expires_at"] > books.now
    if not (is_done or is_open):
        raise PairingClosed()
    return pairing, machine
