"""Objects that kubectl makes from flags for the subcommands of create.

Sources: v1.7.5 and v1.8.0 pkg/kubectl/configmap.go, secret.go, deployment.go, ...; v1.36 k8s.io/kubectl
pkg/cmd/create.
"""

import base64
from collections.abc import Callable
from typing import Final

from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.files import listed
from clustersim.console.generators import Plain, amounts_of, number, pairs_of
from clustersim.console.rolegenerators import ROLES
from clustersim.digits import is_whole
from clustersim.i18n import _
from clustersim.kubectl.manifest import plain_object
from clustersim.workstation.files import name_of


def _required(text: str, flag: str) -> str:
    if not text:
        raise Said(f'error: required flag(s) "{flag}" not set')
    return text


def _deployment(api: Api, name: str, arguments: Arguments) -> Plain:
    images = arguments.several("image")
    if not images:
        raise Said(
            'error: required flag(s) "image" not set'
            if api.today
            else "error: at least one image must be specified"
        )
    version = {"v1.7": "extensions/v1beta1", "v1.8": "apps/v1beta1"}.get(api.release, "apps/v1")
    containers: list[Plain] = []
    for image in images:
        base = image.rpartition("/")[2].partition("@")[0].partition(":")[0].replace("_", "-").lower()
        containers.append({"name": base, "image": image, "resources": {}})
    if arguments.value("port"):
        containers[0]["ports"] = [{"containerPort": number(arguments.value("port"), "port")}]
    if arguments.after and api.today:
        containers[0]["command"] = list(arguments.after)
    labels = {"app": name}
    spec = {
        "replicas": number(arguments.value("replicas", "1"), "replicas"),
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
    }
    return {
        "apiVersion": version,
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
    }


def _namespace(api: Api, name: str, arguments: Arguments) -> Plain:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _service_account(api: Api, name: str, arguments: Arguments) -> Plain:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}


def _literals(api: Api, arguments: Arguments, name: str, kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for literal in arguments.each("from-literal"):
        [(key, value)] = pairs_of([literal], what="literal source").items()
        if key in found:
            raise Said(_taken(api, key, found, name, kind))
        found[key] = value
    for source in (*arguments.each("from-file"), *arguments.each("from-env-file")):
        key, _equals, path = source.rpartition("=")
        text = api.files.get(name_of(path))
        if text is None:
            raise Said(
                f"error: error reading {path}: no such file or directory",
                note=_("Files here: {files}."),
                files=listed(api),
            )
        if source in arguments.each("from-env-file"):
            lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
            found.update(pairs_of(lines, what="environment variable"))
        else:
            found[key or path.rpartition("/")[2]] = text
    return found


def _taken(api: Api, key: str, found: dict[str, str], name: str, kind: str) -> str:
    """That a key is given twice; the old kubectl shows what it has, a Secret's values as bytes."""
    if api.today and kind == "ConfigMap":
        told = f'cannot add key "{key}", another key by that name already exists in Data for'
        return f'error: {told} {kind} "{name}"'
    if api.today:
        return f"error: cannot add key {key}, another key by that name already exists"
    values = {
        one: text if kind == "ConfigMap" else f"[{' '.join(map(str, text.encode()))}]"
        for one, text in sorted(found.items())
    }
    shown = " ".join(f"{one}:{text}" for one, text in values.items())
    return f"error: cannot add key {key}, another key by that name already exists: map[{shown}]."


def _config_map(api: Api, name: str, arguments: Arguments) -> Plain:
    plain: Plain = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    data = _literals(api, arguments, name, "ConfigMap")
    return {**plain, "data": data} if data else plain


def _secret(api: Api, name: str, arguments: Arguments) -> Plain:
    kind = arguments.value("type") or ("" if api.today else "Opaque")
    return _secret_of(name, kind, _literals(api, arguments, name, "Secret"))


def _secret_of(name: str, kind: str, values: dict[str, str]) -> Plain:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    plain: Plain = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}}
    if kind:
        plain["type"] = kind
    return {**plain, "data": data} if data else plain


def _registry_secret(api: Api, name: str, arguments: Arguments) -> Plain:
    user = _required(arguments.value("docker-username"), "docker-username")
    password = _required(arguments.value("docker-password"), "docker-password")
    server = arguments.value("docker-server") or "https://index.docker.io/v1/"
    entry = f'{{"username":"{user}","password":"{password}","email":"{arguments.value("docker-email")}"}}'
    if api.today:
        return _secret_of(
            name,
            "kubernetes.io/dockerconfigjson",
            {".dockerconfigjson": f'{{"auths":{{"{server}":{entry}}}}}'},
        )
    return _secret_of(name, "kubernetes.io/dockercfg", {".dockercfg": f'{{"{server}":{entry}}}'})


def _service(kind: str) -> Callable[[Api, str, Arguments], Plain]:
    def made(api: Api, name: str, arguments: Arguments) -> Plain:
        ports: list[Plain] = []
        for text in arguments.several("tcp"):
            port, colon, target = text.partition(":")
            if not is_whole(port):
                raise Said(f"error: invalid port {text!r}".replace("'", '"'))
            wanted: int | str = (int(target) if is_whole(target) else target) if colon else int(port)
            one: Plain = {
                "name": text.replace(":", "-"),
                "port": int(port),
                "protocol": "TCP",
                "targetPort": wanted,
            }
            if arguments.value("node-port"):
                one["nodePort"] = number(arguments.value("node-port"), "node-port")
            ports.append(one)
        if not ports and kind != "ExternalName" and arguments.value("clusterip") != "None":
            raise Said("error: at least one tcp port specifier must be provided")
        spec: Plain = {"selector": {"app": name}, "type": kind, "ports": ports}
        if kind == "ExternalName":
            spec["externalName"] = _required(arguments.value("external-name"), "external-name")
        if arguments.value("clusterip"):
            spec["clusterIP"] = arguments.value("clusterip")
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name, "labels": {"app": name}},
            "spec": spec,
        }

    return made


