"""The proof after each sale, from LNbits' own wallet balances and nothing else.

What every wallet of the demo gained is read from LNbits and held against the settlement. If somebody moved
sats by hand in the meantime, LNbits' own payment list says so, and that part is left out; any other
difference stops the demo.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from . import settings
from .errors import SumsDoNotHold
from .host import Host
from .seed import World
from .settings import Person
from .show import sats

MSAT = 1_000


@dataclass(frozen=True, kw_only=True)
class Purse:
    """One wallet that takes part, and the key that reads it."""

    group: str
    name: str
    invoice_key: str


@dataclass(frozen=True, kw_only=True)
class Gains:
    """What each group of wallets gained between two readings, in millisatoshi."""

    platform: int
    operator: int
    lps: int
    machine: int

    @property
    def total(self) -> int:
        return self.platform + self.operator + self.lps + self.machine


class Books:
    """Reads the balances before and after each sale."""

    def __init__(self, host: Host, world: World) -> None:
        self._host = host
        self._purses = _purses(world)
        self._before: dict[str, int] = {}
        self._read_at = datetime.now(timezone.utc)

    async def open(self) -> None:
        """Reads all balances: what follows is compared with this."""
        self._read_at = datetime.now(timezone.utc)
        self._before = await self._read()

    async def prove(self, settlement: dict[str, Any]) -> str:
        """Holds what was gained against the settlement; gives the sentence to show."""
        started = datetime.now(timezone.utc)
        hashes = {settlement["payment_hash"], *(leg["payment_hash"] for leg in settlement["legs"])}
        after = await self._read()
        gains = self._gains(after, {})
        problems = problems_of(settlement, gains)
        if problems:
            others = {p.name: await self._moved_by_hand(p, hashes) for p in self._purses}
            gains = self._gains(after, others)
            problems = problems_of(settlement, gains)
        if problems:
            raise SumsDoNotHold(
                f"LNbits' balances and settlement {settlement['id']} disagree:\n  " + "\n  ".join(problems)
            )
        self._before, self._read_at = after, started
        return _sentence(settlement, gains)

    async def _read(self) -> dict[str, int]:
        return {
            purse.name: int((await self._get(purse, "/api/v1/wallet"))["balance"]) for purse in self._purses
        }

    async def _get(self, purse: Purse, path: str) -> Any:
        return await self._host.call("GET", path, headers={"X-Api-Key": purse.invoice_key})

    def _gains(self, after: dict[str, int], others: dict[str, int]) -> Gains:
        sums = {"platform": 0, "operator": 0, "lps": 0, "machine": 0}
        for purse in self._purses:
            name = purse.name
            sums[purse.group] += after[name] - self._before[name] - others.get(name, 0)
        return Gains(**sums)

    async def _moved_by_hand(self, purse: Purse, hashes: Collection[str | None]) -> int:
        """What LNbits lists in this wallet since the last reading beside the settlement's own, in msat."""
        newest = await self._get(purse, "/api/v1/payments?limit=100&sortby=time&direction=desc")
        return sum(
            int(payment["amount"]) - abs(int(payment["fee"]))
            for payment in newest
            if payment["status"] == "success"
            and payment["payment_hash"] not in hashes
            and instant(payment["updated_at"]) >= self._read_at
        )


def instant(text: str) -> datetime:
    """An ISO 8601 time, in UTC unless it says otherwise; Python 3.10 does not read the Z."""
    when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return when if when.tzinfo is not None else when.replace(tzinfo=timezone.utc)


def _purses(world: World) -> list[Purse]:
    def purse(group: str, person: Person, name: str) -> Purse:
        return Purse(group=group, name=name, invoice_key=world.wallet(person, name)["inkey"])

    operator = settings.OPERATOR
    return [
        purse("platform", settings.PLATFORM, settings.PLATFORM.wallets[0]),
        *(purse("operator", operator, name) for name, _, _ in settings.SPLITS),
        *(purse("lps", lp, lp.wallets[0]) for lp in settings.LPS),
        purse("machine", operator, settings.MACHINE),
    ]


def _sum(legs: list[dict[str, Any]], leg_type: str, state: str = "completed") -> int:
    return sum(leg["sats"] for leg in legs if leg["leg_type"] == leg_type and leg["state"] == state)


def problems_of(settlement: dict[str, Any], gains: Gains) -> list[str]:
    """Every sum that does not hold, as a sentence; empty when all is well."""
    legs = settlement["legs"]
    paid = sum(leg["sats"] for leg in legs if leg["state"] == "completed")
    retained = settlement["retained_sats"]
    wire, commission = settlement["wire_sats"], settlement["commission_sats"]
    fees_left = _sum(legs, "super_fee", "skipped") + _sum(legs, "operator_split", "skipped")
    expected = [
        ("platform gained", gains.platform, _sum(legs, "super_fee") * MSAT),
        ("partners gained", gains.operator, _sum(legs, "operator_split") * MSAT),
        ("LPs gained", gains.lps, _sum(legs, "dca") * MSAT),
        ("machine kept", gains.machine, retained * MSAT),
        ("all wallets together gained", gains.total, wire * MSAT),
        ("platform + operator + fees left", gains.platform + gains.operator, (commission - fees_left) * MSAT),
        ("legs + retained", (paid + retained) * MSAT, wire * MSAT),
        ("principal + commission", (settlement["principal_sats"] + commission) * MSAT, wire * MSAT),
    ]
    return [
        f"{what}: {found} msat, expected {wanted} msat" for what, found, wanted in expected if found != wanted
    ]


def _sentence(settlement: dict[str, Any], gains: Gains) -> str:
    def shown(msat: int) -> str:
        return sats(msat // MSAT)

    return (
        f"✓ by LNbits' balances: platform {shown(gains.platform)} + operator {shown(gains.operator)}"
        f" = commission {sats(settlement['commission_sats'])};"
        f" with LPs {shown(gains.lps)} + retained {shown(gains.machine)}"
        f" = wire {sats(settlement['wire_sats'])}"
    )
