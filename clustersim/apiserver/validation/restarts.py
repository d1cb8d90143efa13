"""Validation of how a container of today is started again
(v1.36 pkg/apis/core/validation/validation.go validateContainerRestartPolicy)."""

from typing import Final

from clustersim.api.core.container import Container
from clustersim.apiserver.validation.errors import FieldErrors

MOST_RULES: Final = 20
MOST_CODES: Final = 255
_POLICIES: Final = ("Always", "Never", "OnFailure")
_ACTIONS: Final = ("Restart", "RestartAllContainers")
_OPERATORS: Final = ("In", "NotIn")


def check_restarts(errors: FieldErrors, field: str, container: Container) -> None:
    """A policy of its own, and what its exit codes mean."""
    rules = container.restart_policy_rules
    if not container.restart_policy and rules:
        errors.required(f"{field}.restartPolicy", "must specify restartPolicy when restart rules are used")
    errors.one_of(f"{field}.restartPolicy", container.restart_policy, _POLICIES, needed=False)
    if len(rules) > MOST_RULES:
        errors.too_many(f"{field}.restartPolicyRules", MOST_RULES, len(rules))
    for index, rule in enumerate(rules):
        here = f"{field}.restartPolicyRules[{index}]"
        if rule.action not in _ACTIONS:
            errors.unsupported(f"{here}.action", rule.action, _ACTIONS)
        codes = rule.exit_codes
        if codes is None:
            errors.required(f"{here}.exitCodes", "must be specified")
            continue
        if codes.operator not in _OPERATORS:
            errors.unsupported(f"{here}.exitCodes.operator", codes.operator, _OPERATORS)
        if len(codes.values) > MOST_CODES:
            errors.too_many(f"{here}.exitCodes.values", MOST_CODES, len(codes.values))
