"""`kubectl debug`: a container beside those of a pod, a copy of a pod, or a pod with a node's namespaces.

Source: v1.36 k8s.io/kubectl pkg/cmd/debug/debug.go, profiles.go.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from clustersim.api.core_v1 import Container
from clustersim.api.patch import strategic_merge_patch
from clustersim.api.pod_containers import every_status
from clustersim.api.request import Request
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import patch_of
from clustersim.console.kubectl.files import recognized
from clustersim.console.kubectl.made import decoded
from clustersim.console.kubectl.making.data_generators import text_at
from clustersim.console.kubectl.output import plain_of, without_managers
from clustersim.console.kubectl.pods import logs
from clustersim.console.kubectl.pods.attaching import introduction, is_typed_into
from clustersim.console.kubectl.selection import namespace_of
from clustersim.console.kubectl.waits import GOES_ON, begin, split
from clustersim.console.nodes.sessions import ATTACHED, entered
from clustersim.i18n import Message
from clustersim.yaml_documents import ManifestError

Plain = dict[str, Any]

PROFILES: Final = ("general", "baseline", "restricted", "netadmin", "sysadmin", "legacy")
_LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"
_LEGACY: Final = (
    "--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other "
    'profile, for example "--profile=general".'
)
_PROBES: Final = {"liveness": "livenessProbe", "readiness": "readinessProbe", "startup": "startupProbe"}
_FIXED: Final = ("name", "command", "image", "lifecycle", "volumeDevices")
_POLICIES: Final = ("", "Always", "IfNotPresent", "Never")


class Debug(NamedTuple):
    """What was asked for, and the lines that are told of it."""

    api: Api
    arguments: Arguments
    lines: list[str]
    custom: Plain
    made: list[str]
    """The containers that were made, as "pods/NAMESPACE/POD/CONTAINER"."""

    @property
    def profile(self) -> str:
        return self.arguments.value("profile", "general")


def debug(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    arguments = commands.read("debug", words, api.release)
    _check(arguments)
    asked = Debug(api, arguments, [], _custom(api, arguments.value("custom")), [])
    if arguments.value("target") and not arguments.has("quiet"):
        asked.lines.append(
            f'Targeting container "{arguments.value("target")}". If you don\'t see processes from this '
            "container it may be because the container runtime doesn't support this feature."
        )
    if asked.profile == "legacy":
        asked.lines.append(_LEGACY)
    api.reach()
    for word in arguments.words:
        kind, slash, name = word.partition("/")
        resource = api.named(kind) if slash else "pods"
        obj = api.get(resource, namespace_of(arguments) or "", name if slash else word)
        if resource == "nodes":
            _beside_node(asked, obj.metadata.name)
        elif resource != "pods":
            version, told = api.api_version(resource), api.resources[resource].kind
            raise Said(f'error: "{version}, Kind={told}" not supported by debug')
        elif arguments.value("copy-to"):
            _copy(asked, obj)
        else:
            _beside(asked, obj)
    text = "\n".join(asked.lines)
    if not asked.made or not arguments.has("attach", arguments.has("stdin")):
        return Answer(text=text)
    return Answer(text=text, note=Message(GOES_ON), follow=begin(api, asked.made[-1:]))


def follow(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """It waits until the container runs, and is then at its input and output. Raises Said."""
    arguments = commands.read("debug", words, api.release)
    api.reach()
    [waited] = position.waits_for or [""]
    _pods, namespace, name, container = split(waited)
    pod = api.get("pods", namespace, name)
    status = next((one for one in every_status(pod) if one.name == container), None)
    if status is not None and status.state.terminated is not None:
        return logs.logs(api, [name, "-c", container, "-n", namespace], "")
    if status is None or status.state.running is None:
        return Answer(follow=replace(position, since=api.revision))
    text = "\n".join(introduction(api, arguments))
    if arguments.has("stdin") and is_typed_into(pod, container):
        return Answer(text=text, where=entered(api, pod, container, how=ATTACHED))
    return Answer(text=text)


def _check(arguments: Arguments) -> None:
    """Raises Said (DebugOptions.Validate)."""
    image, images = arguments.value("image"), arguments.several("set-image")
    copies, command = bool(arguments.value("copy-to")), arguments.after
    container = arguments.value("container")
    if arguments.value("profile", "general") not in PROFILES:
        raise Said(f"error: unknown profile: {arguments.value('profile')}")
    only = {name: arguments.has(name) for name in ("replace", "same-node")} | {"set-image": bool(images)}
    wrong = next((name for name, given in only.items() if given and not copies), "")
    told = ""
    if arguments.given("attach") and arguments.has("attach") and not image and not container:
        told = "you must specify --container or create a new container using --image in order to attach."
    elif copies and not image and not images and not command:
        told = "you must specify --image, --set-image or command arguments."
    elif copies and command and not container and not image:
        told = "you must specify an existing container or a new image when specifying args."
    elif wrong:
        told = f"--{wrong} may only be used with --copy-to."
    elif not copies and not image:
        told = "you must specify --image when not using --copy-to."
    elif not arguments.words:
        told = "NAME or filename is required for debug"
    elif arguments.value("image-pull-policy") not in _POLICIES:
        told = f"invalid image pull policy: {arguments.value('image-pull-policy')}"
    elif arguments.value("target") and copies:
        told = "--target is incompatible with --copy-to. Use --share-processes instead."
    elif arguments.has("tty") and not arguments.has("stdin"):
        told = "-i/--stdin is required for containers with -t/--tty=true"
    if told:
        raise Said(f"error: {told}")


# --- three ways ------------------------------------------------------------------------------------


def _beside(asked: Debug, pod: Any) -> None:
    """A container joins those that run."""
    plain = plain_of(asked.api, pod)
    container = _container(asked, _name(asked, plain))
    if target := asked.arguments.value("target"):
        container["targetContainerName"] = target
    _secure(asked.profile, container)
    container = _customized(asked, container)
    asked.made.append(f"pods/{pod.metadata.namespace}/{pod.metadata.name}/{container['name']}")
    body = {"spec": {"ephemeralContainers": [container]}}
    asked.api.ask(patch_of("pods", pod, body, subresource="ephemeralcontainers"))


def _copy(asked: Debug, pod: Any) -> None:
    """Another pod like it, with another container, image or command."""
    api, arguments = asked.api, asked.arguments
    old = without_managers(plain_of(api, pod))
    spec, metadata = dict(old["spec"]), old["metadata"]
    spec.pop("ephemeralContainers", None)
    if arguments.given("share-processes"):
        spec["shareProcessNamespace"] = arguments.has("share-processes")
    if not arguments.has("same-node"):
        spec.pop("nodeName", None)
    images = dict(one.partition("=")[::2] for one in arguments.several("set-image"))
    spec["containers"] = [
        {**one, "image": images.get(one["name"]) or images.get("*") or one["image"]}
        for one in spec["containers"]
    ]
    kept: Plain = {"name": arguments.value("copy-to"), "namespace": metadata["namespace"]}
    kept |= {field: metadata[field] for field in ("annotations", "labels") if metadata.get(field)}
    copied: Plain = {"apiVersion": "v1", "kind": "Pod", "metadata": kept, "spec": spec}
    name = arguments.value("container")
    if all(one["name"] != name for one in spec["containers"]):
        if not arguments.value("image"):
            if not images:
                raise Said("error: you must specify image when creating new container")
            _make(api, arguments, copied)
            _gone(asked, pod)
            return
        name = _name(asked, copied)
        spec["containers"].append({"name": name, "terminationMessagePolicy": "File"})
    place = next(at for at, one in enumerate(spec["containers"]) if one["name"] == name)
    spec["containers"][place] = {**spec["containers"][place], **_container(asked, name)}
    _profile_of_copy(asked, copied)
    _secure(asked.profile, spec["containers"][place])
    spec["containers"][place] = _customized(asked, spec["containers"][place])
    asked.made.append(f"pods/{metadata['namespace']}/{arguments.value('copy-to')}/{name}")
    _make(api, arguments, copied)
    _gone(asked, pod)


def _gone(asked: Debug, pod: Any) -> None:
    if asked.arguments.has("replace"):
        metadata = pod.metadata
        asked.api.ask(Request("delete", "pods", metadata.namespace, metadata.name, grace_seconds=0))


def _beside_node(asked: Debug, node: str) -> None:
    """A pod on a node, which sees what is the node's."""
    name = asked.arguments.value("container") or "debugger"
    pod_name = f"node-debugger-{node}-{_suffix(asked, node)}"
    if not asked.arguments.has("quiet"):
        asked.lines.append(f"Creating debugging pod {pod_name} with container {name} on node {node}.")
    container = _container(asked, name)
    spec: Plain = {
        "containers": [container],
        "nodeName": node,
        "restartPolicy": "Never",
        "tolerations": [{"operator": "Exists"}],
    }
    if asked.profile in ("general", "legacy", "sysadmin"):
        spec["volumes"] = [{"name": "host-root", "hostPath": {"path": "/"}}]
        container["volumeMounts"] = [{"name": "host-root", "mountPath": "/host"}]
    if asked.profile in ("general", "legacy", "netadmin", "sysadmin"):
        spec |= {"hostNetwork": True, "hostPID": True, "hostIPC": True}
    if asked.profile != "general":
        _secure(asked.profile, container)
    spec["containers"] = [_customized(asked, container)]
    labels = {"app.kubernetes.io/managed-by": "kubectl-debug"}
    plain = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": pod_name, "labels": labels},
        "spec": spec,
    }
    asked.made.append(f"pods/{namespace_of(asked.arguments) or 'default'}/{pod_name}/{name}")
    _make(asked.api, asked.arguments, plain)


