"""Accept as paid what LNbits' history holds under a link's mark, and these books, restored, did not know.

Nothing is paid here. The payment bears the link's own name, so it is this link's and no other is made: the
link is closed, what became of it is looked up as ever (engine/claims.py), and it lands as its transaction's.
A link that these books have not, since they are older than it, leaves a payment that counts as paid.
"""

from __future__ import annotations

from ...core.states import WithdrawalState
from ...core.withdrawing import link_of_payment
from ...ports import Books
from ..claims import take_payment


async def book_links(books: Books, machine_id: str) -> None:
    """Close the links of a machine that unknown payments of its wallets have paid."""
    for row in await books.unknown.of_machine(machine_id):
        link_id = link_of_payment(row["external_id"])
        link = await books.withdrawals.get(link_id) if link_id else None
        if link is None or link["wallet_id"] != row["wallet_id"]:
            continue
        is_undecided = link["state"] == WithdrawalState.OPEN or (
            link["state"] == WithdrawalState.CLAIMED and link["handed_over_at"] is None
        )
        if is_undecided and link["amount_msat"] == -row["amount_msat"]:
            await take_payment(books, link, payment_hash=row["payment_hash"], external_id=row["external_id"])
