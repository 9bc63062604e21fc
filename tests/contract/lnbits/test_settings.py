"""LNbits' settings and wallet states that break a naive payout, switched on one by one (LNBITS.md §14).

Each gives its reason as a sentence to the operator, moves nothing that it forbids, loses nothing, and the
sale goes on by itself once it is lifted, however late: both ways of paying.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from lnbits.core.crud import delete_wallet
from lnbits.core.crud.extensions import update_user_extension
from lnbits.core.db import db
from lnbits.core.models.extensions import UserExtension
from lnbits.core.services import create_invoice, pay_invoice
from lnbits.settings import settings

from satmachineadmin.core.retries import MOST_TRIES
from satmachineadmin.core.states import PayWay
from satmachineadmin.usecases.machines import AT_FIRST

from .engine import Engine
from .plaza import FIAT_MINOR, PAID_OUT, WIRE_SATS, Plaza, machine_fields

pytestmark = pytest.mark.anyio

Change = Callable[[Plaza], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class State:
    """Something in LNbits that keeps a sale from being paid out."""

    #: a pattern for the whole sentence that the operator reads
    sentence: str
    begin: Change
    lift: Change
    #: what is paid meanwhile
    paid: dict[str, int] = field(default_factory=dict)
    #: what the machine's wallet holds meanwhile, where that is not just the rest
    held_meanwhile: int | None = None
    #: whether legs fail, and not the whole sale waits
    fails_legs: bool = False
    #: whether a person is asked at once, and not only after some looks
    asks_at_once: bool = False
    #: whether LNbits keeps the operator from our pages meanwhile
    is_closed_to_operator: bool = False


def settings_of(**values: object) -> tuple[Change, Change]:
    """Some of LNbits' settings: how they are switched on, and how they are lifted."""
    usual = {name: getattr(settings, name) for name in values}

    async def begin(_plaza: Plaza) -> None:
        for name, value in values.items():
            setattr(settings, name, value)

    async def lift(_plaza: Plaza) -> None:
        for name, value in usual.items():
            setattr(settings, name, value)

    return begin, lift


def deleted(wallet: str) -> tuple[Change, Change]:
    """Somebody deletes a wallet; LNbits' admin brings it back."""

    def deleting(is_deleted: bool) -> Change:
        async def apply(plaza: Plaza) -> None:
            one = plaza.wallets[wallet]
            await delete_wallet(user_id=one.user_id, wallet_id=one.id, deleted=is_deleted)

        return apply

    return deleting(True), deleting(False)


def shared(wallet: str) -> tuple[Change, Change]:
    """A wallet becomes a mirror of somebody else's: its money would live there."""

    async def begin(plaza: Plaza) -> None:
        await _change_wallet(
            plaza.wallets[wallet].id,
            "wallet_type = 'lightning-shared', shared_wallet_id = :value",
            plaza.people.partner.wallet.id,
        )

    async def lift(plaza: Plaza) -> None:
        await _change_wallet(
            plaza.wallets[wallet].id, "wallet_type = :value, shared_wallet_id = NULL", "lightning"
        )

    return begin, lift


async def _change_wallet(wallet_id: str, change: str, value: str) -> None:
    await db.execute(f"UPDATE wallets SET {change} WHERE id = :id", {"id": wallet_id, "value": value})


def machine_of(person: str) -> Change:
    """The machine's wallet comes to belong to somebody."""

    async def apply(plaza: Plaza) -> None:
        user = plaza.people.operator if person == "operator" else plaza.people.partner
        await _change_wallet(plaza.machine.id, '"user" = :value', user.id)

    return apply


def extension(*, is_on: bool) -> Change:
    """The operator switches our extension on or off for itself."""

    async def apply(plaza: Plaza) -> None:
        await update_user_extension(
            UserExtension(user=plaza.people.operator.id, extension="satmachineadmin", active=is_on)
        )

    return apply


async def spend_from_the_machine(plaza: Plaza) -> None:
    """The operator takes 300 sats out of the machine's wallet before the sale is paid out."""
    invoice = await create_invoice(
        wallet_id=plaza.people.operator.wallet.id, amount=300, memo="own", internal=True
    )
    await pay_invoice(wallet_id=plaza.machine.id, payment_request=invoice.bolt11)


