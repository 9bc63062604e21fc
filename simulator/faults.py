"""Things that go wrong on demand, so that what must hold all the same can be seen to hold.

A switch says what happens from now on; `lose_answers` and `drop_requests` count down by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import httpx


class Dispenser(str, Enum):
    """What the dispenser does with the next payout."""

    COMPLETE = "complete"
    #: some notes come out, then it stops
    PARTIAL = "partial"
    #: it jams before the first note
    FAILED = "failed"


@dataclass(kw_only=True)
class Faults:
    """The switches of one machine. All off is a machine as it should be."""

    #: the next payout; the switch goes back to COMPLETE by itself
    dispenser: Dispenser = Dispenser.COMPLETE
    #: nothing gets through, either way
    network_down: bool = False
    #: every post is sent a second time, signed anew
    duplicates: bool = False
    #: so many requests never arrive
    drop_requests: int = 0
    #: so many requests arrive, and their answers do not
    lose_answers: int = 0

    def next_dispenser(self) -> Dispenser:
        """What the dispenser does now; used up by asking."""
        now, self.dispenser = self.dispenser, Dispenser.COMPLETE
        return now

    def before_sending(self) -> None:
        """Raises httpx.ConnectError if the request does not arrive."""
        if self.network_down:
            raise httpx.ConnectError("the network is down")
        if self.drop_requests > 0:
            self.drop_requests -= 1
            raise httpx.ConnectError("the request was lost")

    def after_answer(self) -> None:
        """Raises httpx.ReadError if the answer does not arrive; the server has done what was asked."""
        if self.network_down:
            raise httpx.ReadError("the network went down")
        if self.lose_answers > 0:
            self.lose_answers -= 1
            raise httpx.ReadError("the answer was lost")
