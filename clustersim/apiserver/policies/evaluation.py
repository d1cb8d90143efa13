"""Evaluates the expressions of one policy for one request (apiserver
pkg/admission/plugin/cel/activation.go)."""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.apiserver.policies.expressions import (
    ExpressionError,
    compile_expression,
    compile_variable,
)
from clustersim.apiserver.policies.functions import FUNCTIONS
from clustersim.cel.admission import Variables
from clustersim.cel.evaluator import Lazy
from clustersim.cel.program import PER_CALL, CelError
from clustersim.cel.syntax import CostExceeded
from clustersim.cel.types import Type
from clustersim.cel.values import Meter, Work

BUDGET: Final = 10_000_000
"""Of all expressions of a policy about one request (pkg/apis/cel/config.go RuntimeCELCostBudget)."""
BUDGET_OF_CONDITIONS: Final = 2_500_000
OUT_OF_BUDGET: Final = (
    "validation failed due to running out of cost budget, no further validation rules will be run"
)


class OutOfBudget(Exception):
    """No further expression is evaluated."""


class Evaluation:
    """values: of `object`, `request` and the others, by their names."""

    def __init__(self, values: Mapping[str, Any], variables: Variables, work: Work, budget: int) -> None:
        self._values = dict(values)
        self._variables = variables
        self._work = work
        self.budget = budget
        self._params = "params" in values
        self._values["variables"] = {
            name: Lazy(self._variable(index)) for index, (name, _source) in enumerate(variables)
        }

    def _variable(self, index: int) -> Any:
        name, source = self._variables[index]

        def compute() -> Any:
            try:
                program = compile_variable(source, self._variables[:index], params=self._params)
            except ExpressionError as error:
                raise CelError(f'composited variable "{name}" fails to compile: {error}') from None
            meter = Meter(PER_CALL, self._work)
            try:
                return program.run(self._values, meter, FUNCTIONS)
            except CostExceeded:
                raise
            except CelError as error:
                raise CelError(f'composited variable "{name}" fails to evaluate: {error}') from None
            finally:
                self.budget -= meter.cost

        return compute

    def value(
        self, source: str, wanted: tuple[Type, ...], *, authorizer: bool = True, messages: bool = False
    ) -> Any:
        """What an expression comes to. Raises ExpressionError with what is told of one that comes to nothing,
        OutOfBudget."""
        try:
            program = compile_expression(
                source,
                wanted,
                self._variables,
                params=self._params,
                authorizer=authorizer,
                messages=messages,
            )
        except ExpressionError as error:
            raise ExpressionError(f"compilation error: {error}") from None
        meter = Meter(PER_CALL, self._work)
        try:
            return program.run(self._values, meter, FUNCTIONS)
        except CelError as error:
            raise ExpressionError(f"expression '{source}' resulted in error: {error}") from None
        finally:
            self.budget -= meter.cost
            if self.budget < 0:
                raise OutOfBudget(OUT_OF_BUDGET)
