"""A payment as the host keeps it; part of core.model, which see for units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class HostPayment:
    """One row of the host's payment table, on a wallet of interest."""

    wallet_id: str
    #: the row's own key; unique within the wallet
    checking_id: str
    payment_hash: str
    #: positive: the wallet received; negative: the wallet paid
    amount_msat: int
    #: what the host took on this row, never negative
    fee_msat: int
    #: `success`, `pending` or `failed`
    status: str
    memo: str
    tag: str | None
    external_id: str | None
    #: set when the row was paid with a card or bank, not over Lightning
    fiat_provider: str | None
    #: what the creator of the payment attached; a hint, never an authority
    extra: Mapping[str, object]
    created_at: datetime
    updated_at: datetime

    @property
    def is_lightning_inbound(self) -> bool:
        return self.amount_msat > 0

    @property
    def is_service_fee(self) -> bool:
        """Income of the host's service fee wallet, booked under the payment's own hash."""
        return self.checking_id.startswith("service_fee_")

    @property
    def is_lightning_outbound(self) -> bool:
        return self.amount_msat < 0
