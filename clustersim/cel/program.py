"""An expression that was read and checked, ready to run: the door to this package."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.cel.checker import check, details
from clustersim.cel.estimate import most
from clustersim.cel.evaluator import Evaluator, Functions
from clustersim.cel.parser import children, parse
from clustersim.cel.sizes import Bound
from clustersim.cel.syntax import CelError, CompileError, Ident, Node
from clustersim.cel.types import Type
from clustersim.cel.values import Meter

PER_CALL: Final = 1_000_000
"""What one evaluation may cost (apiserver pkg/apis/cel/config.go PerCallLimit)."""
WORK: Final = 400_000
"""Steps that this process takes for all expressions about one request: some tenths of a second."""


class Program(msgspec.Struct, frozen=True):
    """A compiled expression. type: of what it comes to."""

    source: str
    tree: Node
    type: Type

    def run(self, variables: Mapping[str, Any], meter: Meter, more: Functions) -> Any:
        """Its value. Raises CelError, CostExceeded for one that costs too much."""
        return Evaluator(variables, meter, more).value(self.tree)

    def most(self, variables: Mapping[str, Type], bounds: Bound) -> int:
        """What it costs at most. variables: those it was compiled with; bounds: how large `self` can be."""
        return most(self.tree, details(self.tree, variables), bounds)

    def names(self) -> frozenset[str]:
        """The variables that it has."""
        found: set[str] = set()
        waiting = [self.tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Ident):
                found.add(node.name)
            waiting += children(node)
        return frozenset(found)


def compiled(source: str, variables: Mapping[str, Type]) -> Program:
    """Raises CompileError."""
    tree = parse(source)
    return Program(source, tree, check(source, tree, variables))


__all__ = ["PER_CALL", "WORK", "CelError", "CompileError", "Program", "compiled"]
