"""The values that the engine passes around: frozen, keyword-only, every amount an integer.

Units: `*_sats` satoshi, `*_msat` millisatoshi (1 sat = 1000 msat), `*_minor` the minor unit of a
currency (cents of EUR, whole yen of JPY), `*_ppm` parts per million (3 % = 30 000 ppm). Times are
aware UTC datetimes. An exchange rate is the exact decimal text of *sats per one unit of fiat*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .payment import HostPayment as HostPayment
from .states import (
    EXTERNAL_TARGETS,
    LEGS_BESIDE_SETTLEMENT,
    DcaMode,
    FeeBasis,
    LegState,
    LegType,
    Origin,
    PayoutPolicy,
    SettlementState,
    SkipReason,
    TargetKind,
    TxType,
)
from .stems import LegHolder as LegHolder
from .stems import Stem as Stem


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A bitSpire machine as the engine sees it."""

    id: str
    operator_user_id: str
    name: str
    #: lower-case hex of the machine's Nostr key; None while it is not paired
    npub: str | None
    wallet_id: str
    currency: str
    cash_out_fee_ppm: int
    cash_in_fee_ppm: int
    #: the rate that the operator entered for a machine without sales; decimal text or None
    reference_rate: str | None
    #: how far an implied rate may lie from the median before the sale is held
    rate_tolerance_ppm: int
    payout_policy: PayoutPolicy
    payout_delay_minutes: int
    #: how long the machine has to report what it dispensed before a person is asked
    dispense_report_minutes: int
    #: commission assumed for payments without a stamp; None when not opted in
    fallback_commission_ppm: int | None
    maintenance: bool
    active: bool
    #: why nothing is paid for it until a person has looked; None while payouts go on
    payouts_paused_reason: str | None = None
    #: it has made its key itself and signs what it asks
    is_paired: bool = False
    #: paired, and an invoice that was made without its signature is believed all the same
    takes_unsigned: bool = False

    @property
    def tag(self) -> str:
        """The tag of every payment that the engine makes for this machine."""
        return f"satmachine:{self.npub or self.id}"


@dataclass(frozen=True, kw_only=True)
class PlatformFee:
    """The platform's fee as it stood when a settlement landed."""

    ppm: int
    basis: FeeBasis
    #: grows with every change of the platform configuration
    version: int


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What a machine wrote into `Payment.extra`, read and checked field by field."""

    tx_type: TxType
    principal_sats: int
    commission_sats: int
    #: None when the machine gave no rate
    exchange_rate: str | None
    #: None when the machine gave no fiat amount
    fiat_minor: int | None
    currency: str
    txid: str | None
    machine_npub: str | None
    nostr_sender_pubkey: str | None
    nostr_event_id: str | None
    #: JSON text of what was dispensed, as received, or None
    bills: str | None
    cassettes: str | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts of one sale, as they land: written once, never changed by a later payment row."""

    tx_type: TxType
    wire_sats: int
    principal_sats: int
    commission_sats: int
    platform_fee_sats: int
    operator_fee_sats: int
    #: what the host kept of the incoming payment (phoenixd and others do)
    host_fee_msat: int
    #: what the host's fee took from the operator's commission, and then from the principal
    host_fee_from_commission_sats: int
    host_fee_from_principal_sats: int
    fiat_minor: int | None
    currency: str
    exchange_rate: str | None
    #: `reported commission − commission that the machine is configured for`; None when unknown
    commission_difference_sats: int | None
    stamp: Stamp
    origin: Origin = Origin.STAMP


@dataclass(frozen=True, kw_only=True)
class Landing:
    """What became of one payment on a machine's wallet."""

    state: SettlementState
    #: why it is held or rejected: a RejectReason or HoldReason of core.landing, else None
    reason: str | None
    #: None only when rejected without usable facts
    facts: Facts | None
    #: how long after the sale a held one is looked at again; None where only a person ends it
    hold_minutes: int | None = None
    #: landed while the machine was in maintenance: no sale until a person says so
    is_test: bool = False


@dataclass(frozen=True, kw_only=True)
class Landed:
    """The figures that a sale landed with, kept where a partial dispense has changed them since."""

    principal_sats: int
    commission_sats: int
    platform_fee_sats: int
    fiat_minor: int | None


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """One sale in the books."""

    id: str
    machine_id: str
    operator_user_id: str
    wallet_id: str
    payment_hash: str
    state: SettlementState
    reason: str | None
    tx_type: TxType | None
    wire_sats: int
    principal_sats: int
    commission_sats: int
    platform_fee_sats: int
    operator_fee_sats: int
    host_fee_msat: int
    host_fee_from_commission_sats: int
    host_fee_from_principal_sats: int
    fiat_minor: int | None
    currency: str
    exchange_rate: str | None
    plan_version: int
    is_test: bool
    paid_at: datetime
    landed_at: datetime
    #: how often it was stopped by failed legs since a person last did something about it
    tries: int = 0
    #: why nothing of it is paid at present: a stable code; None where nothing holds it up
    waits_code: str | None = None
    landed: Landed | None = None


@dataclass(frozen=True, kw_only=True)
class SplitRule:
    """One line of a commission split: who gets which share of the operator's commission."""

    position: int
    target: str
    target_kind: TargetKind
    #: the wallet of this LNbits that the target stands for; None for external targets
    wallet_id: str | None
    label: str
    share_ppm: int