async def top_up_the_machine(plaza: Plaza) -> None:
    await plaza.lnbits.top_up(plaza.machine, 300)


def waits(sentence: str, changes: tuple[Change, Change], **more: Any) -> State:
    """What concerns the machine's wallet: nothing of the sale is paid meanwhile."""
    return State(sentence=sentence, begin=changes[0], lift=changes[1], **more)


def refuses(sentence: str, changes: tuple[Change, Change], **more: Any) -> State:
    """What concerns a receiver: its legs fail, and the others are paid."""
    more.setdefault("paid", {"partner": 70, "platform": 30})
    return State(sentence=sentence, begin=changes[0], lift=changes[1], fails_legs=True, **more)


def all_but(*names: str) -> dict[str, int]:
    return {name: sats for name, sats in PAID_OUT.items() if name not in names}


async def ana_makes_her_wallet_a_machines(plaza: Plaza) -> None:
    """Which is refused by now: books of before that may have it."""
    ana = plaza.people.lps["ana"]
    fields = {**AT_FIRST, **machine_fields(plaza.wallets["ana"]), "operator_user_id": ana.id}
    async with plaza.engine.store.transaction("setup", actor=ana.id) as books:
        await books.machines.add(fields, scan_from=books.now)


async def ana_chooses_another_wallet(plaza: Plaza) -> None:
    """What was a machine's wallet never gets a payout again."""
    plaza.wallets["ana"] = await plaza.lnbits.create_wallet(plaza.people.lps["ana"], "another")
    await plaza.choose_wallet("ana", plaza.wallets["ana"].id)


MIRROR = r"The receiving wallet is a shared mirror\. Choose an ordinary wallet, then retry\."
STATES: dict[str, State] = {
    "incoming payments only": waits(
        r"This LNbits accepts incoming payments only\. Ask its admin to allow outgoing ones\.",
        settings_of(lnbits_only_allow_incoming_payments=True),
    ),
    "seconds between payments": waits(
        r"This LNbits wants 600 seconds between payments: \d+ more to go\.",
        settings_of(lnbits_wallet_limit_secs_between_trans=600),
    ),
    "a daily maximum": waits(
        r"This LNbits lets a wallet send 500 sats a day; 0 are sent and this settlement needs 1100 more\.",
        settings_of(lnbits_wallet_limit_daily_max_withdraw=500),
    ),
    "no spending at all": waits(
        r"This LNbits lets nobody spend\. Ask its admin to allow it\.",
        settings_of(lnbits_wallet_limit_daily_max_withdraw=-1),
    ),
    "the operator switched the extension off": waits(
        r"The operator cannot use the extension: Extension 'satmachineadmin' not enabled\. "
        r"Enable it to go on\.",
        (extension(is_on=False), extension(is_on=True)),
        is_closed_to_operator=True,
    ),
    "the extension is for admins only": waits(
        r"The operator cannot use the extension: User not authorized for extension 'satmachineadmin'\. "
        r"Enable it to go on\.",
        settings_of(lnbits_admin_extensions=["satmachineadmin"]),
        is_closed_to_operator=True,
    ),
    "the machine's wallet is deleted": waits(
        r"The machine's wallet does not exist any more\. Ask the admin to restore it\.", deleted("machine")
    ),
    "the machine's wallet is a mirror": waits(
        r"The machine's wallet is a shared mirror and pays nothing\.", shared("machine")
    ),
    "the machine's wallet is somebody else's": waits(
        r"The machine's wallet belongs to another user now\.", (machine_of("partner"), machine_of("operator"))
    ),
    "the machine's wallet is short": waits(
        r"The machine's wallet is short by 300 sats\. Top it up to go on\.",
        (spend_from_the_machine, top_up_the_machine),
        held_meanwhile=WIRE_SATS - 300,
    ),
    "a maximum of what is sent": refuses(
        r"500 sats are more than the 100 that this LNbits lets anybody send at once\. "
        r"Ask its admin to raise the limit, then retry\.",
        settings_of(lnbits_max_outgoing_payment_amount_sats=100),
    ),
    "a maximum of what is received": refuses(
        r"500 sats are more than the 100 that this LNbits lets anybody receive at once\. "
        r"Ask its admin to raise the limit, then retry\.",
        settings_of(lnbits_max_incoming_payment_amount_sats=100),
    ),
    "a maximum of what a wallet holds": refuses(
        r"The receiving wallet would hold more than the 100 sats that this LNbits allows\. "
        r"Retry when there is room in it\.",
        settings_of(lnbits_wallet_limit_max_balance=100),
    ),
    "an LP's wallet is deleted": refuses(
        r"The receiving wallet does not exist any more\. Choose another one, then retry\.",
        deleted("ana"),
        paid=all_but("ana"),
        asks_at_once=True,
    ),
    "an LP's wallet is a mirror": refuses(MIRROR, shared("ana"), paid=all_but("ana"), asks_at_once=True),
    "the partner's wallet is a mirror": refuses(
        MIRROR, shared("partner"), paid=all_but("partner"), asks_at_once=True
    ),
    "the platform's wallet is a mirror": refuses(
        MIRROR, shared("platform"), paid=all_but("platform"), asks_at_once=True
    ),
    "an LP's wallet is a machine's": refuses(
        r"The receiving wallet is a machine's wallet\. Choose another one, then retry\.",
        (ana_makes_her_wallet_a_machines, ana_chooses_another_wallet),
        paid=all_but("ana"),
        asks_at_once=True,
    ),
    "a service fee that leaves nothing of a leg": refuses(
        r"The host's service fee leaves nothing of (30|70|500) sats\.",
        settings_of(
            lnbits_service_fee_wallet="fees",
            lnbits_service_fee=100_000.0,
            lnbits_service_fee_ignore_internal=False,
        ),
        paid={},
    ),
}


