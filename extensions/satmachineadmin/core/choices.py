"""What an LP chooses beside wallet and pace, in words."""

from __future__ import annotations

from .states import Word


class Notifications(Word):
    """What an LP is told of by mail, Nostr or Telegram. All but `none` tell of problems, too."""

    #: every payout
    EACH = "each"
    #: once a day, what the day before brought
    DAILY = "daily"
    #: only what fails
    PROBLEMS = "problems"
    #: nothing, but that the address where its sats go on to was changed
    NONE = "none"


class HowChanged(Word):
    """How an LP's preferences came to be changed. Closed."""

    #: the LP chose
    CHOSEN = "chosen"
    #: the LP confirmed a new address with its password
    CONFIRMED = "confirmed"
    #: a new address had waited for its time
    WAITED = "waited"
    #: the predecessor knew them, and the books moved over
    MOVED = "moved"
