"""The tool that asks whether the tests would notice a fault."""

import importlib
import sys
import types
from pathlib import Path

import pytest

from dev import mutants

SOURCE = '''\
MOST = 3


class Till:
    def is_due(self, left, paid=0):
        """Tell whether something is left."""
        return left - paid > 0

    def __repr__(self):
        return "".join(["Till", str(MOST)])
'''


@pytest.fixture
def mutations(monkeypatch):
    monkeypatch.syspath_prepend(mutants.install(Path(sys.executable)))
    return importlib.import_module("dev.mutations")


def _load(name="till"):
    module = types.ModuleType(name)
    module.__file__ = f"{name}.py"
    exec(compile(SOURCE, module.__file__, "exec"), vars(module))
    return module


def _survives(mutations, mutant, *cases):
    module = _load()
    mutations.apply(mutant, SOURCE, module)
    return all(module.Till().is_due(*given) == due for given, due in cases)


def test_a_comparison_is_changed_and_only_the_case_at_its_edge_notices(mutations):
    found = mutations.find("till.py", SOURCE)
    (mutant,) = [each for each in found if each.operator.endswith("_Gt_GtE")]
    assert (mutant.function, mutant.line) == ("Till.is_due", 7)
    assert _survives(mutations, mutant, ((2, 1), True), ((1, 2), False))
    assert not _survives(mutations, mutant, ((1, 1), False))


def test_a_default_and_a_constant_are_changed_in_the_living_module(mutations):
    found = mutations.find("till.py", SOURCE)
    default = [each for each in found if each.line == 5]
    assert len(default) == 2
    assert not any(_survives(mutations, each, ((1,), True), ((0,), False))
                   for each in default)  # fmt: skip
    seen = set()
    for mutant in found:
        if mutant.function is None:
            module = _load()
            mutations.apply(mutant, SOURCE, module)
            seen.add(repr(module.Till()))
    assert seen == {"Till2", "Till4"}


def test_what_only_people_read_is_left_alone(mutations):
    source = (
        'def tell(self, n):\n    _logger.info("%s", n + 1)\n    self._("x", n=-n)\n'
    )
    assert mutations.find("words.py", source) == []
