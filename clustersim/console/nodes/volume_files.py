"""Files that a container's volumes bring: keys of ConfigMaps and Secrets, what a pod is told of itself, and
how its ServiceAccount is known to the API server.

Sources: v1.36 pkg/volume/configmap, secret, downwardapi, projected (collectData), pkg/volume/volume_linux.go
(SetVolumeOwnership); plugin/pkg/admission/serviceaccount (kube-api-access).
"""

import posixpath
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from clustersim.api.timestamp import micros
from clustersim.apiserver.tokens import Named, token_of
from clustersim.console.nodes.container_environment import of_pod
from clustersim.console.nodes.files import files_of, text_of
from clustersim.console.nodes.held import held_by, in_volumes, keys_held
from clustersim.console.nodes.host import Host
from clustersim.flags.configuration import READ_UNITS
from clustersim.kubectl.manifest import plain_object, to_yaml
from clustersim.runtime.records import Container, Held
from clustersim.workstation.files import MACHINES

API_ACCESS: Final = "/var/run/secrets/kubernetes.io/serviceaccount"
"""Where today every container finds how to speak to the API server. The volume is not written into the pods
of this model."""
_ROOT_CERTIFICATE: Final = "kube-root-ca.crt"
_OF_ACCESS: Final = 0o644
_TOKEN_SECONDS: Final = 3607
_GROUP_READS: Final = 0o440
"""What a group that owns a volume which cannot be written is given beside."""


class VolumeFile(NamedTuple):
    """What is in a file, and who may do what with it."""

    text: str
    mode: int


def files_of_volumes(
    api: Any, pod: Any, spec: Any, record: Container | None, *, as_begun: bool = False
) -> dict[str, VolumeFile]:
    """By path. A part of a volume is that of the time when the container was made. as_begun: all are, where
    that is kept (programs.reads_settings)."""
    volumes = {volume.name: volume for volume in pod.spec.volumes}
    now, then = in_volumes(api, pod), held_by(record)
    found = _api_access(api, pod, spec)
    for mount in spec.volume_mounts:
        held = then if as_begun or mount.sub_path or mount.sub_path_expr else now
        files = _of_volume(api, held, pod, volumes[mount.name]) if mount.name in volumes else {}
        if folder := "" if record is None else record.host_paths.get(mount.name, ""):
            files = {**files, **_of_machine(api, pod.spec.node_name, folder)}
        below = mount.sub_path.rstrip("/") if record is None else record.part_of(mount)
        if below:
            files = {
                path.removeprefix(below).lstrip("/"): file
                for path, file in files.items()
                if path == below or path.startswith(f"{below}/")
            }
        for path, file in files.items():
            found[posixpath.join(mount.mount_path, path).rstrip("/")] = file
    return found


def _of_machine(api: Any, node: str, folder: str) -> dict[str, VolumeFile]:
    """What is below a folder of the machine: what it writes itself, except for the logs of containers, and
    what people have written."""
    host, inside = Host(api.cluster, node), f"{folder.rstrip('/')}/"
    kept = f"{MACHINES}/{node}"
    typed = {name: text for name, text in api.files.items() if name.startswith(f"{kept}/")}
    state = host.machine.state
    texts: dict[str, str | None] = {}
    texts |= {path: f"{found(host)}\n" for path, found in files_of(host).items() if path.startswith(inside)}
    texts |= {path: to_yaml(plain_object(pod, api.release)) for path, pod in state.manifests.items()}
    texts |= {name.removeprefix(kept): text for name, text in typed.items()}
    texts |= state.configurations
    return {
        path.removeprefix(inside): VolumeFile(text, _OF_ACCESS)
        for path, text in texts.items()
        if text is not None and path.startswith(inside) and not path.startswith(READ_UNITS)
    }


def is_in_memory(pod: Any, spec: Any, path: str) -> bool:
    """The volume that is mounted there is of the machine's memory."""
    named = {one.name for one in spec.volume_mounts if one.mount_path.rstrip("/") == path.rstrip("/")}
    return any(
        volume.secret is not None
        or volume.projected is not None
        or (volume.empty_dir is not None and volume.empty_dir.medium == "Memory")
        for volume in pod.spec.volumes
        if volume.name in named
    )


def _of_volume(
    api: Any, held: Mapping[tuple[str, str], Held], pod: Any, volume: Any
) -> dict[str, VolumeFile]:
    security = pod.spec.security_context
    more = 0 if security is None or security.fs_group is None else _GROUP_READS
    return {
        path: file._replace(mode=file.mode | more)
        for path, file in _collected(api, held, pod, volume).items()
    }


