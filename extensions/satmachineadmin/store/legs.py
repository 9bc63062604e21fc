"""Legs: written with their plan, moved only along the arrows of core.states, each move with its event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..core.errors import InvariantViolated, StateMoved, ensure
from ..core.model import Leg, LegHolder, Minted, Plan, PlannedLeg, Sent, Settlement, Stem
from ..core.states import EXTERNAL_TARGETS, LEG_ENTRY_STATES, LegState, LegType, PayWay, check_leg_arrow
from ..core.units import format_percent
from . import rows
from .audit import Audit
from .ids import new_id
from .operators import Operators
from .sql import SCHEMA, Row, Sql, in_list

#: The place of a leg that no plan holds.
_AFTER_THE_PLAN = 10_000
#: What `complete_at_once` binds once a leg.
_OUTCOME = ("id", "wallet_id", "sent_msat", "fee_msat", "unused_msat")
_COMPLETE_ON_SQLITE = f"""
    UPDATE {SCHEMA}.dca_payments SET state = 'completed', completed_at = :now, updated_at = :now, way = :way,
        destination_wallet_id = :wallet_id, sent_msat = :sent_msat, fee_msat = :fee_msat,
        fee_unused_msat = :unused_msat
    WHERE id = :id AND settlement_id = :settlement_id AND state = 'pending'
"""
# One statement over arrays: PostgreSQL counts no rows of a statement that is run once a row.
_COMPLETE_ON_POSTGRES = f"""
    UPDATE {SCHEMA}.dca_payments AS leg SET state = 'completed', completed_at = :now, updated_at = :now,
        way = :way, destination_wallet_id = outcome.wallet_id, sent_msat = outcome.sent_msat,
        fee_msat = outcome.fee_msat, fee_unused_msat = outcome.unused_msat
    FROM unnest(
        CAST(:ids AS TEXT[]), CAST(:wallet_ids AS TEXT[]), CAST(:sent_msats AS BIGINT[]),
        CAST(:fee_msats AS BIGINT[]), CAST(:unused_msats AS BIGINT[])
    ) AS outcome (id, wallet_id, sent_msat, fee_msat, unused_msat)
    WHERE leg.id = outcome.id AND leg.settlement_id = :settlement_id AND leg.state = 'pending'