def _make(api: Api, arguments: Arguments, plain: Plain) -> None:
    manifest = recognized(api, "STDIN", plain, arguments)
    api.ask(manifest.creation(decoded(api, manifest, arguments)))


# --- the container ---------------------------------------------------------------------------------


def _container(asked: Debug, name: str) -> Plain:
    """What is said of it on the line."""
    arguments = asked.arguments
    found: Plain = {"name": name, "terminationMessagePolicy": "File"}
    if image := arguments.value("image"):
        found["image"] = image
    if policy := arguments.value("image-pull-policy"):
        found["imagePullPolicy"] = policy
    if variables := arguments.several("env"):
        pairs = [one.partition("=") for one in variables]
        found["env"] = [{"name": key, "value": value} for key, _equals, value in pairs]
    if arguments.after:
        found["args" if arguments.has("arguments-only") else "command"] = list(arguments.after)
    found |= {flag: True for flag in ("stdin", "tty") if arguments.has(flag)}
    return found


def _name(asked: Debug, pod: Plain) -> str:
    """The name that was given, or a new one."""
    if name := asked.arguments.value("container"):
        return name
    name = f"debugger-{_suffix(asked, pod['metadata']['name'])}"
    if not asked.arguments.has("quiet"):
        asked.lines.append(f"Defaulting debug container name to {name}.")
    return name