def _collected(
    api: Any, held: Mapping[tuple[str, str], Held], pod: Any, volume: Any
) -> dict[str, VolumeFile]:
    if (config_map := volume.config_map) is not None:
        keys = keys_held(held, "configmaps", config_map.name)
        return _keys(keys, config_map.items, config_map.default_mode)
    if (secret := volume.secret) is not None:
        return _keys(keys_held(held, "secrets", secret.secret_name), secret.items, secret.default_mode)
    if (downward := volume.downward_api) is not None:
        return _told(api, pod, downward.items, downward.default_mode)
    if volume.host_path is not None:
        text = text_of(Host(api.cluster, pod.spec.node_name), volume.host_path.path)
        return {} if text is None else {"": VolumeFile(f"{text}\n", _OF_ACCESS)}
    found: dict[str, VolumeFile] = {}
    projected = volume.projected
    for part in () if projected is None else projected.sources:
        for resource, one in (("configmaps", part.config_map), ("secrets", part.secret)):
            if one is not None:
                found.update(_keys(keys_held(held, resource, one.name), one.items, projected.default_mode))
        if part.downward_api is not None:
            found.update(_told(api, pod, part.downward_api.items, projected.default_mode))
        if (wanted := part.service_account_token) is not None:
            seconds = wanted.expiration_seconds or 3600
            token = _token(api, pod, seconds, wanted.audience)
            found[wanted.path] = VolumeFile(token, projected.default_mode)
    return found


def _keys(data: Mapping[str, str], items: Sequence[Any], mode: int) -> dict[str, VolumeFile]:
    """All keys, or those that are named, at their paths."""
    if not items:
        return {key: VolumeFile(text, mode) for key, text in data.items()}
    return {item.path: VolumeFile(data[item.key], _mode(item, mode)) for item in items if item.key in data}


def _told(api: Any, pod: Any, items: Sequence[Any], mode: int) -> dict[str, VolumeFile]:
    """What the pod is told of itself."""
    return {item.path: VolumeFile(of_pod(api, pod, item), _mode(item, mode)) for item in items}


def _mode(item: Any, mode: int) -> int:
    return mode if item.mode is None else int(item.mode)


# --- how the API server knows a pod ------------------------------------------------------------------------


def _api_access(api: Any, pod: Any, spec: Any) -> dict[str, VolumeFile]:
    """The token of its ServiceAccount, the certificate of the API server, and the name of its namespace."""
    taken = any(mount.mount_path.rstrip("/") == API_ACCESS for mount in spec.volume_mounts)
    account = _account(api, pod)
    if not api.today or taken or account is None or not _wants_access(pod, account):
        return {}
    root = api.find("configmaps", pod.metadata.namespace, _ROOT_CERTIFICATE)
    texts = {
        "ca.crt": "" if root is None else root.data.get("ca.crt", ""),
        "namespace": pod.metadata.namespace,
        "token": _token(api, pod, _TOKEN_SECONDS, ""),
    }
    return {f"{API_ACCESS}/{name}": VolumeFile(text, _OF_ACCESS) for name, text in texts.items()}


def _account(api: Any, pod: Any) -> Any:
    return api.find("serviceaccounts", pod.metadata.namespace, pod.spec.service_account_name or "default")


def _wants_access(pod: Any, account: Any) -> bool:
    """What the pod says, then what its ServiceAccount says (ShouldAutomount)."""
    for one in (pod.spec, account):
        if one.automount_service_account_token is not None:
            return bool(one.automount_service_account_token)
    return True


def _token(api: Any, pod: Any, seconds: int, audience: str) -> str:
    """The one that the kubelet asked for last: when the pod began, and again whenever four fifths of the time
    are over for which it is good (pkg/kubelet/token/token_manager.go)."""
    account = _account(api, pod)
    if account is None:
        return ""
    began, seed = micros(pod.metadata.creation_timestamp), api.cluster.scenario.seed
    began += (api.now - began) // (renewed := seconds * 800_000) * renewed
    bound = {"kind": "Pod", "apiVersion": "v1", "name": pod.metadata.name, "uid": pod.metadata.uid}
    audiences = (audience,) if audience else ()
    found = api.find("nodes", "", pod.spec.node_name)
    node = None if found is None else Named(found.metadata.name, found.metadata.uid)
    answer = token_of(seed, account, began, seconds=seconds, audiences=audiences, bound=bound, node=node)
    return str(answer["status"]["token"])