"""


def external_id(stem: Stem, key: str, attempt: int) -> str:
    """What marks a leg's payment in the host's books: derived, never random (DESIGN §7)."""
    return f"{external_id_prefix(stem.payment_hash)}{key}:{attempt}"


def external_id_prefix(payment_hash: str) -> str:
    """What every payment of one settlement begins with."""
    return f"sm1:{payment_hash}:"


class Legs:
    def __init__(self, sql: Sql, audit: Audit, now: int, operators: Operators) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now
        self._operators = operators

    async def of(self, settlement_id: str) -> tuple[Leg, ...]:
        """All legs of a settlement in the order of their plan, voided ones included."""
        found = await self._sql.all(
            f"""
            SELECT * FROM {SCHEMA}.dca_payments WHERE settlement_id = :id
            ORDER BY plan_version, position, attempt
            """,
            id=settlement_id,
        )
        return tuple(rows.leg(row) for row in found)

    async def row(self, leg_id: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.dca_payments WHERE id = :id", id=leg_id)

    async def get(self, leg_id: str) -> Leg | None:
        row = await self.row(leg_id)
        return None if row is None else rows.leg(row)

    async def known_hashes(self, payment_hashes: Iterable[str]) -> frozenset[str]:
        """Those of the hashes that are payments of ours."""
        listed, values = in_list("hash", payment_hashes)
        found = await self._sql.all(
            f"SELECT payment_hash FROM {SCHEMA}.dca_payments WHERE payment_hash IN {listed}", **values
        )
        return frozenset(str(row["payment_hash"]) for row in found)

    async def write_plan(self, settlement: Settlement, plan: Plan, minted: Mapping[str, Minted]) -> None:
        """Store every leg of a plan. `minted` holds the invoices of the fast way, by leg key.

        Attempts of a key are counted on over plans: no two payments have the same external id.
        """
        attempts = await self._attempts(settlement) if plan.version > 1 else {}
        lines = [
            self._line(settlement, plan, position, leg, minted.get(leg.key), attempts.get(leg.key, 0) + 1)
            for position, leg in enumerate(plan.legs)
        ]
        await self._insert(lines)
        for line in lines:
            self._record("planned", line["id"], settlement, after=_gist(line))

    async def sent(self, leg_id: str) -> Sent:
        """What was handed to the host for a leg, as it was written down before."""
        row = await self.row(leg_id)
        if row is None or row["sent_msat"] is None:
            raise InvariantViolated("what is handed to the host is written down before")
        return Sent(
            leg_id=leg_id,
            destination_wallet_id=row["destination_wallet_id"],
            sent_msat=row["sent_msat"],
            fee_msat=row["fee_msat"],
            fee_unused_msat=row["fee_unused_msat"],
        )

    async def write_fresh_attempt(
        self,
        stem: Stem,
        leg: Leg,
        minted: Minted | None,
        *,
        tries: int = 0,
        **columns: object,
    ) -> Leg:
        """Beside a voided leg, the same leg anew: next attempt, another invoice, or none yet.

        `columns` are what is different about it, such as when it is tried or that it is skipped.
        """
        row = await self.row(leg.id)
        ensure(row is not None, "a leg that is tried again exists")
        line = {
            **dict(row or {}),
            "id": new_id(),
            "attempt": leg.attempt + 1,
            "state": LegState.PENDING,
            "external_id": external_id(stem, leg.key, leg.attempt + 1),
            **dict.fromkeys(
                (
                    "way",
                    "error_code",
                    "error_message",
                    "sent_msat",
                    "fee_msat",
                    "fee_unused_msat",
                    "reserve_msat",
                    "next_try_at",
                    "carrier_id",
                    "completed_at",
                    "note",
                )
            ),
            **_invoice(minted),
            "tries": tries,
            "created_at": self._now,
            "updated_at": self._now,
            **columns,
        }
        ensure(line["state"] in LEG_ENTRY_STATES, "a leg is written in an entry state")
        await self._insert([line])
        self._record("planned", line["id"], stem, after=_gist(line))
        return rows.leg(line)

    async def write_beside(self, stem: Stem, **columns: object) -> Leg:
        """A leg that stands beside what it stems from: paid by another wallet, no part of its sum."""
        key = str(columns["leg_key"])
        line = {
            "id": new_id(),
            "settlement_id": stem.id,
            "machine_id": stem.machine_id,
            "operator_user_id": stem.operator_user_id,
            "plan_version": stem.plan_version,
            "attempt": 1,
            "position": _AFTER_THE_PLAN,
            "state": LegState.PENDING,
            "reason": None,
            "fiat_minor": None,
            "currency": stem.currency,
            "exchange_rate": stem.exchange_rate,
            "external_id": external_id(stem, key, 1),
            "created_at": self._now,
            "updated_at": self._now,
            **columns,
        }
        ensure(line["state"] in LEG_ENTRY_STATES, "a leg is written in an entry state")
        await self._insert([line])
        self._record("planned", line["id"], stem, after=_gist(line))
        return rows.leg(await self.row(str(line["id"])) or {})

    async def _attempts(self, settlement: Settlement) -> dict[str, int]:
        """The last attempt of each key of a settlement."""
        found = await self._sql.all(
            f"""
            SELECT leg_key, MAX(attempt) AS attempt FROM {SCHEMA}.dca_payments
            WHERE settlement_id = :id GROUP BY leg_key
            """,
            id=settlement.id,
        )
        return {row["leg_key"]: row["attempt"] for row in found}

    def _line(
        self,
        settlement: Settlement,
        plan: Plan,
        position: int,
        leg: PlannedLeg,
        minted: Minted | None,
        attempt: int,
    ) -> dict[str, object]:
        ensure(leg.state in LEG_ENTRY_STATES, "a leg is planned in an entry state")
        return {
            "id": new_id(),
            "settlement_id": settlement.id,
            "machine_id": settlement.machine_id,
            "operator_user_id": settlement.operator_user_id,
            "leg_type": leg.leg_type,
            "leg_key": leg.key,
            "plan_version": plan.version,
            "attempt": attempt,
            "position": position,
            "state": leg.state,
            "reason": leg.reason,
            "sats": leg.sats,
            "fiat_minor": leg.fiat_minor,
            "currency": settlement.currency,
            "exchange_rate": settlement.exchange_rate,
            "client_id": leg.enrolment_id,
            "target": leg.target,
            "target_kind": leg.target_kind,
            "label": leg.label,
            "share_pct": None if leg.share_ppm is None else format_percent(leg.share_ppm),
            "destination_wallet_id": leg.destination_wallet_id,
            "destination_ln_address": leg.target if leg.target_kind in EXTERNAL_TARGETS else None,
            "external_id": external_id(settlement, leg.key, attempt),
            "payer_wallet_id": settlement.wallet_id,
            **_invoice(minted),
            "created_at": self._now,
            "updated_at": self._now,
        }

    async def _insert(self, lines: Sequence[Mapping[str, object]]) -> None:
        if not lines:
            return
        lines = await self._dated(lines)
        columns = sorted(lines[0])
        await self._sql.run_many(
            f"""
            INSERT INTO {SCHEMA}.dca_payments ({", ".join(columns)})
            VALUES ({", ".join(":" + column for column in columns)})
            """,
            lines,
        )

    async def _dated(self, lines: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
        """The lines with the operator's day on those that draw an LP's cash; a fresh attempt keeps its own.

        Done here, so that nothing that draws on a daily limit can be written without its day.
        """
        dated = [{"drawn_on": None, **line} for line in lines]
        undated = [line for line in dated if line["drawn_on"] is None and _draws_cash(line)]
        if undated:
            days = await self._operators.days({str(line["operator_user_id"]) for line in undated})
            for line in undated:
                line["drawn_on"] = days[str(line["operator_user_id"])]
        return dated

    async def move(self, settlement: LegHolder, leg: Leg, after: LegState, **columns: object) -> None:
        """Compare-and-swap along one arrow, setting further columns; raises StateMoved when too late."""
        arrow = check_leg_arrow(leg.state, after)
        updates = "".join(f", {column} = :{column}" for column in columns)
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_payments SET state = :after, updated_at = :now{updates}
            WHERE id = :id AND state = :before
            """,
            id=leg.id,
            before=leg.state,
            after=after,
            now=self._now,
            **columns,
        )
        if touched != 1:
            raise StateMoved(thing="leg")
        if leg.leg_type is LegType.AUTOFORWARD and after is LegState.COMPLETED:
            await self._count_forwarded(leg)
        if leg.enrolment_id is not None:
            self._audit.concerned.add(leg.enrolment_id)
        shown = {key: value for key, value in columns.items() if key not in ("preimage", "bolt11")}
        if leg.leg_type is LegType.AUTOFORWARD:
            shown["leg_type"] = leg.leg_type
        self._record(arrow, leg.id, settlement, before={"state": leg.state}, after={"state": after, **shown})

    async def _count_forwarded(self, leg: Leg) -> None:
        """Add to what the LP passed on of this enrolment; a completed leg stays one."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_clients SET forwarded_msat = forwarded_msat + (
                SELECT sent_msat FROM {SCHEMA}.dca_payments WHERE id = :leg_id)
            WHERE id = :enrolment_id
            """,
            leg_id=leg.id,
            enrolment_id=leg.enrolment_id,
        )

    async def mark_kept(self, leg: Leg, note: str) -> None:
        """The operator keeps sats that are owed to a customer; raises StateMoved when too late."""
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_payments SET kept_at = :now, note = :note, updated_at = :now
            WHERE id = :id AND state = 'skipped' AND kept_at IS NULL
            """,
            id=leg.id,
            note=note,
            now=self._now,
        )
        if touched != 1:
            raise StateMoved(thing="leg")

    async def complete_at_once(self, settlement: LegHolder, sent: Sequence[Sent]) -> None:
        """Move all payable legs of a settlement from pending to completed: all of them, or an error.

        Only what is still pending is touched, and what was touched is counted and compared.
        """
        arrow = check_leg_arrow(LegState.PENDING, LegState.COMPLETED)
        touched = await self._complete(settlement, sent)
        if touched != len(sent):
            raise StateMoved(thing="leg")
        for one in sent:
            self._record(
                arrow,
                one.leg_id,
                settlement,
                before={"state": LegState.PENDING},
                after={"state": LegState.COMPLETED, "sent_msat": one.sent_msat, "fee_msat": one.fee_msat},
            )

    async def _complete(self, settlement: LegHolder, sent: Sequence[Sent]) -> int:
        """How many pending legs were completed. Each engine has one way that counts exactly."""
        lines = [
            {
                "id": one.leg_id,
                "wallet_id": one.destination_wallet_id,
                "sent_msat": one.sent_msat,
                "fee_msat": one.fee_msat,
                "unused_msat": one.fee_unused_msat,
            }
            for one in sent
        ]
        fixed = {"settlement_id": settlement.id, "way": PayWay.FAST, "now": self._now}
        if self._sql.is_sqlite:
            return await self._sql.run_many(_COMPLETE_ON_SQLITE, [{**line, **fixed} for line in lines])
        columns = {f"{name}s": [line[name] for line in lines] for name in _OUTCOME}
        return await self._sql.run(_COMPLETE_ON_POSTGRES, **columns, **fixed)

    def _record(
        self,
        arrow: str,
        leg_id: object,
        settlement: LegHolder,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        # What an LP does with its sats is no business of the operator's.
        is_forward = (after or {}).get("leg_type") == LegType.AUTOFORWARD
        self._audit.record(
            f"leg.{arrow}",
            "leg",
            str(leg_id),
            operator_user_id="" if is_forward else settlement.operator_user_id,
            before=before,
            after={"settlement_id": settlement.id, **(after or {})},
        )


def _draws_cash(line: Mapping[str, object]) -> bool:
    return line["client_id"] is not None and line["fiat_minor"] is not None


def _invoice(minted: Minted | None) -> dict[str, object]:
    """The columns of an invoice."""
    if minted is None:
        return dict.fromkeys(("payment_hash", "preimage", "bolt11"))
    return {
        "payment_hash": minted.payment_hash,
        "preimage": minted.preimage,
        "bolt11": minted.bolt11,
    }


def _gist(line: Mapping[str, object]) -> dict[str, object]:
    """What the audit trail keeps of a new leg: no preimage, no invoice, no wallet."""
    return {
        key: line[key]
        for key in ("leg_type", "leg_key", "attempt", "state", "reason", "sats", "fiat_minor", "label")
    }
