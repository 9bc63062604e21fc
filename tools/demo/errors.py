"""Why the demo stops. Each message says what a person can do about it."""

from __future__ import annotations


class DemoStopped(Exception):
    """The demo cannot go on; the text is printed as it is."""


class Refused(DemoStopped):
    """LNbits or an extension refused a request of the demo."""

    def __init__(self, method: str, path: str, status: int, detail: str) -> None:
        super().__init__(f"{method} {path} was refused ({status}): {detail}")
        self.status = status
        self.detail = detail


class SumsDoNotHold(DemoStopped):
    """LNbits' own wallet balances disagree with the books: the one thing that must never happen."""
