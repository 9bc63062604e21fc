"""What in a server's log is a defect, as opposed to the host's usual chatter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

#: a warning or error that names us; LNbits' own lines about other things are not ours to judge
_OURS = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b.*satmachine", re.IGNORECASE)
#: what Python and LNbits say when code of an extension misbehaves, whoever is named
_ALWAYS = re.compile(
    r"was never awaited|was never retrieved|Task was destroyed but it is pending"
    r"|Could not load extension|Cannot import module for extension|Exception in ASGI application"
)
_TRACEBACK = "Traceback (most recent call last)"


def defects(lines: Iterable[str], expected: Iterable[str] = ()) -> list[str]:
    """The defects that `lines` tell of, one string each; a traceback is one defect, with its stack.

    `expected` are regular expressions of defects that a test provoked on purpose.
    """
    forgiven = [re.compile(pattern) for pattern in expected]
    return [found for found in _find(list(lines)) if not any(pattern.search(found) for pattern in forgiven)]


def _find(lines: list[str]) -> Iterator[str]:
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        if _TRACEBACK in line:
            block = [line]
            # the stack is indented; the first line that is not names the exception
            while position < len(lines) and (not lines[position] or lines[position][0] in " >│└|"):
                block.append(lines[position])
                position += 1
            block.extend(lines[position : position + 1])
            position += 1
            yield "\n".join(block)
        elif _OURS.search(line) or _ALWAYS.search(line):
            yield line
