"""Customers who give banknotes to a machine that signs, and fetch their sats; and what must always hold."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from satmachineadmin.core.errors import Ratchet, Refusal, Stale, TransactionClosed
from satmachineadmin.usecases import cash_in
from satmachineadmin.usecases.transactions import extend_link, give_cash_back, release_cash_in
from tests.judge import Snapshot
from tests.unit.engine.rig import OPERATOR

from .people import CUSTOMER
from .run import CASH, NUDGE, WHICH, Row, happens
from .signing import AT, EVENT, KEY, WHERE, Signing, refused
from .transactions import Post, Tx

NOTES = st.lists(CASH, max_size=4)


class CashIns(Signing):
    """Cash-ins, and the books of everything that a machine signs for."""

    # Cash-in -------------------------------------------------------------------------------------

    async def _take_in(self, txid: str, version: int, notes: dict[str, int], *, is_done: bool) -> None:
        post = self.w.books.posts[txid]
        post.said.append((sum(notes.values()), post.rate))
        posted = cash_in.CashInPosted(
            txid=txid, version=version, exchange_rate=post.rate, notes=notes, is_done=is_done,
            withdraw_link_id=None,
        )  # fmt: skip
        await cash_in.take_in(
            self.w.store, self.w.host, await self._row(), posted, signer=KEY, event_id=EVENT
        )

    def _takes(self, txid: str, minor: int | None, *, is_done: bool) -> None:
        """One more note, or the customer's word that it is done; a note that is refused comes out again."""
        post = self.w.books.posts[txid]
        post.version += 1
        version = post.version
        if minor is not None:
            post.notes[f"note {len(post.notes) + 1}"] = minor
        notes = dict(post.notes)

        async def take() -> None:
            try:
                await self._take_in(txid, version, notes, is_done=is_done)
                await self._take_in(txid, version, notes, is_done=is_done)
            except TransactionClosed:
                post.notes.popitem()
                raise

        what = "the customer is done" if minor is None else f"a note of {minor}"
        self.does(f"Machine {AT} posts of {txid}: {what}", take)

    @happens(
        14,
        when=lambda self: self.is_paired(),
        nudge=NUDGE, notes=NOTES, is_done=st.sampled_from([True, True, False]), is_claimed=st.booleans(),
    )  # fmt: skip
    def brings_cash(self, nudge: int, notes: Sequence[int], is_done: bool, is_claimed: bool) -> None:
        txid = f"in-{len(self.w.books.posts) + 1:06}"
        self._post(txid, 0, nudge, is_out=False)
        self.does(
            f"A customer brings cash to machine {AT}: {txid}",
            lambda: self._take_in(txid, 1, {}, is_done=False),
        )
        self.run(self.w.look())
        if self.w.books.tx_called(txid) is None:
            return
        for minor in notes:
            self._takes(txid, minor, is_done=False)
        if not is_done:
            return
        self._takes(txid, None, is_done=True)
        self.run(self.w.look())
        tx = self.w.books.tx_called(txid)
        if is_claimed and tx is not None and tx.state == "offered":
            self._claims(tx, "", is_twice=False)

    @happens(
        6,
        when=lambda self: self.txs("collecting", is_out=False),
        which=WHICH,
        notes=NOTES,
        done=st.booleans(),
    )
    def goes_on(self, which: int, notes: Sequence[int], done: bool) -> None:
        txs = self.txs("collecting", is_out=False)
        txid = txs[which % len(txs)].txid
        for minor in notes:
            self._takes(txid, minor, is_done=False)
        if done:
            self._takes(txid, None, is_done=True)

    @happens(
        4,
        when=lambda self: self.in_txs(),
        which=WHICH,
        how=st.sampled_from(["same", "less", "stale", "note"]),
    )
    def posts_again(self, which: int, how: str) -> None:
        txs = self.in_txs()
        tx = txs[which % len(txs)]
        post = self.w.books.posts[tx.txid]
        if post.notes and sum(post.notes.values()) != tx.fiat:
            how = "same"

        async def act() -> None:
            if how == "stale":
                await refused(lambda: self._take_in(tx.txid, 0, dict(post.notes), is_done=False), Stale)
            elif how == "less" and post.notes:
                await refused(lambda: self._take_in(tx.txid, post.version + 1, {}, is_done=True), Ratchet)
            elif how == "note" and post.notes:
                changed = {**post.notes, "note 1": post.notes["note 1"] + 1}
                await refused(
                    lambda: self._take_in(tx.txid, post.version + 1, changed, is_done=True), Ratchet
                )
            else:
                await self._take_in(tx.txid, post.version, dict(post.notes), is_done=False)

        self.does(f"Machine {AT} posts {tx.txid} again: {how}", act)

    def in_txs(self) -> list[Tx]:
        return [tx for tx in self.w.books.txs.values() if not tx.is_out][-6:]

    @happens(
        7,
        when=lambda self: self.txs("held", "offered", is_out=False),
        which=WHICH,
        how=st.sampled_from(["release", "release", "give back", "extend"]),
    )
    def decides_on_cash_in(self, which: int, how: str) -> None:
        txs = self.txs("held", is_out=False) or self.txs("offered", is_out=False)
        tx = txs[which % len(txs)]

        async def decide() -> None:
            if how == "release":
                await release_cash_in(self.w.store, OPERATOR, tx.id)
            elif how == "extend":
                await extend_link(self.w.store, OPERATOR, tx.id, 40)
            else:
                await give_cash_back(self.w.store, self.w.host, OPERATOR, tx.id, "it wants it back")

        self.does(f"Olga decides on {tx.txid}, {tx.state}: {how}", decide)

    @happens(16, when=lambda self: self.claimable(), which=WHICH, where=WHERE, is_twice=st.booleans())
    def customer_claims(self, which: int, where: str, is_twice: bool) -> None:
        txs = self.claimable()
        self._claims(txs[which % len(txs)], where, is_twice=is_twice)

    def claimable(self) -> list[Tx]:
        """Links that customers have, whatever became of them."""
        txs = [tx for tx in self.w.books.txs.values() if tx.id in self.w.books.links]
        return sorted(txs, key=lambda tx: tx.state != "offered")[:6]

    def _claims(self, tx: Tx, where: str, *, is_twice: bool) -> None:
        async def claim() -> None:
            await self._claim(tx.id, where)
            if is_twice:
                await refused(lambda: self._claim(tx.id, CUSTOMER), Refusal)

        twice = ", two wallets at once" if is_twice else ""
        self.does(
            f"The customer of {tx.txid} claims {tx.wire} sats{twice}, to {where or 'the outside'}", claim
        )

    # What must hold ------------------------------------------------------------------------------

    def check_more(self, seen: Snapshot) -> None:
        """The machine's transactions, their notes and links are what the reference says."""
        txs, notes, links = self.run(self._rows_of_machine())
        assert {row["id"] for row in txs} == set(self.w.books.txs)
        inside = {row["transaction_id"]: int(row["total"]) for row in notes}
        for row in txs:
            tx = self.w.books.txs[row["id"]]
            names = (
                "state",
                "fiat",
                "principal",
                "commission",
                "wire",
                "outcome",
                "dispensed",
                "stayed",
                "sale",
            )
            columns = (
                "state", "fiat_minor", "principal_sats", "commission_sats", "wire_sats", "dispense",
                "dispensed_minor", "stayed_minor", "settlement_id",
            )  # fmt: skip
            found, wanted = [row[name] for name in columns], [getattr(tx, name) for name in names]
            assert found == wanted, f"{tx} is {found} in the books"
            assert tx.is_out or inside.get(tx.id, 0) == tx.fiat, f"{inside.get(tx.id)} of notes are in {tx}"
        for row in links:
            link = self.w.books.links[
                row["transaction_id"] if row["kind"] == "cash_in" else row["settlement_id"]
            ]
            went = self._went(row["id"])
            assert len(went) <= 1 and all(msat == row["amount_msat"] for msat in went), (
                f"{link} went as {went}"
            )
            assert not went or row["state"] in ("claimed", "paid"), f"{link} went, and is {row['state']}"
            assert row["state"] == "cancelled" or (row["state"], row["amount_msat"]) == (
                link.state, link.amount_msat
            ), f"{link} is {dict(row)}"  # fmt: skip

    async def _rows_of_machine(self) -> tuple[list[Row], list[Row], list[Row]]:
        async with self.w.store.reading() as books:
            return (
                list(await books.sql.all("SELECT * FROM satmachineadmin.machine_transactions")),
                list(
                    await books.sql.all(
                        """
                        SELECT transaction_id, SUM(denomination_minor) AS total
                        FROM satmachineadmin.transaction_notes GROUP BY transaction_id
                        """
                    )
                ),
                list(await books.sql.all("SELECT * FROM satmachineadmin.withdrawals WHERE kind <> 'refund'")),
            )

    def _went(self, link_id: str) -> list[int]:
        """What left for a link, or is on its way."""
        return [
            -row.amount_msat
            for row in self.w.host.rows
            if (row.external_id or "").startswith(f"smw1:{link_id}:")
            and row.is_lightning_outbound
            and row.status != "failed"
        ]

    def end_more(self) -> None:
        """Cash that customers gave was paid, given back or is still owed; what was claimed is decided."""
        for txid, post in self.w.books.posts.items():
            if not post.is_out and self.w.books.tx_called(txid) is not None:
                self._settle_up(txid, post)
        self.run(self.w.mend())
        self.books_are_right()
        given = sum(sum(post.notes.values()) for post in self.w.books.posts.values())
        booked = sum(tx.fiat for tx in self.w.books.txs.values() if not tx.is_out)
        assert given == booked, f"customers gave {given}, {booked} are paid, owed or given back"
        for key, link in self.w.books.links.items():
            assert link.state != "claimed", f"{link} is undecided"
            tx = self.w.books.txs.get(key)
            wanted = {"paid": "paid", "open": "offered", "cancelled": "cancelled"}[link.state]
            assert tx is None or tx.state == wanted, f"{tx} has a link that is {link.state}"

    def _settle_up(self, txid: str, post: Post) -> None:
        """A machine posts until it is answered: what a crash kept from the books comes now."""
        tx = self.w.books.tx_called(txid)
        if tx is not None and (tx.state == "collecting" or sum(post.notes.values()) != tx.fiat):
            self._takes(txid, None, is_done=True)
            self.run(self.w.look())
