"""Files of a node with what its containers have written."""

import json
from collections.abc import Callable
from functools import partial

from clustersim.api.timestamp import rfc3339_micro
from clustersim.console.nodes.container_logs import written
from clustersim.console.nodes.host import Host
from clustersim.runtime.records import Container


def _log_paths(host: Host, record: Container) -> tuple[str, str]:
    """Where a container's log is, for the kubelet and for collectors of logs (kuberuntime/helpers.go
    BuildPodLogsDirectory, legacy.go LegacyLogSymlink)."""
    if host.runtime == "docker":
        own = f"/var/log/pods/{record.pod_uid}/{record.name}_{record.attempt}.log"
    else:
        pod = f"{record.namespace}_{record.pod}_{record.pod_uid}"
        own = f"/var/log/pods/{pod}/{record.name}/{record.attempt}.log"
    return own, f"/var/log/containers/{record.pod}_{record.namespace}_{record.name}-{record.id}.log"


def _container_log(host: Host, record: Container) -> str:
    """As docker's json-file driver writes it, or as the CRI has it."""
    pod = host.cluster.object("pods", f"{record.namespace}/{record.pod}")
    lines = () if pod is None else written(host.cluster, pod, record).lines
    if host.runtime == "docker":
        docker = (
            {"log": f"{one.text}\n", "stream": "stdout", "time": rfc3339_micro(one.wall)} for one in lines
        )
        return "\n".join(json.dumps(one, separators=(",", ":"), ensure_ascii=False) for one in docker)
    return "\n".join(f"{rfc3339_micro(one.wall)[:-1]}000Z stdout F {one.text}" for one in lines)


def logs_of(host: Host) -> dict[str, Callable[[Host], str]]:
    """By path."""
    if host.is_master:
        return {}
    found: dict[str, Callable[[Host], str]] = {}
    for record in host.cluster.runtime(host.name).disk.containers.values():
        for path in _log_paths(host, record):
            found[path] = partial(_container_log, record=record)
    return found
