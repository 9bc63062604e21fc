"""Who signs: what passes the gate, what does not, what that costs, and what operators hear of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from coincurve import PrivateKey

from satmachineadmin.api.errors import as_response
from satmachineadmin.core.errors import (
    ClockSkew,
    InvoiceNotMade,
    NotSigned,
    PairingClosed,
    Refusal,
    Replayed,
    TooManyRequests,
    TooManyTries,
    UnknownKey,
)
from satmachineadmin.engine.machine_watch import MachineWatch
from satmachineadmin.store.pairings import EVENT_SECONDS
from satmachineadmin.usecases import pairing, signing
from satmachineadmin.usecases.machines import change_machine
from satmachineadmin.usecases.worklist import accept_matter
from tests.harness.signing import event_of, header_of, public_hex

from .conftest import MakeRig
from .rig import OPERATOR
from .signing_rig import BASE, AtTheGate, Ticking, Untouched

pytestmark = pytest.mark.anyio
SILENT_MINUTES = 15


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Ticking:
    return Ticking(monkeypatch)


@pytest.fixture
async def plaza(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch, ticking: Ticking
) -> AsyncIterator[AtTheGate]:
    at_the_gate = AtTheGate.of(await make_rig())
    await at_the_gate.pair(monkeypatch)
    yield at_the_gate


async def events(plaza: AtTheGate) -> int:
    """How many events the audit trail has."""
    (found,) = await plaza.rig.rows("SELECT COUNT(*) AS n FROM satmachineadmin.audit_events")
    return int(found["n"])


@pytest.mark.parametrize(
    ("refusal", "wait"),
    [
        (TooManyRequests(retry_after=7), "7"),
        (TooManyTries(minutes=60), "3600"),
        (InvoiceNotMade(reason="the node is busy"), "5"),
        (UnknownKey(), None),
    ],
    ids=lambda value: getattr(value, "code", str(value)),
)
def test_what_is_over_by_itself_says_when_to_ask_again(refusal: Refusal, wait: str | None) -> None:
    assert as_response(refusal).headers.get("Retry-After") == wait


async def test_a_machine_is_known_by_its_signature(plaza: AtTheGate) -> None:
    signed = await plaza.ask()

    assert signed.machine.id == plaza.rig.machine_id
    assert signed.row["id"] == plaza.rig.machine_id
    assert signed.key == public_hex(plaza.key)
    assert signed.event_id == plaza.checked[-1].id


async def test_an_event_serves_once(plaza: AtTheGate) -> None:
    asked = plaza.asked()
    await plaza.gate.admit(asked)

    with pytest.raises(Replayed):
        await plaza.gate.admit(asked)


async def test_an_event_serves_once_for_all_processes_together(plaza: AtTheGate) -> None:
    """Another process remembers nothing; the database does."""
    asked = plaza.asked()
    await plaza.gate.admit(asked)

    with pytest.raises(Replayed):
        await AtTheGate.of(plaza.rig, plaza.key).gate.admit(asked)


async def test_an_event_is_forgotten_only_when_it_is_refused_for_its_age(plaza: AtTheGate) -> None:
    asked, watch = plaza.asked(), MachineWatch(plaza.rig.store)
    await plaza.gate.admit(asked)
    plaza.rig.clock.advance(seconds=60)
    await watch.look()
    other = AtTheGate.of(plaza.rig, plaza.key)

    with pytest.raises(Replayed):
        await other.gate.admit(asked)
    plaza.rig.clock.advance(seconds=EVENT_SECONDS)
    await watch.look()

    assert await plaza.rig.rows("SELECT * FROM satmachineadmin.signed_events") == []
    with pytest.raises(ClockSkew):
        await other.gate.admit(asked)


async def test_a_revoked_key_fails_at_once_in_every_process(plaza: AtTheGate) -> None:
    other = AtTheGate.of(plaza.rig, plaza.key)
    await other.ask()
    await pairing.revoke_key(plaza.rig.store, OPERATOR, plaza.rig.machine_id, "stolen")

    for gate in (plaza, other):
        with pytest.raises(UnknownKey):
            await gate.ask()


async def test_a_key_that_another_process_has_bound_is_known_after_seconds(
    plaza: AtTheGate, ticking: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = AtTheGate.of(plaza.rig, PrivateKey())
    with pytest.raises(UnknownKey):
        await other.ask()
    plaza.key = other.key
    await plaza.pair(monkeypatch)

    ticking.advance(6)

    assert (await other.ask()).machine.id == plaza.rig.machine_id


@pytest.mark.parametrize(
    ("hostile", "refusal", "signatures"),
    [
        ({"headers": ["Bearer x"]}, NotSigned, 0),
        ({"address": "https://bank.example/other"}, NotSigned, 0),
        ({"method": "GET", "path": "/config", "kind": 1}, NotSigned, 0),
        ({"key": PrivateKey()}, UnknownKey, 0),
        ({"method": "POST", "body": {"a": 1}, "sent": {"a": 2}}, NotSigned, 0),
        ({"sig": "wrong"}, NotSigned, 1),
    ],
    ids=["header", "address", "kind", "key", "payload", "signature"],
)
async def test_a_hostile_request_never_reaches_the_database(
    plaza: AtTheGate, hostile: dict[str, Any], refusal: type[Refusal], signatures: int
) -> None:
    await plaza.ask()
    plaza.checked.clear()
    plaza.gate._store = Untouched()  # type: ignore[assignment]  # no store at all
    hostile = dict(hostile)
    sent, sig = hostile.pop("sent", None), hostile.pop("sig", None)
    asked = plaza.asked(**hostile)
    if sent is not None:
        asked = plaza.asked(headers=asked.headers, method="POST", body=sent)
    if sig is not None:
        asked = plaza.asked(headers=_wrongly_signed(plaza))

    with pytest.raises(refusal):
        await plaza.gate.admit(asked)

    assert len(plaza.checked) == signatures


async def test_the_body_of_somebody_unknown_is_not_read(plaza: AtTheGate) -> None:
    async def read() -> bytes:
        raise AssertionError("the body was read")

    asked = plaza.asked(key=PrivateKey())
    unread = signing.Asked(
        headers=asked.headers, address=asked.address, method="GET", body=read, client="1.2.3.4"
    )

    with pytest.raises(UnknownKey):
        await plaza.gate.admit(unread)


async def test_wrong_signatures_from_one_address_are_not_looked_at_for_ever(
    plaza: AtTheGate, ticking: Ticking
) -> None:
    """Whoever writes a machine's key into events slows down nobody but that key at that address."""
    await plaza.ask()
    wrong: dict[str, Any] = {"client": "6.6.6.6", "headers": _wrongly_signed(plaza)}
    for _ in range(signing.REFUSED_REQUESTS):
        with pytest.raises(NotSigned):
            await plaza.gate.admit(plaza.asked(**wrong))
    plaza.checked.clear()

    with pytest.raises(TooManyRequests) as refused:
        await plaza.gate.admit(plaza.asked(**wrong))

    assert plaza.checked == []
    assert refused.value.fields["retry_after"] == 1
    await plaza.ask()
    ticking.advance(1)
    with pytest.raises(NotSigned):
        await plaza.gate.admit(plaza.asked(**wrong))


