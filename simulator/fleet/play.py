"""Carries one act out at one machine, and says what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..cash import CannotDispense, total_minor
from ..cash_in import CashIn, NoteGivenBack
from ..cash_out import CashOut
from ..client import HostRefused, HostUnreachable, LnbitsClient
from ..faults import Dispenser
from ..journal import counted
from ..lnurl import claim
from ..machine_client import MachineRefused
from ..money import format_minor
from ..paired import PairedMachine
from .script import REFUSED_WITH, Act, Fault, Lie

#: How much further off than any market a wild rate is.
WILD = 3


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of an act. A problem is what must never happen."""

    act: Act
    txid: str
    #: complete, partial, failed, paid, expired, refused, ...
    end: str
    #: what moved as cash
    minor: int = 0
    wire_sats: int = 0
    problem: str = ""


class Performer:
    """Plays acts at one machine. `purse` is the wallet of all customers."""

    def __init__(self, machine: PairedMachine, purse: LnbitsClient) -> None:
        self._machine = machine
        self._purse = purse
        self._problem = ""
        self._rate = machine.rate

    async def play(self, act: Act) -> Outcome:
        """One act. Whatever the server refuses is an outcome, not an error."""
        self._problem = ""
        faults = self._machine.client.faults
        faults.duplicates = act.fault is Fault.DUPLICATES
        faults.dispenser = act.dispenser
        faults.drop_requests, faults.lose_answers = act.dropped, act.lost
        self._machine.rate = lambda: act.rate
        try:
            outcome = await (self._cash_out(act) if act.is_cash_out else self._cash_in(act))
        except CannotDispense:
            outcome = Outcome(act=act, txid="", end="out of notes")
        except MachineRefused as refusal:
            outcome = Outcome(act=act, txid="", end=refusal.code)
        except HostRefused as refusal:
            outcome = Outcome(act=act, txid="", end="not paid", problem=refusal.detail)
        except HostUnreachable:
            outcome = Outcome(act=act, txid="", end="unreachable")
        finally:
            faults.duplicates = False
            faults.drop_requests = faults.lose_answers = 0
            faults.dispenser = Dispenser.COMPLETE
        if act.fault is Fault.REPLAYS:
            await self._replay()
        return replace(outcome, problem=outcome.problem or self._problem)

    async def _cash_out(self, act: Act) -> Outcome:
        if act.lie is Lie.WILD_RATE:
            self._machine.rate = lambda: act.rate * WILD
        sale = CashOut(self._machine, counted(act.notes))
        if act.lie is Lie.WILD_RATE:
            await self._lie(act.lie, *sale.entry.post())
            return Outcome(act=act, txid=sale.entry.txid, end="lie refused")
        transaction = await sale.ask()
        entry = sale.entry
        if act.lie is Lie.OTHER_AMOUNT:
            more = format_minor(entry.asked_minor * 2, entry.currency)
            body = {key: value for key, value in entry.post()[1].items() if key != "bills"}
            await self._lie(act.lie, "cash-out", {**body, "version": 2, "fiat_amount": more})
        if act.lie is Lie.EARLY_REPORT:
            report = {"txid": entry.txid, "version": 2, "outcome": "complete"}
            await self._lie(act.lie, "dispense", report)
        if act.walks_away:
            sale.leave()
            return Outcome(act=act, txid=entry.txid, end="left")
        await self._purse.pay(str(transaction.invoice))
        if not await sale.wait():
            return Outcome(act=act, txid=entry.txid, end="expired", problem="paid, and nobody saw it")
        entry = await sale.dispense()
        await sale.report()
        if act.lie is Lie.OTHER_OUTCOME:
            other = {"txid": entry.txid, "version": entry.version + 1, "outcome": "failed"}
            await self._lie(act.lie, "dispense", other)
        return Outcome(
            act=act,
            txid=entry.txid,
            end=entry.outcome,
            minor=entry.given_minor,
            wire_sats=transaction.wire_sats,
        )

    async def _cash_in(self, act: Act) -> Outcome:
        purchase = CashIn(self._machine)
        await purchase.start()
        for minor in act.notes:
            try:
                await purchase.insert(minor)
            except NoteGivenBack:
                break
        if act.lie is Lie.FEWER_NOTES and purchase.entry.taken:
            fewer = replace(
                purchase.entry, taken=purchase.entry.taken[:-1], version=purchase.entry.version + 1
            )
            await self._lie(act.lie, *fewer.post())
        transaction = await purchase.finish()
        end = transaction.state
        if transaction.lnurl is not None and not act.walks_away:
            await claim(transaction.lnurl, self._purse)
            end = (await purchase.wait()).state
        purchase.leave()
        return Outcome(
            act=act,
            txid=purchase.entry.txid,
            end=end,
            minor=purchase.entry.taken_minor,
            wire_sats=transaction.wire_sats,
        )

    async def _lie(self, lie: Lie, route: str, body: dict[str, Any]) -> None:
        """Tells a lie; it is a problem if it is believed, or refused for another reason than that."""
        try:
            await self._machine.client.post(f"/{route}", body)
        except MachineRefused as refusal:
            if refusal.code != REFUSED_WITH[lie]:
                self._problem = f"the lie {lie.value} was refused as {refusal.code}"
        else:
            self._problem = f"the lie {lie.value} was believed"

    async def _replay(self) -> None:
        sent = self._machine.client.last_sent
        if sent is None:
            return
        answer = await self._machine.client.replay(sent)
        code = answer.json().get("code") if answer.status_code == 401 else None
        if code != "replayed":
            self._problem = f"a replay was answered {answer.status_code} {code}"


def describe(outcome: Outcome, currency: str) -> str:
    """One line of what happened."""
    act = outcome.act
    way = "cash-out" if act.is_cash_out else "cash-in "
    fault = act.lie.value if act.lie else act.fault.value if act.fault else ""
    amount = format_minor(total_minor(counted(act.notes)), currency)
    line = f"{act.at_ms / 1000:7.1f} s  machine {act.machine + 1:>2}  {way} {amount:>9} {currency}"
    problem = f"PROBLEM: {outcome.problem}" if outcome.problem else ""
    return f"{line}  {outcome.end:<12} {fault:<14}{problem}".rstrip()
