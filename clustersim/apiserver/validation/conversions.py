"""Validation of how the versions of an added kind become each other: by a web hook that is told in full, or
not at all.

Source: v1.36.2 apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
(validateCustomResourceConversion); apiserver pkg/util/webhook/validation.go.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from clustersim.api.definitions import CustomResourceConversion
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors

_FIELD: Final = "spec.conversion"
_CLIENT: Final = f"{_FIELD}.webhookClientConfig"
_REVIEWS: Final = f"{_FIELD}.conversionReviewVersions"
_FORM: Final = "; desired format: https://host[/path]"
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
        _check_client(errors, client)
    _check_reviews(errors, reviews)


def _check_client(errors: FieldErrors, client: Mapping[str, Any]) -> None:
    url, service = client.get("url"), client.get("service")
    if (url is None) == (service is None):
        errors.required(_CLIENT, "exactly one of url or service is required")
    elif url is not None:
        _check_url(errors, f"{_CLIENT}.url", str(url))
    elif isinstance(service, Mapping):
        for name in ("name", "namespace"):
            if not service.get(name):
                errors.required(f"{_CLIENT}.service.{name}")
        port = service.get("port", 443)
        for why in names.port_number(port) if isinstance(port, int) else ():
            errors.invalid(f"{_CLIENT}.service.port", port, f"port is not valid: {why}")


def _check_url(errors: FieldErrors, field: str, url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        errors.required(field, f"url must be a valid URL: {error}{_FORM}")
        return
    if parts.scheme != "https":
        errors.invalid(field, parts.scheme, f"'https' is the only allowed URL scheme{_FORM}")
    if not parts.netloc:
        errors.invalid(field, parts.netloc, f"host must be specified{_FORM}")
    if "@" in parts.netloc:
        user = parts.netloc.rpartition("@")[0]
        errors.invalid(field, user, "user information is not permitted in the URL")
    if parts.fragment:
        errors.invalid(field, parts.fragment, "fragments are not permitted in the URL")
    if parts.query:
        errors.invalid(field, parts.query, "query parameters are not permitted in the URL")


def _check_reviews(errors: FieldErrors, reviews: Sequence[str]) -> None:
    """Versions of the question that the hook understands."""
    if not reviews:
        errors.required(_REVIEWS)
        return
    for index, version in enumerate(reviews):
        if version in reviews[:index]:
            errors.invalid(f"{_REVIEWS}[{index}]", version, "duplicate version")
        else:
            errors.each(f"{_REVIEWS}[{index}]", version, names.dns_1035_label(version, errors.release))
    if not {"v1", "v1beta1"} & {*reviews}:
        errors.invalid(_REVIEWS, reviews, "must include at least one of v1, v1beta1")
