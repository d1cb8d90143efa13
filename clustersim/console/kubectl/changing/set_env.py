"""`kubectl set env`: variables that are given, taken from ConfigMaps and Secrets, listed and taken away.

Sources: v1.8.0 pkg/kubectl/cmd/set/set_env.go; v1.36 k8s.io/kubectl pkg/cmd/set/set_env.go, env.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from clustersim.api.downward import amount, metadata_value
from clustersim.api.patch import ORDER
from clustersim.apiserver.validation.names import variable_name
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.selection import one_kind

_STRANGE: Final = re.compile(r"[^a-zA-Z0-9_]")
_REFERENCES: Final = {
    "configmaps": ("configMapKeyRef", "configmap"),
    "secrets": ("secretKeyRef", "secret"),
}
Plain = dict[str, Any]


class Environment:
    """What is to become of the variables of containers."""

    def __init__(self, api: Api, arguments: Arguments, words: Sequence[str]) -> None:
        """Raises Said."""
        self.api = api
        self.arguments = arguments
        texts = [*arguments.each("env"), *words]
        self.removed = [text[:-1] for text in texts if "=" not in text]
        self.wanted = [self._given(text) for text in texts if "=" in text]
        if any(one["name"] in self.removed for one in self.wanted):
            told = "can not both modify and remove the same environment variable in the same command"
            raise Said(f"error: {told}")
        if arguments.value("keys") and not arguments.value("from"):
            told = "when specifying --keys, a configmap or secret must be provided with --from"
            raise Said(f"error: {told}")
        if arguments.value("from"):
            self.wanted += self._taken(arguments.value("from"))
        prefix = arguments.value("prefix")
        self.wanted = [{**one, "name": f"{prefix}{one['name']}"} for one in self.wanted]

    def _given(self, text: str) -> Plain:
        name, _equals, value = text.partition("=")
        # kubectl still asks what names of variables had to be until v1.31.
        if reasons := variable_name(name, "v1.8" if self.api.today else self.api.release):
            raise Said(f'error: "{name}" is not a valid key name: {";".join(reasons)}')
        return {"name": name, "value": value}

    def _taken(self, source: str) -> Iterator[Plain]:
        """The keys of a ConfigMap or Secret."""
        self.api.reach()
        one = one_kind(self.api, [source], "set env")
        namespace = self.arguments.value("namespace", "default")
        keys = self.arguments.several("keys")
        for name in one.names:
            found = self.api.get(one.resource, namespace, name)
            if one.resource not in _REFERENCES:
                raise Said("error: unsupported resource specified in --from")
            field, _kind = _REFERENCES[one.resource]
            for key in sorted(found.data):
                if not keys or key in keys:
                    yield {"name": self._name(key), "valueFrom": {field: {"key": key, "name": name}}}

    def _name(self, key: str) -> str:
        name = _STRANGE.sub("_", key).upper()
        if name != key and self.api.today:
            self.api.warnings.append(f"Warning: key {key} transferred to {name}")
        return name

    def check(self, containers: Sequence[Plain], name: str) -> None:
        """Raises Said where a variable has a value, and must keep it."""
        if self.arguments.has("overwrite", True):
            return
        for container in containers:
            values = {one["name"]: one.get("value", "") for one in container.get("env", ())}
            for one in self.wanted:
                old = values.get(one["name"])
                if old is not None and old != one.get("value", ""):
                    told = f"'{one['name']}' already has a value ({old}), and --overwrite is false"
                    raise Said(f"error: {name} {told}")

    def of(self, container: Plain) -> list[Plain]:
        """What is to be changed of a container's variables."""
        known = {one["name"]: one for one in container.get("env", ())}
        gone = [{"name": name, "$patch": "delete"} for name in self.removed if name in known]
        new = [one for one in self.wanted if known.get(one["name"]) != one]
        return [*gone, *(_instead(one, known.get(one["name"], {})) for one in new)]

    def order(self, container: Plain) -> Plain:
        """How a patch says that new variables stand behind the others
        (apimachinery pkg/util/strategicpatch/patch.go, setElementOrder)."""
        known = [one["name"] for one in container.get("env", ()) if one["name"] not in self.removed]
        names = dict.fromkeys([*known, *(one["name"] for one in self.wanted)])
        return {f"{ORDER}env": [{"name": name} for name in names]}

    def listed(self, obj: Any, spec: Any, container: Plain) -> Iterator[str]:
        """--list: the variables, with --resolve also the values that are kept elsewhere."""
        for one in container.get("env", ()):
            source = one.get("valueFrom")
            if source is None:
                yield f"{one['name']}={one.get('value', '')}"
                continue
            value = self._resolved(obj, spec, container, source) if self.arguments.has("resolve") else None
            if value is None:
                yield f"# {one['name']} from {_told(source)}"
            else:
                yield f"{one['name']}={value}"

    def _resolved(self, obj: Any, spec: Any, container: Plain, source: Plain) -> str | None:
        for resource, (field, _kind) in _REFERENCES.items():
            if (key := source.get(field)) is not None:
                found = self.api.find(resource, obj.metadata.namespace, key["name"])
                text = None if found is None else found.data.get(key["key"])
                if text is None or resource == "configmaps":
                    return text
                return base64.b64decode(text).decode("utf-8", "replace")
        if (path := source.get("fieldRef")) is not None:
            return metadata_value(obj, path["fieldPath"])
        own = next(one for one in (*spec.containers, *spec.init_containers) if one.name == container["name"])
        reference = next(one.value_from for one in own.env if one.value_from is not None)
        return amount(own, reference.resource_field_ref, {}) if reference.resource_field_ref else None


def _instead(new: Plain, old: Plain) -> Plain:
    """The patch of a variable that has another value, or another source."""
    before, after = old.get("valueFrom"), new.get("valueFrom")
    if before is None:
        return {**new, "value": None} if after is not None and "value" in old else new
    if after is None:
        return {**new, "valueFrom": None}
    return {**new, "valueFrom": {**dict.fromkeys(before), **after}}


def _told(source: Plain) -> str:
    """Where a value comes from (env_resolve.go GetEnvVarRefString)."""
    for field, kind in _REFERENCES.values():
        if (key := source.get(field)) is not None:
            return f"{kind} {key['name']}, key {key['key']}"
    if (path := source.get("fieldRef")) is not None:
        return f"field path {path['fieldPath']}"
    resource = source.get("resourceFieldRef") or {}
    prefix = f"{resource['containerName']}/" if resource.get("containerName") else ""
    return f"resource field {prefix}{resource.get('resource', '')}"