def _quota(api: Api, name: str, arguments: Arguments) -> Plain:
    spec: Plain = {"hard": amounts_of(arguments.several("hard"))}
    if arguments.value("scopes"):
        spec["scopes"] = arguments.several("scopes")
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name}, "spec": spec}


def _budget(api: Api, name: str, arguments: Arguments) -> Plain:
    selector = _required(arguments.value("selector"), "selector")
    spec: Plain = {"selector": {"matchLabels": pairs_of(selector.split(","))}}
    for flag, field in (("min-available", "minAvailable"), ("max-unavailable", "maxUnavailable")):
        text = arguments.value(flag)
        if text:
            spec[field] = int(text) if is_whole(text) else text
    if len(spec) == 1:
        raise Said("error: one of min-available or max-unavailable must be specified")
    version = api.api_version("poddisruptionbudgets")
    return {"apiVersion": version, "kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": spec}


def _priority_class(api: Api, name: str, arguments: Arguments) -> Plain:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": number(arguments.value("value", "0"), "value"),
        "globalDefault": arguments.has("global-default"),
        "description": arguments.value("description"),
        "preemptionPolicy": arguments.value("preemption-policy", "PreemptLowerPriority"),
    }


def _job(api: Api, name: str, arguments: Arguments) -> Plain:
    source = arguments.value("from")
    if source:
        kind, _slash, of = source.partition("/")
        if api.named(kind) != "cronjobs":
            raise Said(f"error: from must be an existing cronjob but found {kind}")
        found = api.get("cronjobs", arguments.value("namespace", "default"), of)
        plain = plain_object(found, api.release)
        metadata = {"name": name, "annotations": {"cronjob.kubernetes.io/instantiate": "manual"}}
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": metadata,
            "spec": plain["spec"]["jobTemplate"]["spec"],
        }
    image = arguments.value("image")
    if not image:
        raise Said("error: either --image or --from must be specified")
    container: Plain = {"name": name, "image": image, "resources": {}}
    if arguments.after:
        container["command"] = list(arguments.after)
    spec = {"template": {"spec": {"containers": [container], "restartPolicy": "Never"}}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec}


def _cron(api: Api, name: str, arguments: Arguments) -> Plain:
    container: Plain = {"name": name, "image": _required(arguments.value("image"), "image"), "resources": {}}
    if arguments.after:
        container["command"] = list(arguments.after)
    pod = {"spec": {"containers": [container], "restartPolicy": arguments.value("restart", "OnFailure")}}
    spec = {
        "schedule": _required(arguments.value("schedule"), "schedule"),
        "jobTemplate": {"metadata": {"name": name}, "spec": {"template": pod}},
    }
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name}, "spec": spec}


def _ingress(api: Api, name: str, arguments: Arguments) -> Plain:
    rules: dict[str, list[Plain]] = {}
    for text in arguments.each("rule"):
        address, _equals, backend = text.partition("=")
        host, slash, path = address.partition("/")
        service, _colon, port = backend.partition(",")[0].partition(":")
        if not service or not port:
            raise Said(
                f"error: rule {text} is invalid and should be in format host/path=svcname:svcport[,"
                "tls[=secret]]"
            )
        kind = "Prefix" if path.endswith("*") else "Exact"
        told: Plain = {"number": int(port)} if is_whole(port) else {"name": port}
        rules.setdefault(host, []).append(
            {
                "path": (slash + path).rstrip("*") or "/",
                "pathType": kind,
                "backend": {"service": {"name": service, "port": told}},
            }
        )
    spec: Plain = {
        "rules": [
            {**({"host": host} if host else {}), "http": {"paths": paths}} for host, paths in rules.items()
        ]
    }
    if arguments.value("class"):
        spec["ingressClassName"] = arguments.value("class")
    if not rules and not arguments.value("default-backend"):
        raise Said(
            "error: not enough information provided: every ingress has to either specify a "
            "default-backend (which catches all traffic) or a list of rules (which catch specific "
            "paths)"
        )
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": name}, "spec": spec}


MADE: Final[dict[str, Callable[[Api, str, Arguments], Plain]]] = {
    "configmap": _config_map,
    "cronjob": _cron,
    "deployment": _deployment,
    "ingress": _ingress,
    "job": _job,
    "namespace": _namespace,
    "poddisruptionbudget": _budget,
    "priorityclass": _priority_class,
    "quota": _quota,
    **ROLES,
    "secret docker-registry": _registry_secret,
    "secret generic": _secret,
    "service clusterip": _service("ClusterIP"),
    "service externalname": _service("ExternalName"),
    "service loadbalancer": _service("LoadBalancer"),
    "service nodeport": _service("NodePort"),
    "serviceaccount": _service_account,
}
"""What stands behind `kubectl create`, and what it makes."""
