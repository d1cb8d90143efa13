"""`kubectl set`: image, resources, env, selector, serviceaccount, subject. Sources: v1.7.5, v1.8.0
pkg/kubectl/cmd/set; v1.36 k8s.io/kubectl pkg/cmd/set."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import TEMPLATED, Change, line_of, target_of
from clustersim.console.kubectl.changing.set_env import Environment
from clustersim.console.kubectl.making.generators import amounts_of, label_selector
from clustersim.console.kubectl.making.role_generators import subjects_of
from clustersim.console.kubectl.usage import parent

_BINDINGS: Final = ("clusterrolebindings", "rolebindings")
Plain = dict[str, Any]


def set_(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl set SUBCOMMAND. Raises Said."""
    if words[:1] == ["sa"]:
        words = ["serviceaccount", *words[1:]]
    verb = parent(api, "set", words)
    arguments = commands.read(f"set {verb}", words[1:], api.release)
    kinds, given = _divided(verb, arguments.words)
    change = Change(api, arguments, line_of("set", words), typed=True)
    selected = change.objects(kinds, stdin, f"set {verb}")
    setter = _SETS[verb](change, given)
    for one in selected:
        for obj in one.objects:
            try:
                setter(one.resource, obj)
            except Said as said:
                change.failed_with(said)
    change.missing(selected)
    return change.answer()


