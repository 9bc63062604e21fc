"""The proof after each sale, from LNbits' own wallet balances and nothing else.

What every wallet of the demo gained is read from LNbits and held against the settlement. If other sats moved
in the meantime, by hand or for another machine's sale, LNbits' own payment list says so, and that part is
left out; any other difference stops the demo. Balances and lists are read until nothing has moved between
them, so that no payment is in the one and not in the other.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from . import settings
from .errors import DemoStopped, SumsDoNotHold
from .seed import World
from .settings import Person
from .show import sats

MSAT = 1_000
#: How often the wallets are read until nothing moved meanwhile.
READINGS = 30


@dataclass(frozen=True, kw_only=True)
class Purse:
    """One wallet that takes part, as LNbits had it when it was read."""

    group: str
    balance_msat: int
    #: the newest payments that went through: LNbits' own id of each → (hash, msat that it moved)
    payments: dict[str, tuple[str, int]]


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

    def __init__(self, world: World) -> None:
        self._world = world
        self._host = world.operator.host
        self._before: dict[str, Purse] = {}

    async def open(self) -> None:
        """Reads all balances: what follows is compared with this."""
        self._before = await self._read()

    async def prove(self, settlement: dict[str, Any]) -> str:
        """Holds what was gained against the settlement; gives the sentence to show."""
        after = await self._read()
        gains = self._gains(after, {})
        outside_sats = self._outside_sats(settlement, after)
        problems = problems_of(settlement, gains, outside_sats)
        if problems:
            hashes = {settlement["payment_hash"], *(leg["payment_hash"] for leg in settlement["legs"])}
            by_hand = {key: self._moved_by_hand(key, purse, hashes) for key, purse in after.items()}
            gains = self._gains(after, by_hand)
            problems = problems_of(settlement, gains, outside_sats)
        if problems:
            raise SumsDoNotHold(
                f"LNbits' balances and settlement {settlement['id']} disagree:\n  " + "\n  ".join(problems)
            )
        self._before = after
        return _sentence(settlement, gains, outside_sats)

    async def _read(self) -> dict[str, Purse]:
        """Every wallet of everybody who takes part, by its id, as all of them were at one moment."""
        balances = await self._balances()
        for _ in range(READINGS):
            purses = {}
            for wallet_id, (group, key, balance_msat) in balances.items():
                payments = await self._newest(key)
                purses[wallet_id] = Purse(group=group, balance_msat=balance_msat, payments=payments)
            before, balances = balances, await self._balances()
            if balances == before:
                return purses
        raise DemoStopped("Sats move without pause, so the wallets' balances cannot be compared.")

    async def _balances(self) -> dict[str, tuple[str, str, int]]:
        """Group, invoice key and balance of each wallet: a person may have made new ones."""
        balances = {}
        for person in (settings.PLATFORM, settings.OPERATOR, *settings.LPS):
            for wallet in await self._world.sessions[person.username].get("/api/v1/wallets"):
                held = await self._get(wallet["inkey"], "/api/v1/wallet")
                group = self._group_of(person, wallet["id"])
                balances[wallet["id"]] = (group, wallet["inkey"], int(held["balance"]))
        return balances

    async def _newest(self, invoice_key: str) -> dict[str, tuple[str, int]]:
        newest = await self._get(invoice_key, "/api/v1/payments?limit=100&sortby=time&direction=desc")
        return {
            one["checking_id"]: (one["payment_hash"], int(one["amount"]) - abs(int(one["fee"])))
            for one in newest
            if one["status"] == "success"
        }

    def _group_of(self, person: Person, wallet_id: str) -> str:
        if wallet_id == self._world.machine["wallet_id"]:
            return "machine"
        return {"platform": "platform", "operator": "operator", "LP": "lps"}[person.role]

    async def _get(self, invoice_key: str, path: str) -> Any:
        return await self._host.call("GET", path, headers={"X-Api-Key": invoice_key})

    def _gains(self, after: dict[str, Purse], by_hand: dict[str, int]) -> Gains:
        sums = {"platform": 0, "operator": 0, "lps": 0, "machine": 0}
        for wallet_id, purse in after.items():
            # a wallet that was not there before is a new one, and was empty
            before = self._before[wallet_id].balance_msat if wallet_id in self._before else 0
            sums[purse.group] += purse.balance_msat - before - by_hand.get(wallet_id, 0)
        return Gains(**sums)

    @staticmethod
    def _outside_sats(settlement: dict[str, Any], purses: Collection[str]) -> int:
        """What the operator has sent to wallets of people who are not part of the demo."""
        return sum(
            leg["sats"]
            for leg in settlement["legs"]
            if leg["leg_type"] == "operator_split"
            and leg["state"] == "completed"
            and leg["destination_wallet_id"] not in purses
        )

    def _moved_by_hand(self, wallet_id: str, purse: Purse, hashes: Collection[str | None]) -> int:
        """What LNbits lists in this wallet since the last reading beside the settlement's own, in msat."""
        known = self._before[wallet_id].payments if wallet_id in self._before else {}
        return sum(
            moved
            for checking_id, (payment_hash, moved) in purse.payments.items()
            if checking_id not in known and payment_hash not in hashes
        )


