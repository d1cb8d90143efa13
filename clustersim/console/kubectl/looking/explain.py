"""`kubectl explain`: a kind or a field of it, with the fields below, from the Structs of the API.

Sources: v1.7.5, v1.8.0 pkg/kubectl/explain (form of v1.8: KIND, VERSION, RESOURCE); v1.36 k8s.io/kubectl
pkg/explain. The sentences are those of the model's own Structs.
"""

from collections.abc import Iterable
from typing import Any, Final, get_args, get_origin

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.decoder import field_hints, stripped
from clustersim.api.fields import fields_of
from clustersim.api.meta import ApiStruct
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.kubectl.looking.explain_added import explained_added
from clustersim.console.kubectl.looking.explain_page import no_field, page, wrapped
from clustersim.releases.api_versions import API_VERSIONS

DEEPEST: Final = 12


def explained(api: Api, path: str, *, recursive: bool = False, version: str = "") -> str:
    """What stands there for "pods" or "deployment.spec.strategy". version: of the API, the usual one where
    none is named. Raises Said."""
    kind, *names = path.strip(".").split(".")
    resource = api.resources[_named(api, kind)]
    if version and version not in resource.versions[api.release]:
        raise Said(_not_there(api, resource, version))
    api_version = version or api.api_version(resource.plural)
    if resource.definition is not None:
        return explained_added(api, resource, api_version, names, recursive=recursive)
    struct: Any = resource.type
    told, field_type = _sentence(struct), ""
    for index, name in enumerate(names):
        found = (
            _fields(api, struct, api_version)
            if isinstance(struct, type) and issubclass(struct, ApiStruct)
            else {}
        )
        if name in ("kind", "apiVersion") and index == 0:
            return page(api, resource.kind, api_version, name, "string", "", [])
        if name not in found:
            raise Said(no_field(api, resource.kind, api_version, name))
        hint = found[name]
        field_type, struct = _type(hint, today=api.today), _struct_of(hint)
        told = _sentence(struct) if struct is not None else ""
    fields = (
        list(_lines(api, struct, api_version, recursive=recursive, depth=0)) if struct is not None else []
    )
    return page(api, resource.kind, api_version, names[-1] if names else "", field_type, told, fields)


def _not_there(api: Api, resource: Resource, version: str) -> str:
    """What is said of a version that does not have the kind (v1.7.5 pkg/kubectl/explain.go, client-go
    discovery; v1.8.0 pkg/kubectl/cmd/explain.go; v1.36 kubectl pkg/explain/v2)."""
    if version.count("/") > 1:
        return f"error: unexpected GroupVersion string: {version}"
    group, _slash, short = version.rpartition("/")
    added = (found for found in api.resources.values() if found.definition is not None)
    served = {*API_VERSIONS[api.version], *(one for found in added for one in found.versions[api.release])}
    if api.today:
        named = f"{group}/{short}, Resource={resource.word}"
        if version not in served:
            return f'error: couldn\'t find resource for "{named}"'
        return f"error: GVR ({named}) not found in OpenAPI schema"
    if api.release == "v1.8":
        return f'error: Couldn\'t find resource for "{group}/{short}, Kind={resource.kind}"'
    if version not in served:
        every = " ".join(API_VERSIONS[api.version])
        return f"error: API version: {version} is not supported by the server. Use one of: [{every}]"
    return f'error: requested resource "{resource.singular}" is not defined'


def _named(api: Api, kind: str) -> str:
    try:
        return api.named(kind)
    except Said as said:
        raise Said(said.text.removeprefix("error: ") if api.today else said.text) from None


def _sentence(struct: Any) -> str:
    return " ".join((getattr(struct, "__doc__", "") or "").split())


def _fields(api: Api, struct: type[ApiStruct], api_version: str) -> dict[str, Any]:
    hints = field_hints(struct)
    known = fields_of(struct, api.release, api_version)
    return {name: hints[field.name] for name, field in known.items()}


def _lines(api: Api, struct: Any, api_version: str, *, recursive: bool, depth: int) -> Iterable[str]:
    found = _fields(api, struct, api_version)
    if (
        issubclass(struct, msgspec.Struct)
        and depth == 0
        and "metadata" in found
        and "spec" not in dir(object)
    ):
        found = {"apiVersion": str, "kind": str, **found} if _is_root(api, struct) else found
    indent = "  " * depth + ("  " if api.today else "   ")
    for name in sorted(found):
        inner = _struct_of(found[name])
        yield f"{indent}{name}\t<{_type(found[name], today=api.today)}>"
        if recursive and inner is not None and depth < DEEPEST:
            yield from _lines(api, inner, api_version, recursive=True, depth=depth + 1)
        elif not recursive:
            told = _sentence(inner) if inner is not None else ""
            yield from wrapped(told, indent + "  ") if told else ()
            yield ""


def _is_root(api: Api, struct: Any) -> bool:
    return any(resource.type is struct for resource in api.resources.values())


def _struct_of(hint: Any) -> Any:
    """The Struct in a field's type, None for plain values."""
    inner, _format = stripped(hint)
    if isinstance(inner, type) and issubclass(inner, ApiStruct):
        return inner
    return next((found for one in get_args(inner) if (found := _struct_of(one)) is not None), None)


def _type(hint: Any, *, today: bool) -> str:
    """As kubectl writes types: string, integer, []Object, map[string]string; today structs by their names."""
    inner, form = stripped(hint)
    origin, arguments = get_origin(inner), get_args(inner)
    if origin is tuple:
        return f"[]{_type(arguments[0], today=today)}"
    if origin is dict:
        return f"map[string]{_type(arguments[1], today=today)}"
    if isinstance(inner, type) and issubclass(inner, ApiStruct):
        return inner.__name__ if today else "Object"
    if arguments:
        kinds = [one for one in arguments if one is not type(None)]
        return (
            _type(kinds[0], today=today) if len(kinds) == 1 else "IntOrString" if int in kinds else "Object"
        )
    if inner is Any:
        return "Object"
    if form == "quantity":
        return "string"
    return {bool: "boolean", int: "integer", float: "number"}.get(inner, "string")
