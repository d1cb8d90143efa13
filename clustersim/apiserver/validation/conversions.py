"""Validation of how the versions of an added kind become each other: by a web hook that is told in full, or
not at all.

Source: v1.36.2 apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
(validateCustomResourceConversion).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from clustersim.api.definitions import CustomResourceConversion, CustomResourceDefinition, is_established
from clustersim.api.kept import mapping, text
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.webhook_clients import check_authorities, check_client, wrong_authorities

_FIELD: Final = "spec.conversion"
_CLIENT: Final = f"{_FIELD}.webhookClientConfig"
_REVIEWS: Final = f"{_FIELD}.conversionReviewVersions"
_NOT_SET: Final = "should not be set when strategy is not set to Webhook"


def check_conversion(errors: FieldErrors, conversion: CustomResourceConversion | None) -> None:
    """The strategy, and what it needs."""
    if conversion is None:
        return
    errors.one_of(f"{_FIELD}.strategy", conversion.strategy, ("None", "Webhook"))
    hook = conversion.webhook
    client = hook.get("clientConfig") if hook is not None else None
    told = hook.get("conversionReviewVersions") if hook is not None else None
    reviews = tuple(map(str, told)) if isinstance(told, list | tuple) else ()
    if conversion.strategy != "Webhook":
        if client is not None:
            errors.forbidden(_CLIENT, _NOT_SET)
        if reviews:
            errors.forbidden(_REVIEWS, _NOT_SET)
        return
    if not isinstance(client, Mapping):
        errors.required(_CLIENT, "required when strategy is set to Webhook")
    else:
        check_client(errors, _CLIENT, client)
    check_reviews(errors, _REVIEWS, reviews)


def check_trusted(errors: FieldErrors, old: CustomResourceDefinition, new: CustomResourceDefinition) -> None:
    """Whom the server trusts as the hook of a kind that is there: what was wrong before may stay."""
    before, after = _bundle(old.spec.conversion), _bundle(new.spec.conversion)
    if is_established(old) and not wrong_authorities(before):
        check_authorities(errors, f"{_CLIENT}.caBundle", after)


def _bundle(conversion: CustomResourceConversion | None) -> str:
    hook = conversion.webhook if conversion is not None else None
    return text(mapping((hook or {}).get("clientConfig")).get("caBundle"))


def check_reviews(errors: FieldErrors, field: str, reviews: Sequence[str], missing: str = "") -> None:
    """Versions of the question that the hook understands. missing: what is said if there are none."""
    if not reviews:
        errors.required(field, missing)
        return
    for index, version in enumerate(reviews):
        if version in reviews[:index]:
            errors.invalid(f"{field}[{index}]", version, "duplicate version")
        else:
            errors.each(f"{field}[{index}]", version, names.dns_1035_label(version, errors.release))
    if not {"v1", "v1beta1"} & {*reviews}:
        errors.invalid(field, reviews, "must include at least one of v1, v1beta1")
