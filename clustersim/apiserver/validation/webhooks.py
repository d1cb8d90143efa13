"""Validation of web hooks that are asked at admission.

Source: v1.36.2 pkg/apis/admissionregistration/validation/validation.go (validateValidatingWebhook,
validateMutatingWebhook).
"""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.kept import Webhooks, listing, mapping, text
from clustersim.apiserver.validation.conversions import check_reviews
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.matching_rules import (
    FAILURES,
    MATCHES,
    REINVOCATIONS,
    check_conditions,
    check_rule,
    check_selector,
    expressions_of,
)
from clustersim.apiserver.validation.names import fully_qualified
from clustersim.apiserver.validation.webhook_clients import check_client

_EFFECTS: Final = ("None", "NoneOnDryRun")
_CHOICES: Final = {
    "failurePolicy": FAILURES,
    "matchPolicy": MATCHES,
    "reinvocationPolicy": REINVOCATIONS,
}
_LONGEST_TIMEOUT: Final = 30
"""Seconds."""


def check_hooks(errors: FieldErrors, found: Webhooks) -> None:
    """All hooks of a configuration."""
    seen: set[str] = set()
    for index, hook in enumerate(map(mapping, listing(found.webhooks))):
        here, name = f"webhooks[{index}]", text(hook.get("name"))
        _check_hook(errors, here, name, hook)
        reviews = tuple(map(str, listing(hook.get("admissionReviewVersions"))))
        check_reviews(errors, f"{here}.admissionReviewVersions", reviews, "must specify one of v1, v1beta1")
        if name in seen:
            errors.duplicate(f"{here}.name", name)
        seen |= {name} - {""}


def _check_hook(errors: FieldErrors, here: str, name: str, hook: Mapping[str, Any]) -> None:
    if not name:
        errors.required(f"{here}.name")
    else:
        errors.each(f"{here}.name", name, fully_qualified(name, errors.release))
    for index, rule in enumerate(map(mapping, listing(hook.get("rules")))):
        check_rule(errors, f"{here}.rules[{index}]", rule)
    for field, known in _CHOICES.items():
        if hook.get(field) is not None and hook[field] not in known:
            errors.unsupported(f"{here}.{field}", hook[field], known)
    effects, timeout = hook.get("sideEffects"), hook.get("timeoutSeconds")
    if effects is None:
        errors.required(f"{here}.sideEffects", f"must specify one of {', '.join(_EFFECTS)}")
    elif effects not in _EFFECTS:
        errors.unsupported(f"{here}.sideEffects", effects, _EFFECTS)
    if isinstance(timeout, int) and not 1 <= timeout <= _LONGEST_TIMEOUT:
        why = "the timeout value must be between 1 and 30 seconds"
        errors.invalid(f"{here}.timeoutSeconds", timeout, why)
    for field in ("namespaceSelector", "objectSelector"):
        if hook.get(field) is not None:
            check_selector(errors, f"{here}.{field}", hook[field])
    check_client(errors, f"{here}.clientConfig", mapping(hook.get("clientConfig")))
    if listing(hook.get("matchConditions")):
        expressions = expressions_of(errors, params=False)
        check_conditions(errors, f"{here}.matchConditions", hook["matchConditions"], expressions)