def _divided(verb: str, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The objects that are meant, and what is set."""
    if verb in ("selector", "serviceaccount"):
        return list(words[:-1]), list(words[-1:])
    given = [word for word in words if "=" in word or (word.endswith("-") and verb == "env")]
    return [word for word in words if word not in given], given


class Containers:
    """The containers of what has some, and the patch of them."""

    def __init__(self, change: Change, resource: str, obj: Any) -> None:
        """Raises Said for what has none."""
        self.resource = resource
        api = change.api
        if resource == "pods":
            self.spec = obj.spec
        elif resource == "cronjobs" and api.today:
            self.spec = obj.spec.job_template.spec.template.spec
        elif resource in TEMPLATED:
            self.spec = obj.spec.template.spec
        else:
            version = api.api_version(resource).rpartition("/")[2]
            typed = f": *{version}.{api.resources[resource].kind}" if api.today else ""
            told = f"the object is not a pod or does not have a pod template{typed}"
            raise Said(f"error: {resource}/{obj.metadata.name} {told}")
        self.containers: list[Plain] = [msgspec.to_builtins(one) for one in self.spec.containers]
        self.first: list[Plain] = [msgspec.to_builtins(one) for one in self.spec.init_containers]
        if not api.today:
            self.first = []

    def named(self, pattern: str) -> list[Plain]:
        """Those that -c means, init containers last; "*" stands for anything."""
        wanted = re.compile(re.escape(pattern).replace(r"\*", ".*"))
        return [one for one in (*self.containers, *self.first) if wanted.fullmatch(one["name"])]

    def patch(self, changes: Sequence[Plain]) -> Plain:
        """The patch that makes these changes, by the names of containers."""
        spec: Plain = {}
        for field, known in (("containers", self.containers), ("initContainers", self.first)):
            names = [one["name"] for one in known]
            if own := [one for one in changes if one["name"] in names]:
                spec[field] = own
        return self.around(spec)

    def around(self, spec: Plain) -> Plain:
        """The patch of a pod's spec."""
        inner: Plain = {"spec": spec}
        for field in {"pods": (), "cronjobs": ("template", "spec", "jobTemplate", "spec")}.get(
            self.resource, ("template", "spec")
        ):
            inner = {field: inner}
        return inner


Setter = Callable[[str, Any], None]


def _image(change: Change, pairs: Sequence[str]) -> Setter:
    wanted = dict(pair.split("=", 1) for pair in pairs)
    asked = bool(change.arguments.words) or change.arguments.of_files
    if asked and not pairs:
        raise Said("error: at least one image update is required")
    if "*" in wanted and len(wanted) > 1:
        told = "all containers are already specified by *, but saw more than one"
        raise Said(f"error: {told} container_name=container_image pairs")

    def set_one(resource: str, obj: Any) -> None:
        found = Containers(change, resource, obj)
        every = [*found.containers, *found.first]
        for name in wanted:
            if name != "*" and all(one["name"] != name for one in every):
                change.failed_with(Said(f'error: unable to find container named "{name}"'))
        changed = [
            {"name": one["name"], "image": image}
            for one in every
            if (image := wanted.get(one["name"], wanted.get("*", one["image"]))) != one["image"]
        ]
        if not changed:
            return
        command = None
        if resource == "deployments" and len(wanted) == 1 and changed[0] in _brief(found.containers, changed):
            [(name, image)] = wanted.items()
            if name != "*" or len(every) == 1:
                args: Plain = {"image": image, "container": name.removeprefix("*")}
                command = Command("set-image", target_of(change.api, resource, obj), args)
        change.of(
            resource,
            obj,
            found.patch(changed),
            "image updated",
            command=command,
            failing="failed to patch image update to pod template:",
        )

    return set_one


def _brief(containers: Sequence[Plain], changed: Sequence[Plain]) -> list[Plain]:
    """Those changes that are of containers, and not of init containers."""
    names = [one["name"] for one in containers]
    return [one for one in changed if one["name"] in names]


def _resources(change: Change, pairs: Sequence[str]) -> Setter:
    given = {kind: amounts_of(change.arguments.several(kind)) for kind in ("limits", "requests")}
    told = {kind: amounts for kind, amounts in given.items() if amounts}
    if not told:
        form = "limits" if change.api.today else "limits or "
        raise Said(
            f"error: you must specify an update to requests or {form} (in the form of --requests/--limits)"
        )
    pattern = change.arguments.value("containers", "*")

    def set_one(resource: str, obj: Any) -> None:
        found = Containers(change, resource, obj)
        if not (chosen := found.named(pattern)):
            raise Said(f"error: unable to find container named {pattern}")
        patch = found.patch([{"name": one["name"], "resources": told} for one in chosen])
        failing = "failed to patch resources update to pod template"
        change.of(resource, obj, patch, "resource requirements updated", failing=failing)

    return set_one


def _env(change: Change, pairs: Sequence[str]) -> Setter:
    wanted = Environment(change.api, change.arguments, pairs)
    pattern = change.arguments.value("containers", "*")

    def set_one(resource: str, obj: Any) -> None:
        found = Containers(change, resource, obj)
        kind = change.api.resources[resource].kind
        if not (chosen := found.named(pattern)):
            told = f'{kind}/{obj.metadata.name} does not have any containers matching "{pattern}"'
            change.lines.append(f"Warning: {told}" if change.api.today else f"warning: {told}")
            return
        if change.arguments.has("list"):
            for one in chosen:
                change.lines.append(f"# {kind} {obj.metadata.name}, container {one['name']}")
                change.lines += wanted.listed(obj, found.spec, one)
            return
        wanted.check(chosen, f"{resource}/{obj.metadata.name}")
        changes = [(one, wanted.of(one)) for one in chosen]
        patch = [{"name": one["name"], "env": env, **wanted.order(one)} for one, env in changes if env]
        if patch:
            failing = "failed to patch env update to pod template:"
            change.of(resource, obj, found.patch(patch), "env updated", failing=failing)

    return set_one


def _selector(change: Change, given: Sequence[str]) -> Setter:
    if not given:
        raise Said("error: one selector is required")
    selector = label_selector(change.api, given[0])

    def set_one(resource: str, obj: Any) -> None:
        if resource != "services":
            raise Said("error: setting a selector is only supported for Services")
        if selector.get("matchExpressions"):
            told = " ".join(
                f"{{{one['key']} {one['operator']} [{' '.join(one.get('values', ()))}]}}"
                for one in selector["matchExpressions"]
            )
            raise Said(f"error: match expression [{told}] not supported on this object")
        labels = selector.get("matchLabels", {})
        gone = {key: None for key in obj.spec.selector if key not in labels}
        body: Plain = {"spec": {"selector": {**gone, **labels}}}
        if version := change.arguments.value("resource-version"):
            body["metadata"] = {"resourceVersion": version}
        change.of(resource, obj, body, "selector updated", kind="merge")

    return set_one


def _service_account(change: Change, given: Sequence[str]) -> Setter:
    if not given:
        raise Said("error: serviceaccount is required")

    def set_one(resource: str, obj: Any) -> None:
        patch = Containers(change, resource, obj).around({"serviceAccountName": given[0]})
        failing = "failed to patch ServiceAccountName"
        change.of(resource, obj, patch, "serviceaccount updated", kind="merge", failing=failing)

    return set_one


def _subject(change: Change, given: Sequence[str]) -> Setter:
    subjects = subjects_of(change.arguments)
    if not subjects:
        raise Said("error: you must specify at least one value of user, group or serviceaccount")

    def set_one(resource: str, obj: Any) -> None:
        if resource not in _BINDINGS:
            told = "setting subjects is only supported for RoleBinding/ClusterRoleBinding"
            raise Said(f"error: {resource}/{obj.metadata.name} {told}")
        known = [msgspec.to_builtins(one) for one in obj.subjects]
        added = [one for one in subjects if one not in known]
        if added:
            failing = "failed to patch subjects to rolebinding:"
            body = {"subjects": [*known, *added]}
            change.of(resource, obj, body, "subjects updated", kind="merge", failing=failing)

    return set_one


_SETS: Final[dict[str, Callable[[Change, Sequence[str]], Setter]]] = {
    "env": _env, "image": _image, "resources": _resources, "selector": _selector,
    "serviceaccount": _service_account, "subject": _subject,
}  # fmt: skip
