"""A small view as the server would send it, to draw without a model."""

from typing import Any

SECOND = 1_000_000


def pod(name: str, **fields: Any) -> dict[str, Any]:
    app = name.split("-")[0]
    return {
        "uid": f"uid-{name}", "name": name, "namespace": "default", "owner": f"rc/default/{app}", "app": app,
        "phase": "Running", "status": "Running", "readyText": "1/1", "podReady": True, "deleting": False,
        "reason": "", "restarts": 0, "ip": "172.17.1.2", "printed": f"{name}   1/1   Running   0   5m",
    } | fields  # fmt: skip


def container(of: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": f"c0ffee{of['name']}", "podUid": of["uid"], "pod": of["name"], "name": of["app"],
        "image": f"{of['app']}:8", "state": "running", "since": 0, "attempt": 0,
    } | fields  # fmt: skip


def node(name: str, pods: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    pods = pods or []
    part = {"state": "running", "since": 0}
    machine = {
        "power": "on",
        "network": "up",
        "kernel": "4.4.0",
        "os": "linux",
        "cpu": "2",
        "memoryMiB": 2048,
    }
    return {
        "name": name, "registered": True, "state": "Ready", "ready": "True", "unschedulable": False,
        "printed": f"{name}   Ready   4m   v1.7.5", "printedHeader": "NAME   STATUS   AGE   VERSION",
        "readySince": None, "pods": pods, "containers": [container(one) for one in pods], "differs": [],
        "parts": {"kubelet": dict(part), "docker": dict(part), "kube-proxy": {**part, "rules": 8}},
        "runtime": "docker",
        "machine": {**machine, "bootId": "1"}, "lastHeartbeat": 0,
    } | fields  # fmt: skip


def lost(name: str, pods: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """A node that went NotReady after its kubelet stopped."""
    stopped = node(name, pods, state="Unknown", ready="Unknown", printed=f"{name}   NotReady   5m   v1.7.5")
    stopped["parts"]["kubelet"]["state"] = "stopped"
    return stopped | fields


def deadline(kind: str, name: str, origin: int, length: int, **fields: Any) -> dict[str, Any]:
    due = {"due": origin + length, "length": length, "rule": kind, "fired": False, "frozen": None}
    return {"kind": kind, "node": name, "origin": origin} | due | fields


def view(
    nodes: list[dict[str, Any]] | None = None, deadlines: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    if nodes is None:
        names = ("n1", "n2", "n3")
        nodes = [node(name, [pod(f"tomcat-{name}abc")]) for name in names]
    if deadlines is None:
        deadlines = [deadline("grace", one["name"], 0, 40 * SECOND) for one in nodes]
    loops = [{"name": name, "lastActive": 0, "queue": 0} for name in ("node-controller", "replication")]
    part = {"state": "running"}
    return {
        "release": "v1.7", "version": "v1.7.5", "scenario": "three-nodes", "origin": 0,
        "podHeader": "NAME   READY   STATUS   RESTARTS   AGE   IP   NODE",
        "control": {
            "etcd": part | {"name": "etcd", "revision": 7, "keys": 9, "health": "ok", "port": 2379},
            "apiserver": part | {"name": "apiserver", "watches": 9, "objects": {"nodes": 3}, "port": 6443},
            "controller-manager": part | {"name": "controller-manager", "leader": True, "loops": loops},
            "scheduler": part | {"name": "scheduler", "leader": True, "queue": 0, "lastActive": 0},
        },
        "nodes": {one["name"]: one for one in nodes},
        "deadlines": {f"{one['kind']}/{one['node']}": one for one in deadlines},
        "workloads": {
            "rc/default/tomcat": {
                "kind": "ReplicationController", "name": "tomcat", "namespace": "default", "app": "tomcat",
                "wants": 3, "active": 3, "objects": 3, "ready": 3, "endpoints": 3, "pending": [],
            }
        },
        "services": {
            "default/tomcat": {
                "name": "tomcat", "clusterIP": "10.0.0.12", "port": 8080, "endpoints": ["172.17.1.2:8080"],
                "notReady": [], "succeeded": 5, "refused": 0, "hung": 0, "rate": 2,
            }
        },
    }  # fmt: skip


def many(count: int, **others: dict[str, Any]) -> list[dict[str, Any]]:
    """So many nodes, some of them given."""
    names = (f"n{number}" for number in range(1, count + 1))
    return [others.get(name) or node(name, [pod(f"tomcat-{name}abc")]) for name in names]
