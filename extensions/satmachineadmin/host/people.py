"""Messages to people, by the ways that they told LNbits: mail, Nostr, Telegram."""

from __future__ import annotations

from lnbits.core.crud import get_account
from lnbits.core.services.notifications import send_user_notification
from lnbits.settings import settings
from loguru import logger

from ..failpoints import external_call


@external_call("people.notify")
async def notify(user_id: str, text: str) -> None:
    """Hand a message to LNbits, which sends it in the background; what fails is only logged."""
    try:
        account = await get_account(user_id)
        if account is not None:
            await send_user_notification(account.extra.notifications, text, "satmachineadmin")
    except Exception as trouble:  # noqa: BLE001 - a message that cannot be sent changes nothing
        logger.warning(f"satmachineadmin could not send a notification: {trouble!r}")


async def channels(user_id: str) -> dict[str, tuple[bool, bool]]:
    """The ways to tell a person: whether its account names one, and whether this LNbits uses it."""
    account = await get_account(user_id)
    ways = account.extra.notifications if account else None
    return {
        "nostr": (bool(ways and ways.nostr_identifier), settings.is_nostr_notifications_configured()),
        "telegram": (bool(ways and ways.telegram_chat_id), settings.is_telegram_notifications_configured()),
        "email": (bool(ways and ways.email_address), settings.is_email_notifications_configured()),
    }
