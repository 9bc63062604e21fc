"""LNbits' own ways of telling a person: by those that its account names, and a broken one breaks nothing."""

from __future__ import annotations

import asyncio

import pytest
from lnbits.core.crud import get_account
from lnbits.core.crud.users import update_account
from lnbits.core.services import notifications
from lnbits.settings import settings

from satmachineadmin.host import people
from tests.harness.inprocess import InProcessHost

pytestmark = pytest.mark.anyio


async def person(lnbits: InProcessHost, name: str) -> str:
    """Somebody with a mail address and a Telegram chat, and no Nostr name."""
    user = await lnbits.create_user(name)
    account = await get_account(user.id)
    assert account is not None
    account.extra.notifications.email_address = "olga@example.com"
    account.extra.notifications.telegram_chat_id = "4711"
    await update_account(account)
    return user.id


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object, str]]:
    """What LNbits would hand to the networks; its mail server is broken."""
    messages: list[tuple[str, object, str]] = []

    async def telegram(chat_id: str, message: str) -> dict[str, str]:
        messages.append(("telegram", chat_id, message))
        return {}

    async def mail(addresses: list[str], message: str) -> dict[str, str]:
        raise OSError("no mail server")

    monkeypatch.setattr(notifications, "send_telegram_notification", telegram)
    monkeypatch.setattr(notifications, "send_email_notification", mail)
    monkeypatch.setattr(settings, "lnbits_telegram_notifications_enabled", True)
    monkeypatch.setattr(settings, "lnbits_telegram_notifications_access_token", "token")
    monkeypatch.setattr(settings, "lnbits_email_notifications_enabled", True)
    monkeypatch.setattr(settings, "lnbits_email_notifications_email", "lnbits@example.com")
    return messages


async def test_a_message_goes_by_every_way_that_is_set_whatever_the_others_do(
    lnbits: InProcessHost, sent: list[tuple[str, object, str]]
) -> None:
    user_id = await person(lnbits, "told")

    await people.notify(user_id, "Something needs you.")
    await asyncio.sleep(0.1)

    assert sent == [("telegram", "4711", "Something needs you.")]


async def test_a_person_is_told_which_ways_it_has_and_which_are_open(
    lnbits: InProcessHost, sent: list[tuple[str, object, str]]
) -> None:
    user_id = await person(lnbits, "asks")

    assert await people.channels(user_id) == {
        "nostr": (False, False),
        "telegram": (True, True),
        "email": (True, True),
    }


async def test_somebody_who_is_gone_is_told_nothing(
    lnbits: InProcessHost, sent: list[tuple[str, object, str]]
) -> None:
    await people.notify("0" * 32, "Something needs you.")
    await asyncio.sleep(0.1)

    assert sent == []
    assert not any(is_set for is_set, _is_open in (await people.channels("0" * 32)).values())
