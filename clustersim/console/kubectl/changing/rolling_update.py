"""`kubectl rolling-update` of v1.7 and v1.8: what it refuses, what it makes of an image, and what it prints.

Source: v1.7.5, v1.8.0 pkg/kubectl/cmd/rollingupdate.go, pkg/kubectl/rolling_updater.go.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from clustersim.api.core.controller import ReplicationController
from clustersim.api.meta import ObjectMeta
from clustersim.api.registry import to_builtins
from clustersim.command import Command
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.files import read_manifests
from clustersim.console.kubectl.made import decoded
from clustersim.console.kubectl.misuse import misused
from clustersim.console.kubectl.selection import namespace_of
from clustersim.console.kubectl.waits import GOES_ON, begin, duration_of, facts_of
from clustersim.engine.time import MINUTE, SECOND
from clustersim.i18n import Message, _

RC: Final = "replicationcontrollers"


def rolling_update(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Begin one. Raises Said."""
    arguments = commands.read("rolling-update", words, api.release)
    old = _old(api, arguments)
    if arguments.has("rollback"):
        raise Said(note=_("This console rolls back by an update to the old image."))
    if arguments.value("image"):
        new, renames = _with_image(old, arguments)
    else:
        new, renames = _of_file(api, arguments, stdin, old), False
    if api.find(RC, new.metadata.namespace, new.metadata.name) is not None:
        raise Said(
            f'Error from server (AlreadyExists): replicationcontrollers "{new.metadata.name}" already exists'
        )
    if arguments.has("dry-run"):
        told = [f"Rolling from:\n{old.metadata.name}", f"To:\n{new.metadata.name}"]
        return Answer(text="\n".join(told))
    key = arguments.value("deployment-label-key", "deployment")
    args: dict[str, Any] = {
        "manifest": msgspec.json.encode(to_builtins(new, "v1")).decode(),
        "renames": renames,
        "period_s": duration_of(arguments, "update-period", MINUTE) // SECOND,
        "interval_s": max(1, duration_of(arguments, "poll-interval", 3 * SECOND) // SECOND),
        "timeout_s": duration_of(arguments, "timeout", 5 * MINUTE) // SECOND,
    }
    if arguments.value("image") and key not in old.spec.selector:
        args |= {"key": key, "value": _hash(old)}
    namespace, name = old.metadata.namespace, old.metadata.name
    target = f"rc/{name}" if namespace == "default" else f"rc/{namespace}/{name}"
    api.commands.append(Command("rolling-update", target, args))
    return Answer(note=Message(GOES_ON), follow=begin(api, ()))


def follow(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """It goes on: the lines it has printed since. Raises Said."""
    new, runs = facts_of(api, position)
    text = "\n".join(fact.message for fact in new)
    if not any(run.goes_on for run in runs):
        return Answer(text=text, ok=not any(run.failed for run in runs))
    return Answer(text=text, follow=replace(position, told=position.told + len(new)))


def _old(api: Api, arguments: Arguments) -> Any:
    words = arguments.words
    named, image = arguments.given("filename"), arguments.value("image")
    if not named and not image:
        raise misused(api, "rolling-update", "Must specify --filename or --image for new controller")
    if named and image:
        raise misused(api, "rolling-update", "--filename and --image can not both be specified")
    if not words:
        raise misused(api, "rolling-update", "Must specify the controller to update")
    if len(words) > 2 or (named and len(words) > 1):
        raise Said("error: May only specify a single filename or image for new controller")
    api.reach()
    name = words[0].removeprefix("rc/").removeprefix("replicationcontroller/")
    return api.get(RC, namespace_of(arguments) or "default", name)


def _hash(old: Any) -> str:
    return hashlib.md5(msgspec.json.encode(old), usedforsecurity=False).hexdigest()


def _with_image(old: Any, arguments: Arguments) -> tuple[ReplicationController, bool]:
    """The same with another image, under another label; and whether its name is only a passing one."""
    image, wanted = arguments.value("image"), arguments.value("container")
    containers = old.spec.template.spec.containers
    if len(containers) > 1 and not wanted:
        raise Said(
            "error: Must specify --container when updating to a new image of a controller with several "
            "containers"
        )
    names = [one.name for one in containers]
    chosen = names.index(wanted) if wanted in names else 0 if not wanted else -1
    if chosen < 0:
        raise Said(f"error: container {wanted} not found in pod")
    if containers[chosen].image == image:
        raise Said("error: Specified --image must be distinct from existing container image")
    changed = tuple(
        replace(one, image=image) if index == chosen else one for index, one in enumerate(containers)
    )
    template = old.spec.template
    key = arguments.value("deployment-label-key", "deployment")
    mark = hashlib.md5((_hash(old) + image).encode(), usedforsecurity=False).hexdigest()
    name = arguments.words[1] if len(arguments.words) > 1 else f"{old.metadata.name}-{mark}"
    labels = {**template.metadata.labels, key: mark}
    inner = replace(template.spec, containers=changed)
    spec = replace(
        old.spec,
        selector={**old.spec.selector, key: mark},
        template=replace(template, metadata=replace(template.metadata, labels=labels), spec=inner),
    )
    metadata = ObjectMeta(
        name=name,
        namespace=old.metadata.namespace,
        labels=old.metadata.labels,
        annotations=old.metadata.annotations,
    )
    return ReplicationController(metadata=metadata, spec=spec), len(arguments.words) < 2


def _of_file(api: Api, arguments: Arguments, stdin: str, old: Any) -> ReplicationController:
    """The one that a manifest describes. Raises Said."""
    manifests = read_manifests(api, arguments, stdin)
    if len(manifests.found) != 1:
        raise Said("\n".join(manifests.errors) or "error: please make sure there is exactly one object")
    manifest = manifests.found[0]
    if manifest.resource != RC:
        kind = api.resources[manifest.resource].kind
        raise Said(f"error: {kind} is not a ReplicationController, from {manifest.source}")
    new: ReplicationController = decoded(api, manifest, arguments)
    if (manifest.plain.get("spec") or {}).get("replicas") is None:
        new = replace(new, spec=replace(new.spec, replicas=old.spec.replicas))
    if new.metadata.name == old.metadata.name:
        raise Said(
            f"error: {manifest.source} cannot have the same name as the existing ReplicationController "
            f"{old.metadata.name}"
        )
    shared = [key for key in old.spec.selector if key in new.spec.selector]
    if not any(new.spec.selector[key] != old.spec.selector[key] for key in shared):
        raise Said(
            f"error: {manifest.source} must specify a matching key with non-equal value in Selector for "
            f"{old.metadata.name}"
        )
    return new
