"""How the LP extension finds the engine: by either name, at each call, or not at all."""

from __future__ import annotations

import inspect
import sys
from types import ModuleType

import pytest
from lnbits.settings import settings

from satmachineadmin import lp as facade
from satmachineclient import engine

NAMES = ("lnbits.extensions.satmachineadmin.lp", "satmachineadmin.lp")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing is imported and nothing switched off; tests put modules where LNbits would."""
    for name in NAMES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(settings, "lnbits_deactivated_extensions", set())
    return monkeypatch


@pytest.mark.parametrize("name", NAMES)
def test_the_engine_is_found_by_either_name(installed: pytest.MonkeyPatch, name: str) -> None:
    module = ModuleType(name)
    installed.setitem(sys.modules, name, module)
    assert engine.lp() is module


def test_an_upgraded_engine_is_found_at_the_next_call(installed: pytest.MonkeyPatch) -> None:
    for _version in range(2):
        module = ModuleType(NAMES[1])
        installed.setitem(sys.modules, NAMES[1], module)
        assert engine.lp() is module


def test_without_the_engine_there_is_a_clear_answer(installed: pytest.MonkeyPatch) -> None:
    with pytest.raises(engine.EngineMissing) as missing:
        engine.lp()
    assert (missing.value.status, missing.value.body()["code"]) == (503, "engine_missing")
    installed.setitem(sys.modules, NAMES[1], ModuleType(NAMES[1]))
    installed.setattr(settings, "lnbits_deactivated_extensions", {"satmachineadmin"})
    with pytest.raises(engine.EngineMissing):
        engine.lp()


def test_every_function_of_the_facade_is_about_the_user_that_it_is_given() -> None:
    """All but those that keep and end a request, which know whose it is."""
    functions = {
        name: function
        for name in facade.__all__
        if inspect.isfunction(function := getattr(facade, name)) and name not in ("keep", "end")
    }
    assert len(functions) > 20
    for name, function in functions.items():
        assert next(iter(inspect.signature(function).parameters)) == "user_id", name
