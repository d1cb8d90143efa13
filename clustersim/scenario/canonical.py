"""A scenario whose equal texts are one object, wherever it was read.

Encoders leave out a field that is its default, and tell that by identity. So a text that came from a file or
a database must become the very object that the source names, or equal runs would have unequal digests.
"""

import sys
from typing import Any

import msgspec

from clustersim.engine.collecting import without_collecting
from clustersim.scenario_schema import Scenario


def canonical(scenario: Scenario) -> Scenario:
    """The same scenario."""
    with without_collecting():
        return msgspec.convert(_interned(msgspec.to_builtins(scenario)), Scenario)


def _interned(value: Any) -> Any:
    if isinstance(value, str):
        return sys.intern(value)
    if isinstance(value, dict):
        return {key: _interned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_interned(item) for item in value]
    return value
