"""Who may do what: every check of an operator goes through `may`, so that helpers can come later."""

from __future__ import annotations

from ..core.errors import NotAllowed, NotFound
from ..store.sql import Row


def may(user_id: str, action: str, thing: Row | None, what: str) -> Row:
    """The thing, if the user may do this to it; raises NotFound for what is not theirs or not there.

    There is one role yet, the operator, who may do everything to what is its own; `action` names what
    is asked so that lesser roles can be told apart.
    """
    if thing is None or thing["operator_user_id"] != user_id:
        raise NotFound(what=what)
    return thing


def require_platform(is_platform: bool) -> None:
    """Raise NotAllowed unless the user is the platform's owner."""
    if not is_platform:
        raise NotAllowed(reason="Only the owner of this LNbits (its super user) may do this.")
