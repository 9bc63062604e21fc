"""A sale whose commission goes partly to a target outside, and what tests ask about it."""

from __future__ import annotations

from typing import Any

from satmachineadmin.core.host_facts import HostLimits

from .conftest import MakeRig
from .rig import MACHINE_WALLET, Rig

ELLA = "ella@example.com"
#: LNbits' own: at least 2 sats, or 1 %
RESERVE = HostLimits(reserve_fee_min_msat=2000, reserve_fee_percent="1.0")


async def sold(make_rig: MakeRig, *, outside: tuple[str, ...] = (ELLA,), **stamp: Any) -> Rig:
    """A sale with 10 000 sats of commission: 7000 for the operator, half of it to Ella's address."""
    rig = await make_rig(outside=outside)
    rig.host.limits = RESERVE
    rig.sell(**{"principal_sats": 1000, "commission_sats": 10_000, **stamp})
    await rig.work()
    return rig


async def ella_leg(rig: Rig) -> dict[str, Any]:
    """The newest attempt of the leg for Ella."""
    return [leg for leg in await rig.legs() if leg["target"] == ELLA][-1]


async def state(rig: Rig) -> str:
    return str((await rig.settlements())[0]["state"])


def sent_msat(rig: Rig) -> int:
    """What has left the machine's wallet for good, fees included, beside internal payments."""
    return sum(
        row.fee_msat - row.amount_msat
        for row in rig.host.rows
        if row.wallet_id == MACHINE_WALLET
        and row.is_lightning_outbound
        and row.status == "success"
        and not row.checking_id.startswith("internal_")
    )
