"""`kubectl cluster-info dump`: everything that somebody may want to look through, namespace by namespace.

Source: kubectl v1.7.5, v1.8.0 pkg/kubectl/cmd/clusterinfo_dump.go; v1.36 k8s.io/kubectl pkg/cmd/clusterinfo.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.console.answer import Answer
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.output import check_number, format_of, plain_of, shown

DUMPED: Final = (
    "events", "replicationcontrollers", "services", "daemonsets", "deployments", "replicasets", "pods",
)  # fmt: skip
"""Of every namespace, in this order."""
SYSTEM: Final = "kube-system"


def dump(api: Api, words: Sequence[str]) -> Answer:
    """Raises Said."""
    arguments = commands.read("cluster-info dump", words, api.release)
    api.reach()
    directory = arguments.value("output-directory")
    parts = {"nodes": _listed(api, "nodes", None)}
    for namespace in _namespaces(api, arguments):
        for resource in DUMPED:
            parts[f"{namespace}/{resource}"] = _listed(api, resource, namespace)
    check_number(sum(len(part["items"]) for part in parts.values()))
    output = format_of(api, arguments)
    if output.name == "":
        output = output._replace(name="json")
    ending = "yaml" if output.name == "yaml" else "json"
    texts: list[str] = []
    for name, part in parts.items():
        text = shown(api, part, [part], output)
        if directory not in ("", "-"):
            api.save(f"{directory.rstrip('/')}/{name}.{ending}", f"{text}\n")
            continue
        texts.append(text)
        if name.endswith("/pods"):
            texts += _logs(part["items"])
    if directory not in ("", "-"):
        return Answer(text=f"Cluster info dumped to {directory}")
    return Answer(text="\n".join(texts))


def _namespaces(api: Api, arguments: Arguments) -> list[str]:
    if arguments.has("all-namespaces"):
        return [one.metadata.name for one in api.objects("namespaces", None)]
    if arguments.given("namespaces"):
        return [name for name in arguments.several("namespaces") if name]
    return list(dict.fromkeys((SYSTEM, arguments.value("namespace", "default"))))


def _listed(api: Api, resource: str, namespace: str | None) -> dict[str, Any]:
    """A list as the API server gives it."""
    items = []
    for obj in api.objects(resource, namespace):
        plain = plain_of(api, obj)
        del plain["kind"], plain["apiVersion"]
        items.append(plain)
    metadata = {"resourceVersion": str(api.revision)}
    kind = f"{api.resources[resource].kind}List"
    return {"kind": kind, "apiVersion": api.api_version(resource), "metadata": metadata, "items": items}


def _logs(pods: Sequence[dict[str, Any]]) -> list[str]:
    """Programs of this model write nothing into their logs."""
    told = []
    for pod in pods:
        metadata = pod["metadata"]
        for container in pod["spec"]["containers"]:
            what = f"logs for container {container['name']} of pod {metadata['namespace']}/{metadata['name']}"
            told += [f"==== START {what} ====", f"==== END {what} ===="]
    return told