@dataclass(frozen=True, kw_only=True)
class SplitSet:
    """A version of a commission split, in force for an operator or for one machine."""

    id: str
    version: int
    #: None: the operator's default; else the machine that it overrides the default for
    machine_id: str | None
    rules: tuple[SplitRule, ...]


@dataclass(frozen=True, kw_only=True)
class Due:
    """A settlement that wants to be planned, paid or tried again, as it was when it was looked for."""

    settlement_id: str
    #: the machine's wallet that the sale came in by: its legs are paid from there
    wallet_id: str
    state: SettlementState = SettlementState.PENDING
    #: which process works on it
    claim: str | None = None


@dataclass(frozen=True, kw_only=True)
class LpStake:
    """An LP who takes part in a sale: how much fiat it may give at most."""

    enrolment_id: str
    #: the name that the operator knows the LP by
    label: str
    #: what is left of its cash: confirmed entries − paid − reserved
    balance_minor: int
    #: what is left of its daily limit in fixed mode; None in flow mode
    cap_minor: int | None = None
    mode: DcaMode = DcaMode.FLOW


@dataclass(frozen=True, kw_only=True)
class PlanInput:
    """Everything that a plan depends on, loaded before anything is decided."""

    settlement: Settlement
    #: None while the platform has no wallet
    platform_wallet_id: str | None
    #: None while neither the machine nor its operator has rules
    split_set: SplitSet | None
    #: active enrolments whose LP has preferences, the earliest first; also those without cash
    stakes: tuple[LpStake, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlannedLeg:
    """One movement of a settlement, or its absence, before it is stored."""

    leg_type: LegType
    #: unique within a plan version: `super_fee`, `split:0`, `dca:<enrolment>`, `dca:uncovered` …
    key: str
    state: LegState
    sats: int
    reason: SkipReason | None = None
    fiat_minor: int | None = None
    enrolment_id: str | None = None
    target: str | None = None
    target_kind: TargetKind | None = None
    #: None for an LP's leg: its wallet is read when it is paid
    destination_wallet_id: str | None = None
    label: str = ""
    #: the rule's share, for the reader; None where no rule stands behind the leg
    share_ppm: int | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The decision who gets what of one settlement: pure, exact, stored before anything is paid."""

    settlement_id: str
    version: int
    split_set_id: str | None
    legs: tuple[PlannedLeg, ...]


@dataclass(frozen=True, kw_only=True)
class Minted:
    """An invoice of our own for an internal leg: made when planned, outside all locks."""

    payment_hash: str
    preimage: str
    bolt11: str


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A leg in the books."""

    id: str
    settlement_id: str
    machine_id: str
    leg_type: LegType
    key: str
    attempt: int
    state: LegState
    reason: SkipReason | None
    sats: int
    fiat_minor: int | None
    enrolment_id: str | None
    target: str | None
    target_kind: TargetKind | None
    destination_wallet_id: str | None
    label: str
    external_id: str
    minted: Minted | None
    #: whose wallet pays it: the machine's, an LP's (autoforward), an operator's (settlement)
    payer_wallet_id: str
    #: taken off an external leg for the network's fee before the invoice was asked for
    reserve_msat: int | None = None
    #: how often it has failed since a person last did something about it
    tries: int = 0
    #: the leg whose payment carries this one as well
    carrier_id: str | None = None
    #: why it failed, or waits: a stable code and a sentence
    error_code: str | None = None
    error_message: str | None = None
    #: owed to a customer, and the operator decided to keep it
    is_kept: bool = False

    @property
    def is_external(self) -> bool:
        """Whether it leaves this LNbits, or may: its target is an address, not a wallet."""
        return self.target_kind in EXTERNAL_TARGETS

    @property
    def may_leave(self) -> bool:
        """Whether its payment may leave this LNbits; an LP's own address is not on the leg."""
        return self.is_external or self.leg_type is LegType.AUTOFORWARD

    @property
    def passes_on(self) -> str:
        """The external id of the leg whose sats it passes on; empty for one that passes nothing on."""
        return self.key.partition("forward:")[2]

    @property
    def is_paid_at_once(self) -> bool:
        """Whether it is paid with its settlement: to a wallet here, from the machine's wallet."""
        return not self.is_external and self.leg_type not in LEGS_BESIDE_SETTLEMENT


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A leg's outcome in money: `leg = sent + fee + unused`, in millisatoshi."""

    leg_id: str
    destination_wallet_id: str
    sent_msat: int
    fee_msat: int
    fee_unused_msat: int


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A leg that cannot be paid now, with a stable code and a sentence for a person."""

    leg_id: str
    code: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Payout:
    """The decision of one pay transaction: either everything waits, or each leg is sent or refused."""

    sent: tuple[Sent, ...] = ()
    refused: tuple[Refused, ...] = ()
    #: set when nothing is paid now: the settlement goes on by itself later
    waits: Refused | None = None
    #: the host's service fee wallet's income of this payout, by leg id, in msat
    service_fees_msat: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A leg that an LP received and wants passed on."""

    leg: Leg
    #: whole sats of what really arrived
    sats: int
    lp_user_id: str
    #: the LP's own least amount
    min_sats: int
