"""What can be touched, and what the page is told to draw."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any

from ..answers import Terms
from ..cash import Notes
from ..client import HostRefused, HostUnreachable, LnbitsClient
from ..faults import Dispenser
from ..home import split_pairing
from ..lnurl import claim
from ..machine_client import MachineRefused
from ..money import minor_digits, parse_minor
from ..quote import quote_cash_out
from .serving import Counter
from .session import Json, NotNow, Session, View

#: No customer puts more different notes together than this.
MOST_NOTES = 40

Filled = Callable[[tuple[Notes, ...], tuple[Notes, ...]], Awaitable[None]]


async def nobody_books(_added: tuple[Notes, ...], _taken: tuple[Notes, ...]) -> None:
    """Whoever fills a machine tells its operator, who books it by hand."""


class Touches:
    """Everything that can be done at the machine, by name."""

    def __init__(
        self,
        session: Session,
        counter: Counter,
        *,
        full: tuple[Notes, ...],
        paired: Callable[[str], None] = lambda _server: None,
        filled: Filled = nobody_books,
    ) -> None:
        self.session = session
        #: told with which LNbits the machine was paired
        self._paired = paired
        #: told what was put into the cassettes and taken out of the box
        self._filled = filled
        self._counter = counter
        self._machine = session.machine
        #: what the cassettes hold after somebody has filled them
        self._full = full
        self._touches: Mapping[str, Callable[[Json], Awaitable[None]]] = {
            "sell": self._sell,
            "buy": self._buy,
            "insert": self._insert,
            "done": self._done,
            "leave": self._leave,
            "pair": self._pair,
            "faults": self._faults,
            "fill": self._fill,
            "pay": self._pay,
            "claim": self._claim,
        }

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._touches)

    async def do(self, name: str, facts: Json) -> Json:
        """One touch; gives what is shown afterwards."""
        await self._touches[name](facts)
        return self.snapshot()

    def snapshot(self) -> Json:
        """All that the page needs to draw itself."""
        session, machine = self.session, self._machine
        return {
            "version": session.version,
            "view": session.view.value,
            "facts": session.facts,
            "machine": self._machine_facts() if machine.is_ready else None,
            "customer": session.customer,
            "service": self._service(),
        }

    async def preview(self, query: Mapping[str, str]) -> Json:
        """What these notes would cost, at the rate of this moment."""
        minor = int(query.get("minor", ""))
        config = self._machine.config
        quote = quote_cash_out(
            fiat_minor=minor,
            currency=config.currency,
            exchange_rate=self._machine.rate(),
            fee_pct=config.cash_out.fee_pct,
        )
        return {"minor": minor, "wire_sats": quote.wire_sats, "fee_sats": quote.fee_sats}

    def _machine_facts(self) -> Json:
        config = self._machine.config
        offered = self._machine.notes_on_offer()
        return {
            "name": config.name,
            "location": config.location,
            "currency": config.currency,
            "digits": minor_digits(config.currency),
            "active": config.active,
            "maintenance": config.maintenance,
            "price": format(self.session.price(), "f"),
            "cash_out_fee": _short(config.cash_out.fee_pct),
            "cash_in_fee": _short(config.cash_in.fee_pct),
            "most_minor": _most_minor(config.cash_out, config.currency),
            "notes": [[some.denomination_minor, some.count] for some in offered],
            "accepted": sorted({some.denomination_minor for some in self._full}),
        }

    def _service(self) -> Json:
        machine = self._machine
        faults, till = machine.client.faults, machine.till
        return {
            "npub": machine.client.key.npub,
            "server": machine.client.base_url,
            "config_version": machine.config.version if machine.is_ready else None,
            "requests": machine.client.requests_sent,
            "waiting": len(machine.journal.open_entries),
            "cassettes": [[some.denomination_minor, some.count] for some in till.cassettes],
            "box": [[some.denomination_minor, some.count] for some in till.box],
            "dispenser": faults.dispenser.value,
            "network_down": faults.network_down,
            "duplicates": faults.duplicates,
        }

    async def _sell(self, facts: Json) -> None:
        """`notes` as [[minor, count], …], or `minor` for which the machine chooses."""
        machine = self._machine
        if "notes" in facts:
            bills = tuple(_notes(pair) for pair in facts["notes"])
        else:
            bills = machine.till.notes_for(_whole(facts, "minor"), machine.journal.open_entries)
        if sum(some.count for some in bills) > MOST_NOTES:
            raise ValueError("the machine gives at most 40 notes at once")
        self._counter.sell(bills)

    async def _buy(self, _facts: Json) -> None:
        self._counter.buy()

    async def _insert(self, facts: Json) -> None:
        minor = _whole(facts, "minor")
        if minor not in {some.denomination_minor for some in self._full}:
            raise ValueError("the machine does not know this note")
        await self._counter.insert(minor)

    async def _done(self, _facts: Json) -> None:
        await self._counter.done()

    async def _leave(self, _facts: Json) -> None:
        await self._counter.leave()

    async def _pair(self, facts: Json) -> None:
        """Redeems a code; the address before it says at which LNbits."""
        self.session.need(View.UNPAIRED, View.CONNECTING)
        server, code = split_pairing(str(facts.get("address", "")))
        self._machine.client.base_url = server
        await self._machine.pair(code)
        self._paired(server)
        await self.session.open()

    async def _faults(self, facts: Json) -> None:
        faults = self._machine.client.faults
        if "dispenser" in facts:
            faults.dispenser = Dispenser(facts["dispenser"])
        if "network_down" in facts:
            faults.network_down = facts["network_down"] is True
        if "duplicates" in facts:
            faults.duplicates = facts["duplicates"] is True
        self.session.touch()
        if not faults.network_down:
            self.session.errand(self._catch_up())

    async def _catch_up(self) -> None:
        """The network is there again: what waits is told at once."""
        try:
            await self._machine.catch_up()
        except (HostUnreachable, MachineRefused) as error:
            self.session.say(str(error))
        self.session.touch()

    async def _fill(self, _facts: Json) -> None:
        self.session.need(View.IDLE)
        till = self._machine.till
        added, taken = till.fill(self._full), till.empty_box()
        self.session.touch()
        await self._filled(added, taken)

    async def _pay(self, _facts: Json) -> None:
        """The customer's wallet pays the invoice on the screen."""
        purse = self._purse()
        self.session.need(View.PAY)
        invoice = str(self.session.facts["text"])
        await self._with_purse(purse.pay(invoice))

    async def _claim(self, _facts: Json) -> None:
        """The customer's wallet uses the link on the screen."""
        purse = self._purse()
        self.session.need(View.CLAIM, View.RECEIPT)
        link = str(self.session.facts["text"])
        if self.session.view is View.CLAIM:
            await self._with_purse(claim(link, purse))
            return
        # the customer has left the counter: whoever is served there now is not disturbed
        async with self.session.counter:
            self.session.served += 1
            await self._with_purse(claim(link, purse))

    def _purse(self) -> LnbitsClient:
        if self.session.purse is None:
            raise NotNow("no customer's wallet was configured")
        if self.session.customer["busy"]:
            raise NotNow("the wallet is busy")
        return self.session.purse

    async def _with_purse(self, work: Awaitable[Any]) -> None:
        session = self.session
        session.customer = {**session.customer, "busy": True, "note": ""}
        session.touch()
        note = ""
        try:
            await work
        except (HostRefused, HostUnreachable) as error:
            note = str(error)
        finally:
            session.customer = {**session.customer, "busy": False, "note": note}
            session.touch()
        await session.look_into_purse()


def _most_minor(terms: Terms, currency: str) -> int | None:
    """The most that can be asked for now, by all limits together; None where there is none."""
    limits = (terms.most_per_transaction, terms.left_this_hour, terms.left_today)
    # "0.00" is a limit, and no amount
    known = [parse_minor(text, currency) if text.strip("0.") else 0 for text in limits if text is not None]
    return min(known, default=None)


def _short(percent: Decimal) -> str:
    """6, 6.5: without zeros that say nothing."""
    text = format(percent, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _whole(facts: Json, name: str) -> int:
    value = facts.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} is a whole number")
    return value


def _notes(pair: Any) -> Notes:
    if not isinstance(pair, list) or len(pair) != 2 or not all(type(part) is int for part in pair):
        raise ValueError("notes are pairs of a value and a number")
    return Notes(denomination_minor=pair[0], count=pair[1])
