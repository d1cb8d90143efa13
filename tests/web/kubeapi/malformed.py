"""A generator of requests as nobody should send them: valid ones, bent in a few places."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from visualizer.kubeapi.protobuf import MAGIC


class Malformed(NamedTuple):
    """One request."""

    method: str
    path: str
    body: bytes
    type: str
    accept: str


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"]
TYPES = [
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
    "text/plain",
    "",
]
ACCEPTS = [
    "application/json",
    "application/json;as=Table;v=v1;g=meta.k8s.io",
    "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
    "*/*",
    ";;;=,,",
]
GROUPS = [
    "/api/v1",
    "/apis/apps/v1",
    "/apis/apps/v1beta1",
    "/apis/batch/v1",
    "/apis/nobody/v9",
    "/api",
    "/apis",
]
RESOURCES = [
    "pods", "nodes", "services", "configmaps", "deployments", "jobs", "events", "namespaces", "secrets",
    "replicationcontrollers", "bindings", "resourcequotas", "dragons",
]  # fmt: skip
PARTS = ["", "", "status", "scale", "binding", "eviction", "log", "exec", "finalize", "rollback", "x"]
QUERY = [
    "limit", "continue", "labelSelector", "fieldSelector", "dryRun", "fieldValidation", "fieldManager",
    "force", "gracePeriodSeconds", "propagationPolicy", "includeObject", "container", "tailLines", "previous",
]  # fmt: skip
ODD = [
    "", "a=b", "a in (b,c)", "!", "((((", "=", "All", "-1", "99999999999999999999", "true", "null", "%00",
    "..", "metadata.name=x", "spec.nodeName!=n1", "\u4e2d\u6587", "a" * 300, "e30", "{}", "Strict", "Orphan",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, 0, -1, 2**63, 1e308, "", "x", "\ud800", "a" * 1000, [], {}, [None], {"": None}, [[[]]],
    {"$patch": "delete"}, "100m", "1e400Ei", "2017-13-45T99:99:99Z",
]  # fmt: skip
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "labels": {"app": "web"}, "annotations": {}, "finalizers": []},
    "spec": {
        "containers": [
            {"name": "web", "image": "nginx", "ports": [{"containerPort": 80}], "env": [{"name": "A"}]}
        ],
        "tolerations": [{"key": "a", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "volumes": [{"name": "v", "emptyDir": {}}],
    },
}
SELECTOR = {"matchLabels": {"app": "web"}}
BODIES: list[Any] = [
    POD,
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 1,
            "selector": SELECTOR,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": POD["spec"]},
        },
    },
    {
        "kind": "Service",
        "metadata": {"name": "s"},
        "spec": {
            "ports": [{"port": 80, "targetPort": "http"}],
            "selector": {"a": "b"},
            "clusterIP": "10.0.0.9",
        },
    },
    {
        "kind": "ConfigMap",
        "metadata": {"generateName": "c-"},
        "data": {"a": "b"},
        "binaryData": {"b": "AA=="},
    },
    {"metadata": {"name": "web"}, "target": {"name": "n1"}},
    {"metadata": {"name": "web"}, "spec": {"replicas": 3}},
    {"gracePeriodSeconds": 3, "propagationPolicy": "Foreground", "preconditions": {"uid": "x"}},
    {"spec": {"unschedulable": True, "taints": [{"key": "a", "effect": "NoSchedule"}]}},
    [{"op": "add", "path": "/spec/x/-", "value": 1}, {"op": "test", "path": "/metadata", "value": {}}],
    {"metadata": {"managedFields": [{"manager": "x", "fieldsV1": {"f:spec": {}}}]}},
]


def malformed(choose: random.Random, count: int) -> Iterator[Malformed]:
    """So many of them."""
    for _ in range(count):
        yield Malformed(
            choose.choice(METHODS[:5] if choose.random() < 0.9 else METHODS),
            _path(choose),
            _body(choose),
            choose.choice(TYPES),
            choose.choice(ACCEPTS),
        )


def _path(choose: random.Random) -> str:
    path = choose.choice(GROUPS)
    if choose.random() < 0.6:
        path += f"/namespaces/{choose.choice(['default', 'nowhere', '', 'kube-system'])}"
    path += f"/{choose.choice(RESOURCES)}"
    if choose.random() < 0.7:
        path += f"/{choose.choice(['web', 'n1', 'n2', 'tomcat', '..', 'A' * 300, 'nobody'])}"
        path += f"/{choose.choice(PARTS)}"
    pairs = [f"{choose.choice(QUERY)}={choose.choice(ODD)}" for _ in range(choose.randrange(3))]
    return path + ("?" + "&".join(pairs) if pairs else "")


def _body(choose: random.Random) -> bytes:
    kind = choose.random()
    if kind < 0.05:
        return bytes(choose.randrange(256) for _ in range(choose.randrange(60)))
    if kind < 0.1:
        return MAGIC + bytes(choose.randrange(256) for _ in range(choose.randrange(60)))
    if kind < 0.12:
        return b"[" * 5000
    body = copy.deepcopy(choose.choice(BODIES))
    for _ in range(choose.randrange(4)):
        _bend(choose, body)
    data = json.dumps(body).encode("utf-8", "surrogatepass")
    if kind < 0.2 and data:
        at = choose.randrange(len(data))
        data = data[:at] + bytes([choose.randrange(256)]) + data[at + 1 :]
    return data


def _bend(choose: random.Random, value: Any) -> None:
    """Replace, remove or add something somewhere inside."""
    while True:
        keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = choose.choice(keys)
        if isinstance(value[key], dict | list) and value[key] and choose.random() < 0.75:
            value = value[key]
            continue
        what = choose.random()
        if what < 0.7:
            value[key] = copy.deepcopy(choose.choice(VALUES))
        elif what < 0.9:
            del value[key]
        elif isinstance(value, dict):
            value[choose.choice(["x", "$patch", "name", "f:a", "$retainKeys", "namespace"])] = choose.choice(
                VALUES
            )
        return
