"""LPs: their own preferences, and their enrolments with the totals of their cash.

Preferences (`dca_lp`) are written by `choose_preferences` alone, which only lp.py calls: nobody but
the LP decides where its sats go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

from ..core.choices import HowChanged, Notifications
from ..core.days import UTC
from ..core.errors import StateMoved
from ..core.limits import Pace, left_of_limit, why_no_part
from ..core.model import LpStake
from ..core.states import (
    RESERVING_LEG_STATES,
    DcaMode,
    EnrolmentStatus,
    LegState,
    check_enrolment_arrow,
)
from . import rows
from .audit import Audit
from .ids import new_id
from .lp_changes import LpChanges
from .sql import SCHEMA, Row, Sql, in_list

#: Until somebody has accepted a link, its enrolment belongs to a user that cannot be: no id has a colon.
_NOBODY = "invited:"


def is_nobodys(enrolment: Row) -> bool:
    """Whether whoever opens the link may become this LP."""
    return str(enrolment["user_id"]).startswith(_NOBODY)


#: What an LP has chosen until it says otherwise; its wallet and its mode come with its first acceptance.
AT_FIRST: Mapping[str, object] = {
    "fixed_mode_daily_limit": None,
    "fixed_mode_currency": None,
    "autoforward_ln_address": None,
    "autoforward_enabled": False,
    "autoforward_min_sats": 0,
    "time_zone": UTC,
    "notifications": Notifications.PROBLEMS,
}


class Lps:
    def __init__(self, sql: Sql, audit: Audit, now: int) -> None:
        self._sql = sql
        self._audit = audit
        self._now = now

    async def preferences(self, user_id: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.dca_lp WHERE user_id = :id", id=user_id)

    async def choose_preferences(
        self, user_id: str, fields: Mapping[str, object], how: HowChanged = HowChanged.CHOSEN
    ) -> None:
        """Write an LP's choices; the first time, its preferences come into being."""
        before = await self.preferences(user_id)
        after: dict[str, object] = {
            "lp_ref": f"lp_{uuid4().hex[:12]}",
            **AT_FIRST,
            "autoforward_next_address": None,
            "autoforward_next_at": None,
            "password_failures": 0,
            "told_until": self._now,
            "created_at": self._now,
            **(before or {}),
            **fields,
            "user_id": user_id,
            "version": (before["version"] if before else 0) + 1,
            "updated_at": self._now,
        }
        columns = sorted(after)
        updates = ", ".join(f"{column} = excluded.{column}" for column in columns if column != "user_id")
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.dca_lp ({", ".join(columns)})
            VALUES ({", ".join(":" + column for column in columns)})
            ON CONFLICT (user_id) DO UPDATE SET {updates}
            """,
            **after,
        )
        await LpChanges(self._sql, self._now).note(user_id, before or {}, after, how)
        self._audit.concerned.add(user_id)
        changed = (
            {key: before[key] for key in fields} if before else {},
            dict(fields),
        )
        event = _consent(bool(before and before["autoforward_enabled"]), bool(after["autoforward_enabled"]))
        self._audit.record(
            event or f"lp.preferences_{how}",
            "lp",
            str(after["lp_ref"]),
            operator_user_id="",
            before=_without_address(changed[0]),
            after=_without_address(changed[1]),
        )

    async def changes(self, user_id: str, *, limit: int, offset: int) -> tuple[list[Row], int]:
        """Every change of an LP's choices, the newest first, and how many there are."""
        return await LpChanges(self._sql, self._now).page(user_id, limit=limit, offset=offset)

    async def count_password_try(self, user_id: str, failures: int) -> None:
        """Note a try before it is looked at: however many come at once, each is counted."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_lp SET password_failures = :failures, password_failed_at = :now
            WHERE user_id = :user_id
            """,
            user_id=user_id,
            failures=failures,
            now=self._now,
        )

    async def look_again(self, user_id: str) -> None:
        """Sales that wait because this LP's wallet took nothing are looked at now: it is another wallet."""
        await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_settlements SET next_try_at = :now
            WHERE state = 'errored' AND next_try_at > :now AND EXISTS (
                SELECT 1 FROM {SCHEMA}.dca_payments AS leg
                JOIN {SCHEMA}.dca_clients AS client ON client.id = leg.client_id
                WHERE leg.settlement_id = dca_settlements.id AND leg.state = 'failed'
                  AND client.user_id = :user_id)
            """,
            now=self._now,
            user_id=user_id,
        )

    async def reference(self, user_id: str) -> str:
        """The opaque name of a person, the same at every enrolment."""
        found = await self._sql.value(
            f"SELECT lp_ref FROM {SCHEMA}.dca_lp WHERE user_id = :id", id=user_id
        ) or await self._sql.value(
            f"SELECT lp_ref FROM {SCHEMA}.dca_clients WHERE user_id = :id LIMIT 1", id=user_id
        )
        return str(found) if found else f"lp_{uuid4().hex[:12]}"

    async def enrolment(self, enrolment_id: str) -> Row | None:
        return await self._sql.one(f"SELECT * FROM {SCHEMA}.dca_clients WHERE id = :id", id=enrolment_id)

    async def is_enrolled(self, machine_id: str, user_id: str) -> bool:
        """Whether this person has an enrolment at the machine, whatever its status."""
        found = await self._sql.value(
            f"SELECT COUNT(*) FROM {SCHEMA}.dca_clients WHERE machine_id = :machine AND user_id = :user_id",
            machine=machine_id,
            user_id=user_id,
        )
        return bool(found)

    async def enrol(
        self, *, machine_id: str, operator_user_id: str, user_id: str | None, username: str
    ) -> str:
        """Invite an LP to a machine; one enrolment per person and machine (unique index).

        Without a user it is whoever accepts the link: `give_to`.
        """
        enrolment_id = new_id()
        user_id = user_id or f"{_NOBODY}{enrolment_id}"
        await self._sql.run(
            f"""
            INSERT INTO {SCHEMA}.dca_clients
                (id, machine_id, operator_user_id, user_id, lp_ref, username, status, confirmed_minor,
                 pending_minor, paid_minor, reserved_minor, received_sats, fills, created_at, updated_at)
            VALUES (:id, :machine_id, :operator_user_id, :user_id, :lp_ref, :username, :status, 0,
                    0, 0, 0, 0, 0, :now, :now)
            """,
            id=enrolment_id,
            machine_id=machine_id,
            operator_user_id=operator_user_id,
            user_id=user_id,
            lp_ref=await self.reference(user_id),
            username=username,
            status=EnrolmentStatus.INVITED,
            now=self._now,
        )
        self._audit.record(
            "enrolment.invited",
            "enrolment",
            enrolment_id,
            operator_user_id=operator_user_id,
            after={"machine_id": machine_id, "username": username},
        )
        return enrolment_id

    async def give_to(self, enrolment: Row, user_id: str) -> None:
        """Whoever accepted the link is the LP from now on; `set_status` notes it."""
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_clients SET user_id = :user_id, lp_ref = :lp_ref
            WHERE id = :id AND user_id = :nobody
            """,
            id=enrolment["id"],
            nobody=enrolment["user_id"],
            user_id=user_id,
            lp_ref=await self.reference(user_id),
        )
        if touched != 1:
            raise StateMoved(thing="enrolment")

    async def set_status(self, enrolment: Row, after: EnrolmentStatus) -> None:
        """Move an enrolment to another status, if nobody did so meanwhile."""
        arrow = check_enrolment_arrow(EnrolmentStatus(enrolment["status"]), after)
        touched = await self._sql.run(
            f"""
            UPDATE {SCHEMA}.dca_clients
            SET status = :after, updated_at = :now, accepted_at = COALESCE(accepted_at, :accepted_at)
            WHERE id = :id AND status = :before
            """,
            id=enrolment["id"],
            before=enrolment["status"],
            after=after,
            now=self._now,
            accepted_at=self._now if after is EnrolmentStatus.ACTIVE else None,
        )
        if touched != 1:
            raise StateMoved(thing="enrolment")
        self._audit.concerned.add(enrolment["id"])
        self._audit.record(
            f"enrolment.{arrow}",
            "enrolment",
            enrolment["id"],
            operator_user_id=enrolment["operator_user_id"],
            before={"status": enrolment["status"]},
            after={"status": after},
        )

    async def rename(self, enrolment: Row, username: str) -> None:
        """Change the name that the operator knows this LP by."""
        await self._sql.run(
            f"UPDATE {SCHEMA}.dca_clients SET username = :username, updated_at = :now WHERE id = :id",
            id=enrolment["id"],
            username=username,
            now=self._now,
        )
        self._audit.record(
            "enrolment.renamed",
            "enrolment",
            enrolment["id"],
            operator_user_id=enrolment["operator_user_id"],
            before={"username": enrolment["username"]},
            after={"username": username},
        )

    async def stakes(self, machine_id: str, currency: str, day: str) -> tuple[LpStake, ...]:
        """Who takes part in a sale at this machine on the operator's day, and with how much at most."""
        found = await self._sql.all(
            f"""
            SELECT client.id, client.username, client.user_id, lp.default_dca_mode,
                   lp.fixed_mode_daily_limit, lp.fixed_mode_currency,
                   client.confirmed_minor - client.paid_minor - client.reserved_minor AS balance_minor
            FROM {SCHEMA}.dca_clients AS client JOIN {SCHEMA}.dca_lp AS lp ON lp.user_id = client.user_id
            WHERE client.machine_id = :machine_id AND client.status = 'active'
            ORDER BY client.created_at, client.id
            """,
            machine_id=machine_id,
        )
        part = [(row, rows.pace(row)) for row in found]
        part = [each for each in part if why_no_part(EnrolmentStatus.ACTIVE, each[1], currency) is None]
        limited = [str(row["user_id"]) for row, pace in part if pace.mode is DcaMode.FIXED]
        drawn = await self.drawn(limited, currency, {day}) if limited else {}
        return tuple(
            LpStake(
                enrolment_id=row["id"],
                label=row["username"],
                balance_minor=row["balance_minor"],
                cap_minor=_cap(pace, currency, drawn.get((row["user_id"], day), 0)),
                mode=pace.mode,
            )
            for row, pace in part
        )

    async def drawn(
        self, user_ids: Iterable[str], currency: str, days: Iterable[str]
    ) -> dict[tuple[str, str], int]:
        """Fiat of these LPs that was drawn on these days, at whatever operator: (LP, day) → minor units.

        What a voided leg had drawn is the LP's to give again, on that same day.
        """
        persons, person_values = in_list("user", user_ids)
        dates, date_values = in_list("day", days)
        states, state_values = in_list("state", (*RESERVING_LEG_STATES, LegState.COMPLETED))
        found = await self._sql.all(
            f"""
            SELECT client.user_id, leg.drawn_on, SUM(leg.fiat_minor) AS drawn_minor
            FROM {SCHEMA}.dca_clients AS client
            JOIN {SCHEMA}.dca_payments AS leg ON leg.client_id = client.id AND leg.drawn_on IN {dates}
            WHERE client.user_id IN {persons} AND leg.currency = :currency AND leg.state IN {states}
            GROUP BY client.user_id, leg.drawn_on
            """,
            currency=currency,
            **person_values,
            **date_values,
            **state_values,
        )
        return {(row["user_id"], row["drawn_on"]): int(row["drawn_minor"]) for row in found}

    async def payout_wallets(self, enrolment_ids: Iterable[str]) -> dict[str, str]:
        """Where each LP wants its sats now, by enrolment; read when paying, not when planning."""
        listed, values = in_list("client", enrolment_ids)
        found = await self._sql.all(
            f"""
            SELECT client.id, lp.dca_wallet_id FROM {SCHEMA}.dca_clients AS client
            JOIN {SCHEMA}.dca_lp AS lp ON lp.user_id = client.user_id WHERE client.id IN {listed}
            """,
            **values,
        )
        return {str(row["id"]): str(row["dca_wallet_id"]) for row in found}

    async def reserve(self, amounts_minor: Mapping[str, int]) -> None:
        """Hold fiat of LPs for legs that may be paid; the table's CHECK refuses more than there is."""
        await self._change_each(
            "reserved_minor = reserved_minor + {minor}",
            [(enrolment, minor, 0, 0) for enrolment, minor in amounts_minor.items()],
        )

    async def release(self, amounts_minor: Mapping[str, int]) -> None:
        """Give reserved fiat back to LPs whose legs were taken out of the books unpaid."""
        await self._change_each(
            "reserved_minor = reserved_minor - {minor}",
            [(enrolment, minor, 0, 0) for enrolment, minor in amounts_minor.items()],
        )

    async def spend(self, fills: Mapping[str, tuple[int, int, int]]) -> None:
        """Turn reserved fiat into sats received: enrolment → (fiat in minor units, sats, legs)."""
        await self._change_each(
            """
            reserved_minor = reserved_minor - {minor}, paid_minor = paid_minor + {minor},
            received_sats = received_sats + {sats}, fills = fills + {count}
            """,
            [(enrolment, *fill) for enrolment, fill in fills.items()],
        )

    async def _change_each(self, updates: str, lines: Sequence[tuple[str, int, int, int]]) -> None:
        """Change enrolments, each by its own minor units, sats and legs: on PostgreSQL in one statement."""
        if not lines:
            return
        self._audit.concerned.update(line[0] for line in lines)
        table = f"{SCHEMA}.dca_clients"
        if self._sql.is_sqlite:
            await self._sql.run_many(
                f"""
                UPDATE {table} SET {updates.format(minor=":minor", sats=":sats", count=":count")}
                WHERE id = :id
                """,
                [dict(zip(("id", "minor", "sats", "count"), line, strict=True)) for line in lines],
            )
            return
        ids, minors, sats_each, counts = (list(column) for column in zip(*lines, strict=True))
        await self._sql.run(
            f"""
            UPDATE {table} AS client SET {
                updates.format(minor="line.minor", sats="line.sats", count="line.count")
            }
            FROM unnest(CAST(:ids AS TEXT[]), CAST(:minors AS BIGINT[]), CAST(:sats AS BIGINT[]),
                CAST(:counts AS BIGINT[])) AS line (id, minor, sats, count)
            WHERE client.id = line.id
            """,
            ids=ids,
            minors=minors,
            sats=sats_each,
            counts=counts,
        )


def _cap(pace: Pace, currency: str, drawn_minor: int) -> int | None:
    """What is left of today's limit; None in flow mode."""
    limit_minor = pace.limit_in(currency)
    if pace.mode is not DcaMode.FIXED or limit_minor is None:
        return None
    return left_of_limit(limit_minor, drawn_minor)


def _consent(before: bool, after: bool) -> str | None:
    """The event of an LP who lets its sats be passed on, or no more."""
    if before == after:
        return None
    return "lp.autoforward_enabled" if after else "lp.autoforward_disabled"


def _without_address(fields: Mapping[str, object]) -> dict[str, object]:
    """What the audit trail keeps of an LP's choices: that there is an address, not which."""
    names = ("autoforward_ln_address", "autoforward_next_address")
    return {key: "set" if key in names and value is not None else value for key, value in fields.items()}
