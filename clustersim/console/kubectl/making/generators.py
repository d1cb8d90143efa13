"""Objects that kubectl makes from flags for run, expose and autoscale.

Sources: v1.7.5 and v1.8.0 pkg/kubectl/run.go, service.go, autoscale.go; v1.36 k8s.io/kubectl pkg/cmd/run,
pkg/cmd/expose, pkg/cmd/autoscale.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.api.quantity import QuantityError, canonical
from clustersim.api.selectors import parse_label_selector
from clustersim.apiserver.label_words import why
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.misuse import misused
from clustersim.digits import is_whole

Plain = dict[str, Any]


def pairs_of(texts: list[str], sign: str = "=", what: str = "label") -> dict[str, str]:
    """ "a=b,c=d". Raises Said."""
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition(sign)
        if not equals or not key:
            raise Said(f"error: unexpected {what} {text!r}, expected key{sign}value".replace("'", '"'))
        found[key] = value
    return found


def amounts_of(texts: list[str]) -> dict[str, str]:
    """Quantities by resource. Raises Said."""
    found: dict[str, str] = {}
    for text in filter(None, texts):
        resource, equals, amount = text.partition("=")
        if not equals or "=" in amount:
            raise Said(f"error: Invalid argument syntax {text}, expected <resource>=<value>")
        try:
            found[resource] = canonical(amount)
        except QuantityError as error:
            raise Said(f"error: {error}") from None
    return found


def label_selector(api: Api, text: str) -> Plain:
    """ "app=web,tier in (a,b)" as a manifest has it. Raises Said."""
    try:
        found = parse_label_selector(text)
    except ValueError as error:
        raise Said(f"error: {why(error, api.release)}") from None
    plain: Plain = msgspec.to_builtins(found)
    return plain


def number(text: str, flag: str) -> int:
    """Raises Said."""
    if not is_whole(text.lstrip("-")) or len(text) > 12:
        raise Said(
            f'Error: invalid argument "{text}" for --{flag}=: strconv.ParseInt: parsing "{text}": '
            "invalid syntax"
        )
    return int(text)


# --- run ---------------------------------------------------------------------------------------------------


_IMAGE: Final = re.compile(
    r"(?:[a-zA-Z0-9](?:[-a-zA-Z0-9.]*[a-zA-Z0-9])?(?::\d+)?/)?"
    r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
    r"(?::\w[\w.-]{0,127})?(?:@[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,})?"
)
"""A reference of an image (docker/distribution reference.ReferenceRegexp)."""


def run_objects(api: Api, name: str, arguments: Arguments) -> list[Plain]:
    """What `kubectl run` makes: a Deployment, Job, CronJob or Pod until v1.17, a Pod since; and a Service
    with --expose. Raises Said."""
    image, restart = _run_image(api, arguments), _run_restart(api, arguments)
    labels = _labels(arguments) or {"run": name}
    metadata: Plain = {"name": name, "labels": labels}
    if arguments.given("annotations"):
        metadata["annotations"] = pairs_of(arguments.each("annotations"), what="annotation")
    spec = _pod_spec(name, image, arguments)
    runs_once = api.today or restart != "Always" or bool(arguments.value("schedule"))
    if arguments.has("stdin") and runs_once and not arguments.has("leave-stdin-open"):
        spec["containers"][0]["stdinOnce"] = True
    replicas = number(arguments.value("replicas", "1"), "replicas")
    if arguments.value("schedule") and "cronjobs" not in api.resources:
        raise Said("error: CronJob generator specified, but batch/v2alpha1.CronJobs are not available")
    if arguments.value("schedule") and not api.today:
        made = _cron_job(api, metadata, spec, labels, arguments)
    elif restart == "Never" or api.today or arguments.value("generator").startswith("run-pod"):
        policy = {"dnsPolicy": "ClusterFirst"} if api.today else {}
        pod = {**spec, "restartPolicy": restart, **policy}
        made = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod}
    else:
        made = _run_workload(api, metadata, spec, arguments.value("generator"), restart, replicas)
    return [_run_service(api, name, labels, arguments), made] if arguments.has("expose") else [made]


def _run_image(api: Api, arguments: Arguments) -> str:
    """--image. Raises Said."""
    image = arguments.value("image")
    if not image:
        raise Said(
            "error: --image is required" if not api.today else 'error: required flag(s) "image" not set'
        )
    if _IMAGE.fullmatch(image) is None:
        raise Said(f'error: Invalid image name "{image}": invalid reference format')
    return image


def _run_restart(api: Api, arguments: Arguments) -> str:
    """--restart. Raises Said."""
    restart = arguments.value("restart") or "Always"
    if restart not in ("Always", "OnFailure", "Never"):
        raise misused(api, "run", f"invalid restart policy: {restart}")
    return restart


def _run_workload(
    api: Api, metadata: Plain, spec: Plain, generator: str, restart: str, replicas: int
) -> Plain:
    """What keeps pods for v1.7 and v1.8: a ReplicationController, a Job or a Deployment."""
    labels = metadata["labels"]
    template: Plain = {"metadata": {"labels": labels}, "spec": spec}
    if generator == "run/v1":
        version, kind = "v1", "ReplicationController"
        of: Plain = {"replicas": replicas, "selector": labels, "template": template}
    elif restart == "OnFailure":
        version, kind = "batch/v1", "Job"
        of = {"template": {**template, "spec": {**spec, "restartPolicy": restart}}}
    else:
        version = "extensions/v1beta1" if api.release == "v1.7" else "apps/v1beta1"
        kind = "Deployment"
        of = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": of}


def _run_service(api: Api, name: str, labels: Mapping[str, str], arguments: Arguments) -> Plain:
    """The Service of --expose. Raises Said."""
    if not arguments.value("port"):
        raise misused(api, "run", "--port must be set when exposing a service")
    port = number(arguments.value("port"), "port")
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"ports": [{"port": port, "protocol": "TCP", "targetPort": port}], "selector": labels},
    }


def _labels(arguments: Arguments) -> dict[str, str]:
    """--labels (pkg/kubectl/generate.go ParseLabels). Raises Said."""
    found: dict[str, str] = {}
    for text in arguments.several("labels"):
        key, equals, value = text.partition("=")
        if not equals or not key or "=" in value:
            raise Said(f"error: unexpected label spec: {text}")
        found[key] = value
    return found


def _pod_spec(name: str, image: str, arguments: Arguments) -> Plain:
    container: Plain = {"name": name, "image": image, "resources": {}}
    if arguments.value("image-pull-policy"):
        container["imagePullPolicy"] = arguments.value("image-pull-policy")
    given = list(arguments.words[1:]) + list(arguments.after or ())
    if given:
        container["command" if arguments.has("command") else "args"] = given
    if arguments.given("env"):
        container["env"] = [_variable(text) for text in arguments.each("env")]
    container |= {flag: True for flag in ("stdin", "tty") if arguments.has(flag)}
    if arguments.has("privileged"):
        container["securityContext"] = {"privileged": True}
    if arguments.value("port"):
        port: Plain = {"containerPort": number(arguments.value("port"), "port")}
        if arguments.value("hostport"):
            port["hostPort"] = number(arguments.value("hostport"), "hostport")
        container["ports"] = [port]
    requests, limits = amounts_of(arguments.several("requests")), amounts_of(arguments.several("limits"))
    container["resources"] = {k: v for k, v in (("requests", requests), ("limits", limits)) if v}
    spec: Plain = {"containers": [container]}
    if arguments.value("serviceaccount"):
        spec["serviceAccountName"] = arguments.value("serviceaccount")
    return spec


def _variable(text: str) -> Plain:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Said(f"error: invalid env: {text}")
    return {"name": name, "value": value} if value else {"name": name}


def _cron_job(api: Api, metadata: Plain, spec: Plain, labels: Plain, arguments: Arguments) -> Plain:
    restart = arguments.value("restart", "Always")
    policy = "OnFailure" if restart == "Always" else restart
    template = {"metadata": {"labels": labels}, "spec": {**spec, "restartPolicy": policy}}
    job = {"spec": {"template": template}}
    return {
        "apiVersion": api.resources["cronjobs"].version_in(api.release),
        "kind": "CronJob",
        "metadata": metadata,
        "spec": {"schedule": arguments.value("schedule"), "concurrencyPolicy": "Allow", "jobTemplate": job},
    }


# --- expose and autoscale ----------------------------------------------------------------------------------


LONGEST_NAME: Final = 63
"""A Service that is named after what it exposes has its first letters."""


def service_for(api: Api, resource: str, obj: Any, arguments: Arguments) -> Plain:
    """The Service that exposes an object. Raises Said."""
    if resource not in ("deployments", "pods", "replicasets", "replicationcontrollers", "services"):
        raise Said(f"error: cannot expose a {_kind_of(api, resource)}")
    name = arguments.value("name") or obj.metadata.name[:LONGEST_NAME]
    ports = _ports(api, resource, obj, arguments)
    spec: Plain = {"selector": _selector(api, resource, obj, arguments), "ports": ports}
    kind = arguments.value("type")
    if not kind and arguments.has("create-external-load-balancer"):
        kind = "LoadBalancer"
    if kind:
        spec["type"] = kind
    if kind == "LoadBalancer" and arguments.value("load-balancer-ip"):
        spec["loadBalancerIP"] = arguments.value("load-balancer-ip")
    if arguments.value("cluster-ip"):
        spec["clusterIP"] = arguments.value("cluster-ip")
    if arguments.value("external-ip"):
        spec["externalIPs"] = [arguments.value("external-ip")]
    if arguments.value("session-affinity"):
        spec["sessionAffinity"] = arguments.value("session-affinity")
    labels = _labels(arguments) or dict(obj.metadata.labels)
    metadata: Plain = {"name": name, "namespace": obj.metadata.namespace}
    if labels:
        metadata["labels"] = labels
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _kind_of(api: Api, resource: str) -> str:
    """The kind of a resource with its group, as kubectl names it; before v1.10 as Go prints the two."""
    kind, (group, slash, _version) = api.resources[resource].kind, api.api_version(resource).partition("/")
    if api.today:
        return f"{kind}.{group}" if slash else kind
    return f"{{{group if slash else ''} {kind}}}"


def _without_selector(api: Api, why: str) -> Said:
    told = f"couldn't retrieve selectors via --selector flag or introspection: {why}"
    return Said(f"error: {told}") if api.today else misused(api, "expose", told)


def _selector(api: Api, resource: str, obj: Any, arguments: Arguments) -> dict[str, str]:
    if arguments.value("selector"):
        wrong = next((text for text in arguments.several("selector") if text.find("=") < 1), None)
        if wrong is not None and api.today:
            raise Said(f"error: unexpected label spec: {wrong}")
        return pairs_of(arguments.several("selector"))
    if resource == "pods":
        if not obj.metadata.labels:
            raise _without_selector(api, "the pod has no labels and cannot be exposed")
        return dict(obj.metadata.labels)
    selector = obj.spec.selector
    labels = selector if isinstance(selector, dict) else dict(getattr(selector, "match_labels", {}) or {})
    if not labels:
        raise _without_selector(api, "missing a selector")
    return dict(labels)


def _ports(api: Api, resource: str, obj: Any, arguments: Arguments) -> list[Plain]:
    protocol = arguments.value("protocol") or "TCP"
    target = arguments.value("target-port") or arguments.value("container-port")
    if arguments.value("port"):
        wrong = next((text for text in arguments.several("port") if not is_whole(text)), None)
        if wrong is not None and api.today:
            raise Said(f'error: strconv.Atoi: parsing "{wrong}": invalid syntax')
        numbers = [number(text, "port") for text in arguments.several("port")]
    elif resource == "services":
        numbers = [port.port for port in obj.spec.ports]
    else:
        spec = obj.spec if resource == "pods" else obj.spec.template.spec
        numbers = [port.container_port for container in spec.containers for port in container.ports]
    if not numbers:
        told = "couldn't find port via --port flag or introspection"
        raise Said(f"error: {told}") if api.today else misused(api, "expose", told)
    ports: list[Plain] = []
    for index, port in enumerate(numbers):
        wanted: int | str = (int(target) if is_whole(target) else target) if target else port
        one: Plain = {"port": port, "protocol": protocol, "targetPort": wanted}
        if len(numbers) > 1:
            one = {"name": f"port-{index + 1}", **one}
        elif arguments.value("generator") == "service/v1":
            one = {"name": "default", **one}
        ports.append(one)
    return ports


_SCALED: Final = frozenset({"deployments", "replicasets", "replicationcontrollers"})
"""What kubectl autoscale takes in every release. Before v1.9 it has a list, and no StatefulSet in it."""


def autoscaler_for(api: Api, resource: str, obj: Any, arguments: Arguments) -> Plain:
    """The HorizontalPodAutoscaler of an object. Raises Said."""
    if api.today and not arguments.value("max"):
        raise Said('error: required flag(s) "max" not set')
    most, least = number(arguments.value("max") or "-1", "max"), number(arguments.value("min") or "-1", "min")
    if most < 1:
        raise Said(f"error: --max=MAXPODS is required and must be at least 1, max: {most}")
    if most < least:
        told = f"larger or equal to --min=MINPODS, max: {most}, min: {least}"
        raise Said(f"error: --max=MAXPODS must be {told}")
    if resource not in _SCALED | ({"statefulsets"} if api.today else set()):
        if not api.today:
            raise Said(f"error: cannot autoscale a {_kind_of(api, resource)}")
        group, _slash, version = api.api_version(resource).rpartition("/")
        lacking = f"could not find scale subresource for {group}/{version}, Resource={resource}"
        told = f"{api.resources[resource].kind}: {lacking} in discovery information"
        raise Said(f"error: cannot autoscale a {told}")
    kind = api.resources[resource].kind
    target = {"apiVersion": api.api_version(resource), "kind": kind, "name": obj.metadata.name}
    spec: Plain = {"scaleTargetRef": target, "maxReplicas": most}
    if least > 0:
        spec["minReplicas"] = least
    if api.today:
        version = "autoscaling/v2"
        if metrics := _metrics(arguments):
            spec["metrics"] = metrics
    else:
        version = "autoscaling/v1"
        if percent := arguments.value("cpu-percent"):
            spec["targetCPUUtilizationPercentage"] = number(percent, "cpu-percent")
    name = arguments.value("name") or obj.metadata.name
    metadata = {"name": name, "namespace": obj.metadata.namespace}
    return {"apiVersion": version, "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}


def _metrics(arguments: Arguments) -> list[Plain]:
    """--cpu-percent, --cpu and --memory."""
    percent, found = arguments.value("cpu-percent"), list[Plain]()
    if percent and arguments.value("cpu"):
        raise Said("error: --cpu-percent and --cpu are mutually exclusive")
    if percent and (share := number(percent, "cpu-percent")) > 0:
        found.append(_metric("cpu", {"type": "Utilization", "averageUtilization": share}))
    for name, unit in (("cpu", "m"), ("memory", "Mi")):
        if text := arguments.value(name):
            found.append(_metric(name, _wanted(text, name, unit)))
    return found


def _metric(name: str, target: Plain) -> Plain:
    return {"type": "Resource", "resource": {"name": name, "target": target}}


def _wanted(text: str, name: str, unit: str) -> Plain:
    """A share of what is asked for, or an amount; a bare number has the unit that is usual."""
    share = text.removesuffix("%")
    if share != text:
        if not is_whole(share):
            raise Said(f"error: invalid percentage value: {share}")
        return {"type": "Utilization", "averageUtilization": int(share)}
    try:
        amount = canonical(f"{text}{unit}" if is_whole(text) else text)
    except QuantityError:
        raise Said(f"error: invalid resource {name} value: {text}") from None
    return {"type": "AverageValue", "averageValue": amount}
