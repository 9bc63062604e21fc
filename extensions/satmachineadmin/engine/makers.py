"""How an errand is made of each type of leg that is paid by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from ..core.model import Leg
from ..core.states import LegType
from ..ports import Books
from .errands import Errand, split_errand
from .forward import forward_errand
from .refund_errand import refund_errand

Maker = Callable[[Books, Leg], Awaitable[Errand]]

#: A type that is not here is never paid by itself; of `dca` only what is refunded to a customer is.
MAKERS: Mapping[LegType, Maker] = {
    LegType.OPERATOR_SPLIT: split_errand,
    LegType.DCA: refund_errand,
    LegType.AUTOFORWARD: forward_errand,
}
