"""Objects that kubectl makes from flags for the subcommands of create.

Sources: v1.7.5 and v1.8.0 pkg/kubectl/configmap.go, secret.go, deployment.go, ...; v1.36 k8s.io/kubectl
pkg/cmd/create.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Final

from clustersim.apiserver.validation.names import dns_subdomain
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.making.data_generators import DATA
from clustersim.console.kubectl.making.generators import Plain, amounts_of, label_selector, number
from clustersim.console.kubectl.making.ingress_generator import ingress
from clustersim.console.kubectl.making.role_generators import ROLES
from clustersim.digits import is_whole
from clustersim.kubectl.manifest import plain_object

MOST_PORT: Final = 65535


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
    if len(images) > 1 and arguments.after:
        raise Said("error: cannot specify multiple --image options and command")
    version = {"v1.7": "extensions/v1beta1", "v1.8": "apps/v1beta1"}.get(api.release, "apps/v1")
    containers: list[Plain] = []
    for image in images:
        containers.append({"name": _container_name(api, image), "image": image, "resources": {}})
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


_LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"


def _container_name(api: Api, image: str) -> str:
    """The last part of an image's name; what had to be changed in it gets an ending of its own, which is not
    random here (create_deployment.go sanitizeAndUniquify)."""
    base = image.rpartition("/")[2].partition("@")[0].partition(":")[0]
    if not api.today:
        return base.replace("_", "-").lower()
    if "_" not in base and "." not in base:
        return base
    digest = hashlib.sha256(image.encode()).digest()
    ending = "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:5])
    return f"{base.replace('_', '-').replace('.', '-')}-{ending}"


def _namespace(api: Api, name: str, arguments: Arguments) -> Plain:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _service_account(api: Api, name: str, arguments: Arguments) -> Plain:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}


def _service(kind: str) -> Callable[[Api, str, Arguments], Plain]:
    def made(api: Api, name: str, arguments: Arguments) -> Plain:
        ports: list[Plain] = []
        for text in arguments.several("tcp"):
            port, colon, target = text.partition(":")
            target = target.partition(":")[0]
            if not is_whole(port) or int(port) > MOST_PORT:
                parsed = "ParseUint" if api.today else "Atoi"
                wrong = "value out of range" if is_whole(port) else "invalid syntax"
                raise Said(f'error: strconv.{parsed}: parsing "{port}": {wrong}')
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
        spec: Plain = {"selector": {"app": name}, "type": kind, **({"ports": ports} if ports else {})}
        if kind == "ExternalName":
            outside = _required(arguments.value("external-name"), "external-name")
            if api.today and dns_subdomain(outside, api.release):
                raise Said(f"error: invalid service external name {outside}")
            spec["externalName"] = outside
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
    hard = amounts_of(arguments.several("hard"))
    spec: Plain = {"hard": hard} if hard else {}
    if arguments.value("scopes"):
        spec["scopes"] = arguments.several("scopes")
        if "" in spec["scopes"]:
            raise Said('error: invalid resource quota scope ""')
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name}, "spec": spec}


def _budget(api: Api, name: str, arguments: Arguments) -> Plain:
    if not (selector := arguments.value("selector")):
        raise Said("error: a selector must be specified")
    found = {flag: arguments.value(flag) for flag in ("min-available", "max-unavailable")}
    given = {flag: text for flag, text in found.items() if text}
    if not given:
        raise Said("error: one of min-available or max-unavailable must be specified")
    if len(given) > 1:
        raise Said("error: min-available and max-unavailable cannot be both specified")
    [(flag, text)] = given.items()
    if re.match(r"\d+%?\Z", text, re.ASCII) is None:
        raise Said(f"error: invalid format specified for {flag}")
    field = {"min-available": "minAvailable", "max-unavailable": "maxUnavailable"}[flag]
    amount: int | str = int(text) if is_whole(text) else text
    version = api.api_version("poddisruptionbudgets")
    spec = {"selector": label_selector(api, selector), field: amount}
    return {"apiVersion": version, "kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": spec}


def _priority_class(api: Api, name: str, arguments: Arguments) -> Plain:
    plain: Plain = {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": number(arguments.value("value", "0"), "value"),
        "preemptionPolicy": arguments.value("preemption-policy", "PreemptLowerPriority"),
    }
    if arguments.has("global-default"):
        plain["globalDefault"] = True
    if arguments.value("description"):
        plain["description"] = arguments.value("description")
    return plain


def _job(api: Api, name: str, arguments: Arguments) -> Plain:
    source, image = arguments.value("from"), arguments.value("image")
    if bool(source) == bool(image):
        raise Said("error: either --image or --from must be specified")
    if source and arguments.after:
        raise Said("error: cannot specify --from and command")
    if source:
        kind, _slash, of = source.partition("/")
        resource = api.named(kind)
        found = api.get(resource, arguments.value("namespace", "default"), of)
        if resource != "cronjobs":
            version = api.api_version(resource).rpartition("/")[2]
            raise Said(f"error: unknown object type *{version}.{api.resources[resource].kind}")
        plain = plain_object(found, api.release)
        pattern = plain["spec"]["jobTemplate"].get("metadata") or {}
        manual = {"cronjob.kubernetes.io/instantiate": "manual"}
        owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": of, "uid": found.metadata.uid}
        metadata: Plain = {
            "name": name,
            "annotations": {**manual, **(pattern.get("annotations") or {})},
            "ownerReferences": [{**owner, "controller": True}],
        }
        if pattern.get("labels"):
            metadata["labels"] = pattern["labels"]
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": metadata,
            "spec": plain["spec"]["jobTemplate"]["spec"],
        }
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


MADE: Final[dict[str, Callable[[Api, str, Arguments], Plain]]] = {
    **DATA,
    "cronjob": _cron,
    "deployment": _deployment,
    "ingress": ingress,
    "job": _job,
    "namespace": _namespace,
    "poddisruptionbudget": _budget,
    "priorityclass": _priority_class,
    "quota": _quota,
    **ROLES,
    "service clusterip": _service("ClusterIP"),
    "service externalname": _service("ExternalName"),
    "service loadbalancer": _service("LoadBalancer"),
    "service nodeport": _service("NodePort"),
    "serviceaccount": _service_account,
}
"""What stands behind `kubectl create`, and what it makes."""
