"""A machine that signs: paired, asked for invoices, reporting what came out of it."""

from __future__ import annotations

from hypothesis import strategies as st

from satmachineadmin.core.errors import Ratchet, Refusal, Stale
from satmachineadmin.core.pairing import new_code
from satmachineadmin.core.transactions import DispenseOutcome
from satmachineadmin.core.units import format_fiat
from satmachineadmin.engine.claim import hand_in
from satmachineadmin.engine.report_dispense import DispenseReport
from satmachineadmin.usecases import cash_out, machine_limits, machines, pairing, refunds
from satmachineadmin.usecases.report_dispense import report_dispense
from tests.unit.engine.rig import OPERATOR

from .ledger import ALL_BACK, STAYED
from .people import CUSTOMER, PURSE
from .run import CASH, NUDGE, WHICH, Row, Run, happens
from .transactions import Post, Tx
from .world import Command

LIMITS = (("cash_in", "transaction"), ("cash_in", "hold_above"), ("cash_out", "hold_above"))
KEY, EVENT = "ab" * 32, "cd" * 32
#: the machine that may be paired
AT = 1
_FEES = st.sampled_from(["0", "4", "7.5", "12.3456"])
WHERE = st.sampled_from(["", "", "", CUSTOMER])


async def refused(command: Command, *by: type[Refusal]) -> None:
    """What must not be taken: whatever else comes of it is a defect."""
    try:
        await command()
    except by:
        return
    raise AssertionError(f"this should have been refused by {by}")