def _suffix(asked: Debug, about: str) -> str:
    """Five letters, others at every revision."""
    digest = hashlib.sha256(f"{about} {asked.api.revision} {len(asked.api.commands)}".encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:5])


def _profile_of_copy(asked: Debug, pod: Plain) -> None:
    """A copy is no backend of anything, and nothing probes it (KeepFlags)."""
    arguments, metadata, spec = asked.arguments, pod["metadata"], pod["spec"]
    if not arguments.has("keep-labels"):
        metadata.pop("labels", None)
    if asked.profile == "legacy":
        return
    if not arguments.has("keep-annotations"):
        metadata.pop("annotations", None)
    gone = [field for flag, field in _PROBES.items() if not arguments.has(f"keep-{flag}")]
    spec["containers"] = [
        {field: value for field, value in one.items() if field not in gone} for one in spec["containers"]
    ]
    if not arguments.has("keep-init-containers", True):
        spec.pop("initContainers", None)
    spec.setdefault("shareProcessNamespace", True)


def _added(capability: str) -> Callable[[Plain], None]:
    def add(container: Plain) -> None:
        context = container.setdefault("securityContext", {})
        context.setdefault("capabilities", {}).setdefault("add", []).append(capability)

    return add


def _net_admin(container: Plain) -> None:
    _added("NET_ADMIN")(container)
    _added("NET_RAW")(container)


def _restricted(container: Plain) -> None:
    container["securityContext"] = {
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "allowPrivilegeEscalation": False,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def _customized(asked: Debug, container: Plain) -> Plain:
    """With what --custom says in a file. Raises Said."""
    if not asked.custom:
        return container
    merged: Plain = strategic_merge_patch(Container, container, asked.custom)
    return merged


def _custom(api: Api, path: str) -> Plain:
    """The part of a container that a file holds. Raises Said."""
    if not path:
        return {}
    text = text_at(api, path, f"must pass a container spec json file for custom profile: open {path}")
    try:
        documents = api.documents(text)
    except ManifestError as error:
        raise Said(f"error: {path} does not contain a valid container spec: {error.message}") from None
    found = documents[0].plain if documents else {}
    if not isinstance(found, dict):
        raise Said(f"error: {path} does not contain a valid container spec: it is no object")
    if any(found.get(field) for field in _FIXED):
        told = "name, command, image, lifecycle and volume devices are not modifiable via custom profile"
        raise Said(f"error: {told}")
    return found


def _secure(profile: str, container: Plain) -> None:
    """What a profile lets a container do."""
    match profile:
        case "general":
            _added("SYS_PTRACE")(container)
        case "baseline":
            container.pop("securityContext", None)
        case "netadmin":
            _net_admin(container)
        case "restricted":
            _restricted(container)
        case "sysadmin":
            container.setdefault("securityContext", {})["privileged"] = True
