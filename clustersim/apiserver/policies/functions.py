"""Functions of expressions that ask the API server: formats of names, and who may do what
(apiserver pkg/cel/library/format.go, authz.go)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from clustersim.apiserver.authorization import Asked, Roles, Somebody, Verdict, authorized, somebody
from clustersim.apiserver.validation.formats import is_of_format
from clustersim.apiserver.validation.names import (
    dns_1035_label,
    dns_label,
    dns_subdomain,
    label_value,
    qualified_name,
)
from clustersim.cel.operators import no_overload
from clustersim.cel.syntax import CelError
from clustersim.cel.values import NOTHING, Format, Optional
from clustersim.programs.clients import ACCOUNT

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


class Authorizer(msgspec.Struct, frozen=True):
    """Who asks, and by which roles that is judged."""

    who: Somebody
    roles: Callable[[], Roles]


class Check(msgspec.Struct, frozen=True):
    """What an authorizer is asked about, as far as it has been said; part: its subresource."""

    authorizer: Authorizer
    asked: Asked
    part: str = ""


def _path(authorizer: Any, path: Any) -> Check:
    if not path.strip():
        raise CelError("path must not be empty")
    return Check(authorizer, Asked("", path=path))


def _service_account(authorizer: Any, namespace: Any, name: Any) -> Authorizer:
    if dns_subdomain(name, _TODAY):
        raise CelError("Invalid service account name")
    if dns_label(namespace, _TODAY):
        raise CelError("Invalid service account namespace")
    return Authorizer(somebody(f"{ACCOUNT}{namespace}:{name}", ()), authorizer.roles)


def _resource(check: Any, resource: Any) -> Check:
    if not resource.strip():
        raise CelError("resource must not be empty")
    return _with(check, resource=resource)


def _with(check: Check, **more: str) -> Check:
    return Check(check.authorizer, check.asked._replace(**more), check.part)


def _decision(check: Any, verb: Any) -> Verdict:
    asked = check.asked._replace(verb=verb)
    if check.part:
        asked = asked._replace(resource=f"{asked.resource}/{check.part}")
    return authorized(check.authorizer.roles(), check.authorizer.who, asked)


def _of(kind: type, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, of a receiver of that kind and of texts."""

    def call(receiver: Any, *texts: Any) -> Any:
        if not isinstance(receiver, kind) or not all(isinstance(one, str) for one in texts):
            raise no_overload()
        return function(receiver, *texts)

    return call


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "validate": _validate,
    "path": _of(Authorizer, _path),
    "group": _of(Authorizer, lambda authorizer, group: Check(authorizer, Asked("", group))),
    "serviceAccount": _of(Authorizer, _service_account),
    "resource": _of(Check, _resource),
    "subresource": _of(Check, lambda check, part: Check(check.authorizer, check.asked, part)),
    "namespace": _of(Check, lambda check, namespace: _with(check, namespace=namespace)),
    "name": _of(Check, lambda check, name: _with(check, name=name)),
    "fieldSelector": _of(Check, lambda check, _text: check),
    "labelSelector": _of(Check, lambda check, _text: check),
    "check": _of(Check, _decision),
    "allowed": _of(Verdict, lambda verdict: verdict.allowed),
    "errored": _of(Verdict, lambda _verdict: False),
    "error": _of(Verdict, lambda _verdict: ""),
    "reason": _of(Verdict, lambda verdict: verdict.reason),
}
"""Roles know of no selectors."""
