"""What the host says of wallets and of itself at the moment of paying."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WalletFacts:
    """What the host says of a wallet at the moment of paying."""

    id: str
    user_id: str
    deleted: bool
    #: a shared mirror: its money lives in another wallet
    is_shared: bool
    #: None where nobody needs it; summing it costs a walk over the wallet's history
    balance_msat: int | None = None


@dataclass(frozen=True, kw_only=True)
class HostLimits:
    """The host's settings that bear on paying; amounts in sats, None or 0 means no limit, except that
    the host lets nothing through where `max_outgoing_sats` or `max_incoming_sats` is 0."""

    only_incoming: bool = False
    max_outgoing_sats: int | None = None
    max_incoming_sats: int | None = None
    max_wallet_balance_sats: int | None = None
    #: negative forbids paying at all
    daily_max_withdraw_sats: int | None = None
    seconds_between_payments: int | None = None
    service_fee_wallet_id: str | None = None
    #: percent as exact decimal text, such as "0.5"
    service_fee_percent: str = "0"
    service_fee_max_sats: int = 0
    service_fee_on_internal: bool = False
    #: what the host keeps free for the network's fee: at least so much, or this percent of the amount
    reserve_fee_min_msat: int = 0
    reserve_fee_percent: str = "0"
