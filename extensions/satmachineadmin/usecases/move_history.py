"""WRITE sales of before as history: rows that nothing here pays, and a matter for each unfinished one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..core.predecessor import records, telling
from ..core.predecessor.columns import LEGS, SALES
from ..core.predecessor.found import Found
from ..core.predecessor.moves import MoveOutcome, SaleMove
from ..core.states import LegType, MatterKind
from ..store.books import Books
from ..store.ids import new_id
from ..store.sql import Row


@dataclass(frozen=True, kw_only=True)
class Written:
    """A row of the predecessor's, what it is here (None: nothing), and why it is nothing."""

    table: str
    row_id: str
    became_id: str | None
    problem: str


@dataclass(kw_only=True)
class History:
    """Writes sales and legs of before; `written` says what became of each row."""

    books: Books
    found: Found
    #: the predecessor's machines and enrolments → ours
    machines: Mapping[str, str]
    enrolments: Mapping[str, str]
    #: who is told of what has no operator here
    platform_user_id: str
    users: Mapping[str, str]
    #: receiver of a commission → what its operator calls it
    labels: Mapping[str, str]
    written: list[Written] = field(default_factory=list)

    async def write(self, sales: Sequence[SaleMove], loose: Sequence[records.OldLeg]) -> None:
        """What is new of it: everything in the transaction of the caller."""
        self._places = {one.id: one for one in self.found.machines}
        self._names = {one.id: one.name for one in self.found.enrolments if one.name}
        self._machine_of = {one.id: one.machine_id for one in self.found.enrolments}
        sale_rows: list[Row] = []
        leg_rows: list[Row] = []
        for move in sales:
            if move.outcome is MoveOutcome.ADD:
                sale_rows.append(self._sale(move.old))
                leg_rows += self._legs(move.legs, move.old, str(sale_rows[-1]["id"]))
                if move.needs_a_person:
                    detail = telling.unfinished(move, self._names)
                    await self._ask(str(sale_rows[-1]["id"]), move.old.machine_id, detail)
        leg_rows += await self._loose(loose)
        await self.books.moving.add_sales(sale_rows)
        await self.books.moving.add_legs(leg_rows)

    def _sale(self, old: records.OldSale) -> Row:
        place, sale_id = self._places[old.machine_id], new_id()
        self._note(SALES, old.id, sale_id)
        return {
            "id": sale_id,
            "operator_user_id": place.operator_user_id,
            "machine_id": self.machines.get(old.machine_id),
            "machine_name": place.name,
            "wallet_id": place.wallet_id,
            "payment_hash": old.payment_hash,
            "txid": old.txid,
            "tx_type": old.tx_type,
            "wire_sats": old.wire_sats,
            "principal_sats": old.principal_sats,
            "commission_sats": old.commission_sats,
            "platform_fee_sats": old.platform_fee_sats,
            "operator_fee_sats": old.operator_fee_sats,
            "fiat_amount": _text(old.fiat),
            "currency": old.currency or place.currency,
            "exchange_rate": _text(old.rate),
            "status": old.status,
            "error_message": old.error,
            "notes": old.notes,
            "paid_at": old.paid_at,
        }

    def _legs(self, legs: Sequence[records.OldLeg], sale: records.OldSale, sale_id: str) -> Iterator[Row]:
        currency = sale.currency or self._places[sale.machine_id].currency
        for leg in legs:
            yield self._leg(leg, sale.machine_id, sale_id, currency, leg.made_at or sale.paid_at)

    async def _loose(self, legs: Sequence[records.OldLeg]) -> list[Row]:
        """Payments of no sale: of an LP, at whose machine they are told."""
        rows = []
        for leg in legs:
            machine_id = self._machine_of[leg.enrolment_id]
            currency = self._places[machine_id].currency
            rows.append(self._leg(leg, machine_id, None, currency, leg.made_at))
            if leg.is_open:
                detail = telling.unfinished_leg(leg, self._names)
                await self._ask(str(rows[-1]["id"]), machine_id, detail)
        return rows

    def _leg(
        self, leg: records.OldLeg, machine_id: str, sale_id: str | None, currency: str, paid_at: int
    ) -> Row:
        leg_id = new_id()
        self._note(LEGS, leg.id, leg_id)
        return {
            "id": leg_id,
            "sale_id": sale_id,
            "operator_user_id": self._places[machine_id].operator_user_id,
            "machine_id": self.machines.get(machine_id),
            "client_id": self.enrolments.get(leg.enrolment_id),
            "leg_type": leg.leg_type,
            "label": self._label(leg),
            "sats": leg.sats,
            "fiat_amount": _text(leg.fiat),
            "currency": currency,
            "exchange_rate": _text(leg.rate),
            "payment_hash": leg.payment_hash,
            "status": leg.status,
            "error_message": leg.error,
            "paid_at": paid_at,
        }

    def _label(self, leg: records.OldLeg) -> str:
        """Who got it. Where an LP and the platform have their sats is no operator's to read."""
        if leg.leg_type == LegType.SUPER_FEE:
            return "platform"
        if leg.leg_type == LegType.OPERATOR_SPLIT:
            is_address = "@" in leg.destination
            return self.labels.get(leg.destination) or (
                leg.destination if is_address else f"wallet {leg.destination[:4]}…"
            )
        return self._names.get(leg.enrolment_id, "LP")

    async def _ask(self, subject_id: str, machine_id: str, detail: str) -> None:
        """A person decides what becomes of the rest: nothing here pays it."""
        operator = self._places[machine_id].operator_user_id
        await self.books.worklist.open(
            MatterKind.UNFINISHED_BEFORE,
            subject_id,
            operator_user_id=operator if operator in self.users else self.platform_user_id,
            machine_id=self.machines.get(machine_id, ""),
            detail=detail,
        )

    def _note(self, table: str, row_id: str, became_id: str | None, problem: str = "") -> None:
        self.written.append(Written(table=table, row_id=row_id, became_id=became_id, problem=problem))


def _text(number: object) -> str | None:
    return None if number is None else f"{number:f}"