async def test_a_flood_is_refused_and_put_before_the_operator(plaza: AtTheGate, ticking: Ticking) -> None:
    """A copy of a request costs its machine nothing; the requests that it signs do."""
    copy = plaza.asked()
    await plaza.gate.admit(copy)
    for _ in range(200):
        with pytest.raises(Replayed):
            await plaza.gate.admit(copy)
    for _ in range(signing.KEY_REQUESTS - 1):
        await plaza.ask()
    assert await plaza.rig.worklist() == []

    with pytest.raises(TooManyRequests):
        await plaza.ask()

    assert await plaza.rig.worklist() == ["machine_floods"]
    ticking.advance(1)
    await plaza.ask()
    watch = MachineWatch(plaza.rig.store)
    plaza.rig.clock.advance(seconds=3599)
    await watch.look()
    assert "machine_floods" in await plaza.rig.worklist()
    plaza.rig.clock.advance(seconds=1)
    await watch.look()
    assert "machine_floods" not in await plaza.rig.worklist()


async def test_a_wrong_clock_is_told_to_the_signer_and_put_before_the_operator(
    plaza: AtTheGate, ticking: Ticking
) -> None:
    plaza.skew_seconds = -7_200

    with pytest.raises(ClockSkew) as refused:
        await plaza.ask()

    assert refused.value.fields["server_time"] == int(plaza.rig.clock.now().timestamp())
    (matter,) = await plaza.rig.rows("SELECT * FROM satmachineadmin.worklist")
    assert (matter["kind"], matter["subject_id"]) == ("clock_skew", plaza.rig.machine_id)
    assert "2 hours behind" in matter["detail"]
    plaza.skew_seconds = 30
    await plaza.ask()
    assert await plaza.rig.worklist() == []


async def test_a_stranger_is_told_neither_the_time_nor_the_operator(plaza: AtTheGate) -> None:
    """A signature that is none says nothing about anybody's clock."""
    address, old = BASE + "/config", int(plaza.rig.clock.now().timestamp()) - 86_400
    event = event_of(plaza.key, address=address, method="GET", body=None, created_at=old)

    with pytest.raises(NotSigned):
        await plaza.gate.admit(plaza.asked(headers=[header_of({**event, "sig": "00" * 64})]))

    assert await plaza.rig.worklist() == []


async def test_an_old_event_that_somebody_sends_again_is_no_wrong_clock(
    plaza: AtTheGate, ticking: Ticking
) -> None:
    old = plaza.asked()
    plaza.rig.clock.advance(seconds=120)
    ticking.advance(120)
    await plaza.ask()

    with pytest.raises(ClockSkew):
        await plaza.gate.admit(old)

    assert await plaza.rig.worklist() == []


