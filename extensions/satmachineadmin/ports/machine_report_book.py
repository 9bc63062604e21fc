"""What the engine reads of machines by hearing from them, or by not hearing; store/machine_reports.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class MachineReportBook(Protocol):
    async def silent(self, since: int) -> Sequence[Mapping[str, Any]]: ...
    async def calmed(self, quiet_seconds: int) -> list[tuple[str, str]]: ...


class PairingBook(Protocol):
    async def forget_events(self) -> None: ...
