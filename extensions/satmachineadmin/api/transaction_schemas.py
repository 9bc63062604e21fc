"""What an operator sends about machines' transactions."""

from __future__ import annotations

from pydantic import ConstrainedInt

from .schemas import Body


class _Days(ConstrainedInt):
    strict = True
    ge = 1
    le = 90


class LinkExtended(Body):
    days: _Days
