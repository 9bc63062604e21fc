"""What somebody clicks or taps, and how many times: counted by the browser, whatever a test calls it."""

from __future__ import annotations

from typing import Any

_COUNT = """
window.clicksOfTheReader = 0
document.addEventListener('click', event => {
  // a click of a script, and one that a key makes, has no detail
  if (event.isTrusted && event.detail > 0) window.clicksOfTheReader += 1
}, true)
"""


class Clicks:
    """Counts from now on, until the page is loaded anew."""

    def __init__(self, page: Any) -> None:
        self._page = page
        page.evaluate(_COUNT)

    @property
    def made(self) -> int:
        return int(self._page.evaluate("window.clicksOfTheReader"))


def asked(page: Any) -> Any:
    """The question before something is done, above the drawer or dialog whose button has the same name."""
    return page.locator(".q-dialog-plugin")
