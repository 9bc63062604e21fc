"""A scripted customer: pays from a wallet of its own, takes its time, or walks away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .client import HostRefused, HostUnreachable, LnbitsClient, Sleep
from .machine import Sale


class Behaviour(str, Enum):
    PAYS = "pays"
    WALKS_AWAY = "walks_away"


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Someone in front of the machine. `wallet` holds the admin key of the customer's own wallet."""

    wallet: LnbitsClient
    behaviour: Behaviour = Behaviour.PAYS
    #: time to get the phone out
    hesitation_seconds: float = 0.0
    #: told why the wallet did not pay; the machine never learns that, it only waits
    complain: Callable[[str], None] = print
    sleep: Sleep = asyncio.sleep

    async def meet(self, sale: Sale) -> None:
        """Sees the invoice on the machine's screen and acts."""
        await self.sleep(self.hesitation_seconds)
        if self.behaviour is Behaviour.WALKS_AWAY or sale.bolt11 is None:
            return
        try:
            await self.wallet.pay(sale.bolt11)
        except (HostRefused, HostUnreachable) as error:
            self.complain(f"the customer's wallet did not pay: {error}")
