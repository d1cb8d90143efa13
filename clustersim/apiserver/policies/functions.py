"""Functions of expressions that ask the API server: formats of names, and who may do what.

This server lets everybody do everything, so every check is passed (apiserver pkg/cel/library/format.go,
authz.go).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from clustersim.apiserver.validation.formats import is_of_format
from clustersim.apiserver.validation.names import (
    dns_1035_label,
    dns_label,
    dns_subdomain,
    label_value,
    qualified_name,
)
from clustersim.cel.operators import no_overload
from clustersim.cel.values import NOTHING, Format, Optional

_TODAY: Final = "v1.36"


def _prefix(check: Callable[[str, str], Any]) -> Callable[[str, str], Any]:
    """The same of what a name may begin with: a hyphen or a point at the end will do."""
    return lambda text, release: check(text[:-1] + "a" if text.endswith(("-", ".")) else text, release)


def _of_format(name: str, told: str) -> Callable[[str, str], Any]:
    return lambda text, release: () if is_of_format(text, name, release) else (told,)


_CHECKS: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "dns1123Label": dns_label,
    "dns1123Subdomain": dns_subdomain,
    "dns1035Label": dns_1035_label,
    "qualifiedName": qualified_name,
    "dns1123LabelPrefix": _prefix(dns_label),
    "dns1123SubdomainPrefix": _prefix(dns_subdomain),
    "dns1035LabelPrefix": _prefix(dns_1035_label),
    "labelValue": label_value,
    "uri": _of_format("uri", "invalid URI for request"),
    "uuid": _of_format("uuid", "does not match the UUID format"),
    "byte": _of_format("byte", "invalid base64"),
    "date": _of_format("date", "invalid date"),
    "datetime": _of_format("datetime", "invalid datetime"),
}


def _validate(form: Any, text: Any) -> Optional:
    if not isinstance(form, Format) or not isinstance(text, str):
        raise no_overload()
    told = tuple(_CHECKS[form.name](text, _TODAY))
    return Optional(told, True) if told else NOTHING


class Checked:
    """Who asks, or what is asked about: the answer is the same."""


def _same(checked: Any, *texts: Any) -> Checked:
    if not isinstance(checked, Checked) or not all(isinstance(one, str) for one in texts):
        raise no_overload()
    return checked


def _answer(found: Any) -> Callable[[Any], Any]:
    def read(checked: Any) -> Any:
        _same(checked)
        return found

    return read


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "validate": _validate,
    **dict.fromkeys(
        (
            "path", "group", "resource", "subresource", "namespace", "name", "serviceAccount",
            "fieldSelector", "labelSelector", "check",
        ),
        _same,
    ),
    "allowed": _answer(True),
    "errored": _answer(False),
    "error": _answer(""),
    "reason": _answer(""),
}  # fmt: skip
