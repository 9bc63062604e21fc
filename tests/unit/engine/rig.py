"""A machine with its people in a real store, a host in memory, and a clock to turn: no server.

rig = await Rig.open(tmp_path, cash={"ana": 100_00, "ben": 60_00})
sale = rig.sell(principal_sats=1000, commission_sats=100, fiat="200.00", rate="5")
await rig.work()
settlement = await rig.settlement_of(sale)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from satmachineadmin.core.lease import Lease
from satmachineadmin.core.model import HostPayment, SplitRule
from satmachineadmin.core.states import (
    CashEntryKind,
    EnrolmentStatus,
    PayoutPolicy,
    PayWay,
    TargetKind,
)
from satmachineadmin.engine.claims import work_claims
from satmachineadmin.engine.pay_external import work_outside
from satmachineadmin.engine.work import work_once
from satmachineadmin.store.books import Store
from tests.fakes.books import FakeClock, store_on_sqlite
from tests.fakes.host import FakeHost
from tests.fakes.seen import host_rows
from tests.judge import STATEMENTS, Snapshot

OPERATOR, PLATFORM, MACHINE_WALLET = "olga", "root", "plaza"


@dataclass
class Rig:
    """Everything that the engine works with, and what tests do to it."""

    store: Store
    host: FakeHost
    clock: FakeClock
    lease: Lease
    machine_id: str
    enrolments: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def open(
        cls,
        folder: Path,
        *,
        template: Path | None = None,
        cash: Mapping[str, int] | None = None,
        shares_ppm: tuple[int, ...] = (500_000, 300_000, 200_000),
        way: PayWay = PayWay.FAST,
        outside: tuple[str, ...] = (),
    ) -> Rig:
        """30 % platform fee, EUR, three partners, LPs with their cash in cents.

        `outside` names Lightning addresses that the first partners are paid to instead of a wallet.
        """
        clock = FakeClock()
        store = await store_on_sqlite(folder, clock, template)
        host = FakeHost(store, clock, way)
        host.add_wallet("platform", PLATFORM)
        host.add_wallet(MACHINE_WALLET, OPERATOR)
        rules = []
        for position, share in enumerate(shares_ppm):
            if position < len(outside):
                host.lightning.add_target(outside[position])
                rules.append(
                    SplitRule(
                        position=position, target=outside[position], target_kind=TargetKind.LN_ADDRESS,
                        wallet_id=None, label=outside[position], share_ppm=share,
                    )
                )  # fmt: skip
                continue
            wallet = host.add_wallet(f"partner{position}", "partner")
            rules.append(
                SplitRule(
                    position=position, target=wallet, target_kind=TargetKind.WALLET, wallet_id=wallet,
                    label=wallet, share_ppm=share,
                )
            )  # fmt: skip
        async with store.transaction("setup", actor=PLATFORM) as books:
            await books.platform.change(super_fee_pct="30", super_fee_wallet_id="platform")
            machine_id = await books.machines.add(machine_fields(MACHINE_WALLET), scan_from=books.now)
            if rules:
                await books.splits.replace(OPERATOR, None, rules, by=OPERATOR)
            lease = await books.take_lease("this process", previous_is_gone=False)
        assert lease is not None
        rig = cls(store=store, host=host, clock=clock, lease=lease, machine_id=machine_id)
        for name, minor in (cash or {}).items():
            await rig.enrol(name, minor)
        return rig

    async def enrol(self, name: str, minor: int) -> None:
        """An LP with a wallet of its name and cash that counts."""
        wallet = self.host.add_wallet(f"{name}'s wallet", name)
        async with self.store.transaction("setup", actor=name) as books:
            enrolment_id = await books.lps.enrol(
                machine_id=self.machine_id, operator_user_id=OPERATOR, user_id=name, username=name
            )
            await books.lps.choose_preferences(name, {"dca_wallet_id": wallet, "default_dca_mode": "flow"})
            row = await books.lps.enrolment(enrolment_id)
            assert row is not None
            await books.lps.set_status(row, EnrolmentStatus.ACTIVE)
            entry_id = await books.cash.add(
                {
                    "client_id": enrolment_id, "machine_id": self.machine_id, "operator_user_id": OPERATOR,
                    "kind": CashEntryKind.DEPOSIT, "amount_minor": minor, "currency": "EUR",
                    "cash_date": "2026-11-22", "notes": "", "created_by": OPERATOR,
                }
            )  # fmt: skip
            entry = await books.cash.get(entry_id)
            assert entry is not None
            await books.cash.confirm(entry, by=OPERATOR)
        self.enrolments[name] = enrolment_id

    async def choose_wallet(self, name: str, wallet_id: str) -> None:
        """An LP wants its sats elsewhere from now on."""
        async with self.store.transaction("lp", actor=name) as books:
            await books.lps.choose_preferences(name, {"dca_wallet_id": wallet_id})

    # Trading ---------------------------------------------------------------------------------

    @staticmethod
    def stamp(
        *, principal_sats: int = 1000, commission_sats: int = 100, fiat: str = "200.00", rate: str = "5"
    ) -> dict[str, object]:
        return {
            "source": "bitspire", "type": "cash_out", "principal_sats": principal_sats,
            "fee_sats": commission_sats, "exchange_rate": rate, "currency": "EUR", "fiat_amount": fiat,
        }  # fmt: skip

    def sell(self, *, status: str = "success", **stamp: Any) -> HostPayment:
        """A cash-out, paid over Lightning."""
        extra = self.stamp(**stamp)
        sats = int(str(extra["principal_sats"])) + int(str(extra["fee_sats"]))
        return self.host.receive(MACHINE_WALLET, sats, extra=extra, status=status)

    async def work(self, rounds: int = 1, *, is_start: bool = False) -> None:
        for _ in range(rounds):
            await work_once(self.store, self.host, self.lease, lambda: False, is_start=is_start)

    async def work_outside(self, most: int = 20, *, is_stopping: bool = False) -> int:
        """Everything outside that is due now, one after the other; how many steps it took."""
        for step in range(most):
            for work in (work_claims, work_outside):
                if await work(self.store, self.host, self.lease, lambda: is_stopping) is not None:
                    break
            else:
                return step
        return most

    # Looking ---------------------------------------------------------------------------------

    async def rows(self, statement: str, **values: object) -> list[dict[str, Any]]:
        async with self.store.reading() as books:
            return [dict(row) for row in await books.sql.all(statement, **values)]

    async def settlements(self) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM satmachineadmin.dca_settlements ORDER BY paid_at, id")

    async def settlement_of(self, sale: HostPayment) -> dict[str, Any]:
        found = [row for row in await self.settlements() if row["payment_hash"] == sale.payment_hash]
        assert len(found) == 1, f"{len(found)} settlements of one payment"
        return found[0]

    async def legs(self, settlement_id: str | None = None) -> list[dict[str, Any]]:
        """Legs of one settlement, or of all, in the order of their plans."""
        legs = await self.rows(
            "SELECT * FROM satmachineadmin.dca_payments ORDER BY created_at, position, attempt"
        )
        return [leg for leg in legs if settlement_id in (None, leg["settlement_id"])]

    async def worklist(self) -> list[str]:
        rows = await self.rows("SELECT kind FROM satmachineadmin.worklist WHERE closed_at IS NULL")
        return sorted(row["kind"] for row in rows)

    async def verdicts(self) -> list[str]:
        rows = await self.rows("SELECT verdict FROM satmachineadmin.seen_payments")
        return sorted(row["verdict"] for row in rows)

    async def cash_of(self, name: str) -> dict[str, int]:
        """An LP's cash in cents."""
        rows = await self.rows(
            """
            SELECT confirmed_minor, paid_minor, reserved_minor FROM satmachineadmin.dca_clients
            WHERE id = :id
            """,
            id=self.enrolments[name],
        )
        return {key.removesuffix("_minor"): value for key, value in rows[0].items()}

    async def snapshot(self) -> Snapshot:
        """Both books, for the judge."""
        parts = {
            name: await self.rows(statement)
            for name, statement in STATEMENTS.items()
            if name not in ("payments", "overdrawn")
        }
        return Snapshot(**parts, **host_rows(self.host))

    def balances(self) -> dict[str, int]:
        """Sats of every wallet that holds any."""
        held = {wallet: self.host.balance_sats(wallet) for wallet in self.host.wallets}
        return {wallet: sats for wallet, sats in held.items() if sats}


def machine_fields(wallet_id: str, **changes: object) -> dict[str, object]:
    """A machine as its operator describes it."""
    return {
        "operator_user_id": OPERATOR,
        "name": "Plaza",
        "location": "",
        "npub": None,
        "wallet_id": wallet_id,
        "currency": "EUR",
        "cash_out_fee_pct": "10",
        "cash_in_fee_pct": "0",
        "reference_rate": "5",
        "rate_tolerance_pct": "10",
        "payout_policy": PayoutPolicy.AT_ONCE,
        "payout_delay_minutes": 0,
        "dispense_report_minutes": 15,
        "fallback_commission_pct": None,
        "maintenance": False,
        "active": True,
        **changes,
    }