def instant(text: str) -> datetime:
    """An ISO 8601 time, in UTC unless it says otherwise; Python 3.10 does not read the Z."""
    when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return when if when.tzinfo is not None else when.replace(tzinfo=timezone.utc)


def _sum(legs: list[dict[str, Any]], leg_type: str, state: str = "completed") -> int:
    return sum(leg["sats"] for leg in legs if leg["leg_type"] == leg_type and leg["state"] == state)


def problems_of(settlement: dict[str, Any], gains: Gains, outside_sats: int = 0) -> list[str]:
    """Every sum that does not hold, as a sentence; empty when all is well.

    `outside_sats` went to partners whose wallets cannot be read here.
    """
    legs = settlement["legs"]
    paid = sum(leg["sats"] for leg in legs if leg["state"] == "completed")
    retained = settlement["retained_sats"]
    wire, commission = settlement["wire_sats"], settlement["commission_sats"]
    fees_left = _sum(legs, "super_fee", "skipped") + _sum(legs, "operator_split", "skipped")
    expected = [
        ("platform gained", gains.platform, _sum(legs, "super_fee") * MSAT),
        ("partners gained", gains.operator, (_sum(legs, "operator_split") - outside_sats) * MSAT),
        ("LPs gained", gains.lps, _sum(legs, "dca") * MSAT),
        ("machine kept", gains.machine, retained * MSAT),
        ("all wallets together gained", gains.total, (wire - outside_sats) * MSAT),
        (
            "platform + operator + fees left",
            gains.platform + gains.operator,
            (commission - fees_left - outside_sats) * MSAT,
        ),
        ("legs + retained", (paid + retained) * MSAT, wire * MSAT),
        ("principal + commission", (settlement["principal_sats"] + commission) * MSAT, wire * MSAT),
    ]
    return [
        f"{what}: {found} msat, expected {wanted} msat" for what, found, wanted in expected if found != wanted
    ]


def _sentence(settlement: dict[str, Any], gains: Gains, outside_sats: int) -> str:
    def shown(msat: int) -> str:
        return sats(msat // MSAT)

    elsewhere = f" + partners elsewhere {sats(outside_sats)}" if outside_sats else ""
    return (
        f"✓ by LNbits' balances: platform {shown(gains.platform)} + operator {shown(gains.operator)}"
        f"{elsewhere} = commission {sats(settlement['commission_sats'])};"
        f" with LPs {shown(gains.lps)} + retained {shown(gains.machine)}"
        f" = wire {sats(settlement['wire_sats'])}"
    )
