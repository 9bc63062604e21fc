"""The right to pay: held by one process at a time (DESIGN §7)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to pay. `epoch` grows with each new holder, so an old holder knows that it is one."""

    holder: str
    epoch: int


class LeaseLost(Exception):
    """Another process holds the right to pay now; this one stops and stands by."""