def sentences(shown: dict[str, Any]) -> list[str]:
    """What the operator reads: of a sale that waits, or of the legs that failed."""
    if shown["state"] == "processing":
        return [shown["error_message"]]
    assert shown["state"] == "errored", shown["state"]
    return [leg["error_message"] for leg in shown["legs"] if leg["state"] == "failed"]


@pytest.fixture
async def lifted(plaza: Plaza) -> AsyncIterator[list[Change]]:
    """What has to be lifted again, also where a test ends early."""
    to_lift: list[Change] = []
    yield to_lift
    for lift in to_lift:
        await lift(plaza)


@pytest.mark.parametrize("name", STATES)
async def test_a_sale_waits_with_its_reason_and_goes_on_by_itself(
    plaza: Plaza, engine: Engine, way: PayWay, lifted: list[Change], name: str
) -> None:
    state = STATES[name]
    lifted.append(state.lift)
    await plaza.sell()
    await engine.land()
    await state.begin(plaza)
    held = WIRE_SATS - sum(state.paid.values()) if state.held_meanwhile is None else state.held_meanwhile
    meanwhile = {**state.paid, "machine": held}

    # Refusals are looked at five times before a person is asked, and further on.
    for look, hours in enumerate((0, 1, 1, 1, 1, 24) if state.fails_legs else (0, 24), 1):
        await engine.work_later(hours=hours)
        is_asked = state.asks_at_once or look >= MOST_TRIES
        assert await plaza.matters_in_books() == (["legs_failed"] if is_asked else [])
        shown = await plaza.shown_in_books() if state.is_closed_to_operator else await plaza.shown()
        assert shown["state"] == ("errored" if state.fails_legs else "processing")
        for sentence in sentences(shown):
            assert re.fullmatch(state.sentence, sentence), sentence
        assert shown["next_try_at"], "it is looked at again by itself"
        assert await plaza.balances() == meanwhile

    lifted.remove(state.lift)
    await state.lift(plaza)
    await engine.work_later(2, hours=1)

    shown = await plaza.shown()
    assert (shown["state"], shown["error_message"], shown["next_try_at"]) == ("processed", None, None)
    assert await plaza.balances() == PAID_OUT
    assert await plaza.cash() == dict.fromkeys(("ana", "ben"), (FIAT_MINOR // 2, FIAT_MINOR // 2, 0))
    assert await plaza.matters() == []
    await engine.work_later(hours=1)
    assert await plaza.balances() == PAID_OUT