class Signing(Run):
    """A machine with a key, and its cash-outs."""

    # The machine ---------------------------------------------------------------------------------

    def is_paired(self) -> bool:
        return bool(self.w.books.machines.get(self.w.machines[AT], {}).get("is_paired"))

    @happens(12, when=lambda self: not self.is_paired(), out=_FEES, cash_in=_FEES, lets=st.booleans())
    def pairs(self, out: str, cash_in: str, lets: bool) -> None:
        machine, code = self.w.machines[AT], new_code()
        fields = {"cash_out_fee_pct": out, "cash_in_fee_pct": cash_in, "takes_unsigned": lets}

        async def pair() -> None:
            await machines.change_machine(self.w.store, OPERATOR, machine, fields)
            await pairing.open_pairing(self.w.store, OPERATOR, machine, code)
            await pairing.redeem_code(self.w.store, code, KEY)

        self.w.receive(f"machine {AT}", 4000, memo="Admin credit")
        self.does(f"Olga pairs machine {AT}: fees {out} % and {cash_in} %, takes unsigned: {lets}", pair)

    @happens(2, when=lambda self: self.is_paired(), out=_FEES, cash_in=_FEES, lets=st.booleans())
    def changes_fees(self, out: str, cash_in: str, lets: bool) -> None:
        fields = {"cash_out_fee_pct": out, "cash_in_fee_pct": cash_in, "takes_unsigned": lets}
        self.does(
            f"Olga sets machine {AT} to fees of {out} % and {cash_in} %, takes unsigned: {lets}",
            lambda: machines.change_machine(self.w.store, OPERATOR, self.w.machines[AT], fields),
        )

    @happens(
        3,
        when=lambda self: self.is_paired(),
        what=st.sampled_from(LIMITS),
        minor=st.one_of(st.none(), st.integers(20, 20_000)),
    )  # fmt: skip
    def limits(self, what: tuple[str, str], minor: int | None) -> None:
        direction, name = what
        text = None if minor is None else format_fiat(minor, self.w.currencies[AT])
        self.does(
            f"Olga sets {name} of a {direction} to {text}",
            lambda: machine_limits.set_limits(
                self.w.store, OPERATOR, self.w.machines[AT], {direction: {name: text}}
            ),
        )

    @happens(1, when=lambda self: self.is_paired(), days=st.sampled_from([3, 31]))
    def weeks_pass(self, days: int) -> None:
        self.w.clock.advance(seconds=days * 86_400)
        self.run(self.w.engine(f"{days} days later the engine works", self.w.works))

    async def _row(self) -> Row:
        async with self.w.store.reading() as books:
            return await books.machines.row(self.w.machines[AT])

    def txs(self, *states: str, is_out: bool) -> list[Tx]:
        return [tx for tx in self.w.books.txs.values() if tx.is_out is is_out and tx.state in states]

    def _post(self, txid: str, fiat: int, nudge: int, *, is_out: bool) -> Post:
        """What the machine is about to post for the first time."""
        post = Post(
            machine=self.w.machines[AT], is_out=is_out, version=1, said=[(fiat, self.rate(AT, nudge))]
        )
        self.w.books.posts[txid] = post
        return post

    # Cash-out ------------------------------------------------------------------------------------

    async def _ask(self, txid: str, fiat: int, rate: str, version: int) -> None:
        asked = cash_out.CashOutAsked(
            txid=txid, version=version, fiat_minor=fiat, exchange_rate=rate, bills=None
        )
        await cash_out.ask_for_cash_out(
            self.w.store, self.w.host, await self._row(), asked, signer=KEY, event_id=EVENT
        )

    @happens(
        14,
        when=lambda self: self.is_paired(),
        fiat=CASH, nudge=NUDGE,
        then=st.sampled_from(["waits", "pays", "pays", "pays", "lands", "lands", "lands", "is paid out"]),
    )  # fmt: skip
    def asks_for_cash_out(self, fiat: int, nudge: int, then: str) -> None:
        txid = f"out-{len(self.w.books.posts) + 1:05}"
        post = self._post(txid, fiat, nudge, is_out=True)
        self.does(
            f"Machine {AT} asks for {txid}: {fiat} at {post.rate}", lambda: self._ask(txid, *post.said[0], 1)
        )
        self.run(self.w.look())
        tx = self.w.books.tx_called(txid)
        if tx is None or tx.payment_hash is None or then == "waits":
            return
        self._pay(tx)
        if then != "pays":
            self.run(self.w.engine("The engine works", self.w.works))
        if then == "is paid out":
            self.run(self.w.engine("The engine works, outside too", self.w.works_outside))

    @happens(
        5,
        when=lambda self: self.out_posts(),
        which=WHICH,
        how=st.sampled_from(["same", "same", "news", "fiat", "rate", "stale"]),
    )
    def asks_again(self, which: int, how: str) -> None:
        txids = self.out_posts()
        txid = txids[which % len(txids)]
        post = self.w.books.posts[txid]
        fiat, rate = post.said[0]
        is_known = self.w.books.tx_called(txid) is not None

        async def ask() -> None:
            if how == "same" or not is_known:
                await self._ask(txid, fiat, rate, post.version)
            elif how == "news":
                post.version += 1
                await self._ask(txid, fiat, rate, post.version)
            elif how == "stale":
                await refused(lambda: self._ask(txid, fiat, rate, 0), Stale)
            else:
                other = (fiat + 1, rate) if how == "fiat" else (fiat, f"{rate}1")
                await refused(lambda: self._ask(txid, *other, post.version + 1), Ratchet)

        self.does(f"Machine {AT} asks for {txid} again: {how}", ask)

    def out_posts(self) -> list[str]:
        return [txid for txid, post in self.w.books.posts.items() if post.is_out][-6:]

    @happens(8, when=lambda self: self.unpaid_invoices(), which=WHICH)
    def customer_pays(self, which: int) -> None:
        """Also when the quote is over: who has the invoice may pay it."""
        txs = self.unpaid_invoices()
        self._pay(txs[which % len(txs)])

    def unpaid_invoices(self) -> list[Tx]:
        pending = {row.payment_hash for row in self.w.unpaid_sales()}
        return [tx for tx in self.txs("invoiced", is_out=True) if tx.payment_hash in pending]

    def _pay(self, tx: Tx) -> None:
        row = next(row for row in self.w.host.rows if row.payment_hash == tx.payment_hash)
        assert (row.wallet_id, row.amount_msat) == (f"machine {AT}", tx.wire * 1000), f"{row} is not {tx}"
        self.w.change(row, status="success")
        self.w.say(f"The customer of {tx.txid} pays {tx.wire} sats")

    # Reports -------------------------------------------------------------------------------------

    @happens(
        22,
        when=lambda self: self.reportable(),
        which=WHICH,
        outcome=st.sampled_from(list(DispenseOutcome)),
        eighths=st.integers(1, 8),
        is_again=st.sampled_from([True, True, True, False]),
        times=st.integers(1, 2),
    )
    def reports(self, which: int, outcome: DispenseOutcome, eighths: int, is_again: bool, times: int) -> None:
        """What came out: the first time anything; then mostly the same, or more of it."""
        txs = self.reportable()
        for time in range(times):
            tx = txs[which % len(txs)]
            if tx.outcome is not None and (is_again or time):
                outcome = DispenseOutcome(tx.outcome)
            self._report(tx, outcome, min(8, eighths + time))
            self.run(self.w.look())

    def reportable(self) -> list[Tx]:
        return self.txs("paid", is_out=True)[-4:]

    def _report(self, tx: Tx, outcome: DispenseOutcome, eighths: int) -> None:
        partial = None
        if outcome is DispenseOutcome.PARTIAL:
            least = tx.dispensed or 1
            partial = least + (tx.fiat - 1 - least) * (eighths - 1) // 7
            if tx.fiat < 2:
                return
        part = tx.fiat if outcome is DispenseOutcome.COMPLETE else partial or 0
        post = self.w.books.posts[tx.txid]
        post.report_version += 1
        version = post.report_version
        post.reports.append((outcome.value, part))

        async def report() -> None:
            async with self.w.store.reading() as books:
                machine = await books.machines.get(tx.machine)
            assert machine is not None
            said = DispenseReport(txid=tx.txid, version=version, outcome=outcome, partial_minor=partial)
            if tx.outcome not in (None, outcome):
                await refused(lambda: report_dispense(self.w.store, machine, said, ()), Ratchet)
            else:
                await report_dispense(self.w.store, machine, said, ())
                await report_dispense(self.w.store, machine, said, ())

        self.does(f"Machine {AT} reports {outcome} of {tx.txid}: {part} of {tx.fiat} came out", report)

    @happens(8, when=lambda self: self.failed_sales(), which=WHICH)
    def gives_all_back(self, which: int) -> None:
        sales = self.failed_sales()
        sale = sales[which % len(sales)]
        self.does(
            f"Olga offers all of {self.name(sale)} back, since nothing came out",
            lambda: refunds.make_refund_link(
                self.w.store, self.w.host, OPERATOR, sale["id"], ALL_BACK, None  # type: ignore[arg-type]
            ),
        )  # fmt: skip

    def failed_sales(self) -> list[Row]:
        return self.rows("settlements", "held", reason="dispense_failed")

    @happens(
        30,
        when=lambda self: self.late_txs(),
        which=WHICH,
        how=st.sampled_from(["open", "open", "claim", "claim", "claim", "cancel"]),
        where=WHERE,
    )
    def refunds_late(self, which: int, how: str, where: str) -> None:
        txs = self.late_txs()
        sale = txs[which % len(txs)].sale or ""

        async def act() -> None:
            if how == "open":
                await refunds.make_refund_link(
                    self.w.store, self.w.host, OPERATOR, sale, STAYED, PURSE  # type: ignore[arg-type]
                )  # fmt: skip
            elif how == "cancel":
                await refunds.take_back_refund_link(self.w.store, OPERATOR, sale)
            else:
                await self._claim(sale, where)

        self.does(f"Refund of what stayed in the machine: {how}", act)

    def late_txs(self) -> list[Tx]:
        return [tx for tx in self.w.books.txs.values() if tx.stayed or tx.sale in self.w.books.links]

    # Links -----------------------------------------------------------------------------------------

    async def _claim(self, key: str, where: str) -> None:
        """A wallet hands in its invoice for the link of a transaction, or of a late refund."""
        async with self.w.store.reading() as books:
            found = await books.sql.all(
                """
                SELECT k1, amount_msat FROM satmachineadmin.withdrawals
                WHERE kind <> 'refund' AND (transaction_id = :key OR settlement_id = :key)
                ORDER BY created_at DESC, id DESC
                """,
                key=key,
            )
        if not found:
            return
        invoice = await self.w.invoice(found[0]["amount_msat"], where)
        before = self.w.books.claimants.get(key, "")
        self.w.books.claimants[key] = where
        tx = self.w.books.txs.get(key)
        if tx is not None:
            self.w.books.expect(tx, invoice.payment_hash)
        try:
            await hand_in(self.w.store, self.w.host, found[0]["k1"], invoice.bolt11)
        except Refusal:
            self.w.books.claimants[key] = before
            raise
