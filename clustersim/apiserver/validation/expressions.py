"""Expressions of a policy that is stored: each is compiled, and what is wrong with it told."""

from clustersim.apiserver.policies.expressions import (
    ANY,
    BOOLEAN,
    CONFIGURATION,
    PATCHES,
    TEXT,
    TEXT_OR_NULL,
    ExpressionError,
    compile_expression,
)
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.cel.admission import Variables
from clustersim.cel.types import Type

_LONGEST_ANNOTATION = 5 * 1024


class Expressions:
    """Those of one policy, in its order: a variable may name those before it."""

    def __init__(self, errors: FieldErrors, *, params: bool) -> None:
        self._errors = errors
        self._params = params
        self._variables: Variables = ()

    def condition(self, path: str, source: str) -> None:
        """One of `matchConditions`, which know no variables."""
        if source:
            self._compile(path, source, BOOLEAN, ())
        else:
            self._errors.required(path)

    def variable(self, path: str, name: str, source: str) -> None:
        """It may be named from now on."""
        self._compile(path, source, ANY, self._variables)
        self._variables = (*self._variables, (name, source))

    def validation(self, path: str, source: str) -> None:
        """It says whether something is let in."""
        self._compile(path, source, BOOLEAN, self._variables)

    def mutation(self, path: str, source: str, *, patch: bool) -> None:
        """It makes a JSON patch, or what is to be applied."""
        self._compile(path, source, PATCHES if patch else CONFIGURATION, self._variables, messages=True)

    def message(self, path: str, source: str) -> None:
        """It says why something is not."""
        self._compile(path, source, TEXT, self._variables, authorizer=False)

    def annotation(self, path: str, source: str) -> None:
        """What is noted for the audit log."""
        trimmed = source.strip()
        if not trimmed:
            self._errors.required(path, "valueExpression is not specified")
        elif len(trimmed) > _LONGEST_ANNOTATION:
            self._errors.required(path, f"must not exceed {_LONGEST_ANNOTATION} bytes in length")
        else:
            self._compile(path, trimmed, TEXT_OR_NULL, self._variables, shown=source)

    def _compile(
        self,
        path: str,
        source: str,
        wanted: tuple[Type, ...],
        variables: Variables,
        *,
        authorizer: bool = True,
        messages: bool = False,
        shown: str = "",
    ) -> None:
        try:
            compile_expression(
                source, wanted, variables, params=self._params, authorizer=authorizer, messages=messages
            )
        except ExpressionError as error:
            self._errors.invalid(path, shown or source, str(error))
