"""What a refusal is, and what a bug is."""

from __future__ import annotations

import inspect
from typing import ClassVar


class Refusal(Exception):
    """The request was refused."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The docstring's first paragraph with the fields filled in."""
        text = inspect.cleandoc(self.__doc__ or Refusal.__doc__ or "")
        return " ".join(text.split("\n\n")[0].split()).format(**self.fields)

    def body(self) -> dict[str, object]:
        """The one JSON error shape: `detail`, `code`, then the refusal's own fields."""
        return {"detail": self.sentence(), "code": self.code, **self.fields}


class InvariantViolated(Exception):
    """A rule that the program itself must keep was broken: a bug, never a person's mistake."""


def ensure(holds: bool, rule: str) -> None:
    """Raise InvariantViolated with `rule` when `holds` is false.

    Used instead of `assert`, which LNbits turns into a 400 and `python -O` removes.
    """
    if not holds:
        raise InvariantViolated(rule)
