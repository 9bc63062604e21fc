"""LNbits' pages at a third of their price: how much work they are, not what is in them.

For every page LNbits compiles its templates anew, 660 kB with all its components, and presses the answer as
hard as it can be pressed: 300 ms of CPU, some hundred times a run. Here what is compiled is kept, and pressed
lightly.
"""

from __future__ import annotations

import functools
from typing import Any

from jinja2 import Environment
from starlette.middleware.gzip import GZipMiddleware

_compile: Any = Environment.compile
_kept: dict[tuple[object, ...], Any] = {}


def make_cheaper() -> None:
    """For this process and those that are forked from it."""
    for owner, name, value in (
        (Environment, "compile", _compiled_once),
        (GZipMiddleware, "__init__", functools.partialmethod(GZipMiddleware.__init__, compresslevel=1)),
    ):
        setattr(owner, name, value)


def _compiled_once(
    self: Environment,
    source: Any,
    name: str | None = None,
    filename: str | None = None,
    raw: bool = False,
    defer_init: bool = False,
) -> Any:
    """The code of a template: the same for the same text, in environments that read it in the same way."""
    way = (self.block_start_string, self.variable_start_string, self.trim_blocks, self.autoescape)
    key = (source, name, filename, raw, defer_init, *way)
    if not isinstance(source, str):
        return _compile(self, source, name, filename, raw, defer_init)
    if key not in _kept:
        _kept[key] = _compile(self, source, name, filename, raw, defer_init)
    return _kept[key]