async def test_a_silent_machine_is_put_before_its_operator_until_it_is_heard(
    plaza: AtTheGate, ticking: Ticking
) -> None:
    watch = MachineWatch(plaza.rig.store)
    await plaza.ask()
    await watch.look()
    plaza.rig.clock.advance(minutes=SILENT_MINUTES, seconds=-1)
    await watch.look()
    assert await plaza.rig.worklist() == []

    plaza.rig.clock.advance(seconds=1)
    await watch.look()
    await watch.look()

    assert await plaza.rig.worklist() == ["machine_silent"]
    ticking.advance(SILENT_MINUTES * 60)
    await plaza.ask()
    assert await plaza.rig.worklist() == []


async def test_a_machine_that_was_never_heard_is_silent_from_its_pairing_on(plaza: AtTheGate) -> None:
    watch = MachineWatch(plaza.rig.store)
    await watch.look()
    plaza.rig.clock.advance(minutes=SILENT_MINUTES)

    await watch.look()

    (matter,) = await plaza.rig.rows("SELECT detail FROM satmachineadmin.worklist")
    assert "since it was paired" in matter["detail"]


async def test_nobody_was_silent_while_nobody_listened(plaza: AtTheGate) -> None:
    """LNbits was switched off for a day: the machines have their minutes from its start on."""
    await plaza.ask()
    plaza.rig.clock.advance(days=1)

    await MachineWatch(plaza.rig.store).look()

    assert await plaza.rig.worklist() == []


async def test_a_silence_that_its_operator_has_taken_is_not_told_again(
    plaza: AtTheGate, ticking: Ticking
) -> None:
    """The machine is in the workshop. Once it was heard, another silence is another matter."""
    watch = MachineWatch(plaza.rig.store)
    await watch.look()
    plaza.rig.clock.advance(minutes=SILENT_MINUTES)
    await watch.look()
    (matter,) = await plaza.rig.rows("SELECT id FROM satmachineadmin.worklist")
    await accept_matter(plaza.rig.store, plaza.rig.host, OPERATOR, matter["id"], "it is in the workshop")
    plaza.rig.clock.advance(days=3)
    await watch.look()
    assert await plaza.rig.worklist() == []

    ticking.advance(86_400)
    await plaza.ask()
    plaza.rig.clock.advance(minutes=SILENT_MINUTES)
    await watch.look()

    assert await plaza.rig.worklist() == ["machine_silent"]


@pytest.mark.parametrize("how", ["switched off", "revoked"])
async def test_nothing_is_expected_of_a_machine_that_is_off(plaza: AtTheGate, how: str) -> None:
    watch = MachineWatch(plaza.rig.store)
    await watch.look()
    plaza.rig.clock.advance(minutes=SILENT_MINUTES)
    await watch.look()
    if how == "switched off":
        await change_machine(plaza.rig.store, OPERATOR, plaza.rig.machine_id, {"active": False})
    else:
        await pairing.revoke_key(plaza.rig.store, OPERATOR, plaza.rig.machine_id, "sold")

    await watch.look()

    assert await plaza.rig.worklist() == []


async def test_being_heard_does_not_grow_the_audit_trail(plaza: AtTheGate, ticking: Ticking) -> None:
    before = await events(plaza)
    for _ in range(5):
        ticking.advance(60)
        signed = await plaza.ask(path="/heartbeat", method="POST", body={"screen": "idle"})
        async with plaza.rig.store.transaction("heartbeat") as books:
            await books.machine_reports.said(signed.row, software="bitspire 1.4.0", screen="idle")

    assert await events(plaza) == before
    (report,) = await plaza.rig.rows("SELECT * FROM satmachineadmin.machine_reports")
    assert (report["software"], report["screen"]) == ("bitspire 1.4.0", "idle")
    assert report["seen_at"] == int(plaza.rig.clock.now().timestamp())


async def test_a_stranger_may_try_a_few_codes_from_one_address(plaza: AtTheGate, ticking: Ticking) -> None:
    """A fleet that is paired in one room is no stranger: only what is refused counts."""
    for _ in range(30):
        asked = plaza.asked("/pair", "POST", {"code": "x"}, key=PrivateKey())
        with plaza.gate.pairing(await plaza.gate.admit_stranger(asked)):
            pass
    for _ in range(signing.PAIR_REQUESTS):
        asked = plaza.asked("/pair", "POST", {"code": "x"}, key=PrivateKey())
        with (
            pytest.raises(PairingClosed),
            plaza.gate.pairing(await plaza.gate.admit_stranger(asked)),
        ):
            raise PairingClosed()

    with pytest.raises(TooManyRequests):
        await plaza.gate.admit_stranger(plaza.asked("/pair", "POST", {"code": "x"}, key=PrivateKey()))

    elsewhere = plaza.asked("/pair", "POST", {"code": "x"}, key=PrivateKey(), client="5.6.7.8")
    await plaza.gate.admit_stranger(elsewhere)
    with pytest.raises(Replayed):
        await plaza.gate.admit_stranger(elsewhere)


def _wrongly_signed(plaza: AtTheGate) -> list[str]:
    now = int(plaza.rig.clock.now().timestamp())
    event = event_of(plaza.key, address=BASE + "/config", method="GET", body=None, created_at=now)
    return [header_of({**event, "sig": "11" * 64})]
