"""Inside a container, with kubectl exec or docker exec: what the model can say of it."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from clustersim.apiserver.kubernetes_service import NAME, NAMESPACE
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.http import curl
from clustersim.console.nodes.lookup import INSIDE, address_within, nslookup_within
from clustersim.console.nodes.system import date
from clustersim.console.selectors import field_text
from clustersim.i18n import _

_NAMED: Final = re.compile(r"((?:https?://)?)([a-z][-a-z0-9.]*)((?::\d+)?(?:/.*)?)")
SHELLS: Final = ("sh", "bash", "ash", "/bin/sh", "/bin/bash")


def inside(api: Any, pod: Any, container: str, command: Sequence[str]) -> Answer:
    """A command in a container of a pod. Raises Said for what only a real program could answer."""
    words = list(command)
    if words and words[0] in SHELLS:
        if len(words) < 3 or words[1] not in ("-c", "-ec", "-lc"):
            raise Said(note=_("There is no shell to stay in; give the command: kubectl exec POD -- hostname"))
        words = words[2].split()
    if not words:
        raise Said(note=_("There is no shell to stay in; give the command: kubectl exec POD -- hostname"))
    spec = next(one for one in pod.spec.containers if one.name == container)
    host = Host(api.cluster, pod.spec.node_name)
    if (known := _ANSWERS.get(words[0])) is not None:
        return known(_Inside(api, pod, spec, host), words)
    image = spec.image
    raise Said(
        f'rpc error: code = 2 desc = oci runtime error: exec failed: exec: "{words[0]}": '
        "executable file not found in $PATH",
        note=_("Programs of {image} are not modelled; inside a container this console knows {known}."),
        image=image,
        known=", ".join(_ANSWERS),
    )


class _Inside(NamedTuple):
    """Where the command runs."""

    api: Any
    pod: Any
    spec: Any
    host: Host


def _hostname(here: _Inside, words: Sequence[str]) -> Answer:
    return Answer(text=here.pod.status.pod_ip if "-i" in words else here.pod.metadata.name)


def _env(here: _Inside, words: Sequence[str]) -> Answer:
    variables = _environment(here.api, here.pod, here.spec)
    if len(words) > 1:
        return Answer(text=variables.get(words[1], ""), ok=words[1] in variables)
    return Answer(text="\n".join(f"{name}={value}" for name, value in variables.items()))


def _ps(here: _Inside, words: Sequence[str]) -> Answer:
    spec = here.spec
    program = " ".join([*spec.command, *spec.args]) or spec.image.rpartition("/")[2].partition(":")[0]
    return Answer(
        text=f"PID   USER     TIME   COMMAND\n    1 root       0:00 {program}\n   42 root       0:00 ps"
    )


def _kill(here: _Inside, words: Sequence[str]) -> Answer:
    raise Said(note=_("Use docker kill on the node, or crash the container on the page."))


def _urls(here: _Inside, words: Sequence[str]) -> Answer:
    return _curl(here, [word for word in words[1:] if not word.startswith("-")][-1:])


def _curl(here: _Inside, words: Sequence[str]) -> Answer:
    """As from the node, but that names of Services lead to their addresses."""
    return curl(here.host, here.host, [_addressed(here, word) for word in words])


def _addressed(here: _Inside, word: str) -> str:
    told = _NAMED.fullmatch(word)
    found = address_within(here.api, here.pod.metadata.namespace, told[2]) if told is not None else None
    return word if told is None or found is None or not found[1] else f"{told[1]}{found[1][0]}{told[3]}"


_ANSWERS: Final[dict[str, Callable[[_Inside, Sequence[str]], Answer]]] = {
    "cat": lambda here, words: _file(here.pod, words[1:]),
    "curl": lambda here, words: _curl(here, words[1:]),
    "date": lambda here, words: date(here.host, words[1:], ""),
    "echo": lambda here, words: Answer(text=" ".join(words[1:])),
    "env": _env,
    "hostname": _hostname,
    "kill": _kill,
    "nslookup": lambda here, words: nslookup_within(here.api, here.pod.metadata.namespace, words[1:]),
    "printenv": _env,
    "ps": _ps,
    "sleep": lambda here, words: Answer(),
    "true": lambda here, words: Answer(),
    "wget": _urls,
    "whoami": lambda here, words: Answer(text="root"),
}


def _environment(api: Any, pod: Any, spec: Any) -> dict[str, str]:
    found = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOSTNAME": pod.metadata.name,
    }
    services = {one.metadata.name: one for one in api.objects("services", pod.metadata.namespace)}
    if (kubernetes := api.find("services", NAMESPACE, NAME)) is not None:
        services.setdefault(NAME, kubernetes)  # In every namespace: pkg/kubelet getServiceEnvVarMap.
    for service in services.values():
        if (
            service.spec.cluster_ip not in ("", "None")
            and service.metadata.creation_timestamp <= pod.metadata.creation_timestamp
            and service.spec.ports
        ):
            prefix = service.metadata.name.upper().replace("-", "_").replace(".", "_")
            found[f"{prefix}_SERVICE_HOST"] = service.spec.cluster_ip
            found[f"{prefix}_SERVICE_PORT"] = str(service.spec.ports[0].port)
    found.update({variable.name: _value(api, pod, variable) for variable in spec.env})
    found["HOME"] = "/root"
    return found


def _value(api: Any, pod: Any, variable: Any) -> str:
    source = variable.value_from
    if source is None:
        return str(variable.value)
    if source.field_ref is not None:
        return field_text(pod, source.field_ref.field_path)
    if source.config_map_key_ref is not None:
        found = api.find("configmaps", pod.metadata.namespace, source.config_map_key_ref.name)
        return str(found.data.get(source.config_map_key_ref.key, "")) if found is not None else ""
    return "******" if source.secret_key_ref is not None else ""


def _file(pod: Any, paths: Sequence[str]) -> Answer:
    known = {
        "/etc/hostname": pod.metadata.name,
        "/etc/hosts": f"127.0.0.1\tlocalhost\n{pod.status.pod_ip}\t{pod.metadata.name}",
        "/etc/resolv.conf": f"nameserver {INSIDE}\nsearch {pod.metadata.namespace}.svc.cluster.local "
        "svc.cluster.local cluster.local",
    }
    for path in paths:
        if path not in known:
            raise Said(
                f"cat: {path}: No such file or directory",
                note=_(
                    "Containers of this model have no files but /etc/hosts, /etc/hostname and "
                    "/etc/resolv.conf."
                ),
            )
    return Answer(text="\n".join(known[path] for path in paths))
