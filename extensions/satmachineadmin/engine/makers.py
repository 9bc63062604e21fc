"""How an errand is made of each type of leg; a type that is not here is never paid by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..core.model import Leg
from ..core.states import LegType
from ..ports import Books
from .errands import Errand, split_errand
from .forward import forward_errand

MAKERS: dict[LegType, Callable[[Books, Leg], Awaitable[Errand]]] = {
    LegType.OPERATOR_SPLIT: split_errand,
    LegType.AUTOFORWARD: forward_errand,
}
