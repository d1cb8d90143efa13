"""The own timeline of a recording as the observation that milestones are made from: no model needed."""

import re
from typing import Any

from msgspec.structs import replace

from clustersim.conformance.observation import (
    Change,
    ContainerChange,
    EndpointsFacts,
    NodeFacts,
    Notice,
    Observation,
    PodFacts,
    ProcessChange,
    WorkloadFacts,
)
from clustersim.conformance.recording import Recording
from clustersim.engine.time import Micros, seconds

CONTAINER = re.compile(
    r"container (\S+) (running|waiting|terminated) ?(.*?) ?ready=(True|False) restarts=(\d+)"
)
RUNTIME = {
    "container started": "started",
    "container told to stop (SIGTERM)": "told to stop",
    "container exited": "exited",
    "container removed": "removed",
}
KINDS = {
    "replicationcontroller": "ReplicationController",
    "replicaset": "ReplicaSet",
    "deployment": "Deployment",
    "statefulset": "StatefulSet",
    "daemonset": "DaemonSet",
}


class _Adapter:
    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.owners = {pod.name: pod for pod in recording.pods}
        self.lives: dict[str, int] = {}
        self.states: dict[str, Any] = {}
        self.nodes: list[Change[NodeFacts]] = []
        self.pods: list[Change[PodFacts]] = []
        self.endpoints: list[Change[EndpointsFacts]] = []
        self.workloads: list[Change[WorkloadFacts]] = []
        self.statuses: dict[str, dict[str, int]] = {}
        self.reasons: dict[str, str] = {}
        self.notices: list[Notice] = []
        self.containers: list[ContainerChange] = []
        self.running: dict[tuple[str, str], list[str]] = {}
        self.dead: dict[tuple[str, str], list[str]] = {}
        self.processes: list[ProcessChange] = []

    def change(self, changes: list[Any], t: Micros, key: str, after: Any) -> None:
        before = self.states.get(key)
        if (
            changes
            and changes[-1].key == key
            and changes[-1].t == t
            and changes[-1].after == before
            and after
        ):
            changes[-1] = replace(changes[-1], after=after)
        else:
            changes.append(Change(t, key, before, after))
        self.states[key] = after

    def entry(self, entry: dict[str, Any]) -> None:
        t, kind = seconds(entry["t"]), entry["object"]
        head, _, name = kind.partition("/")
        if head == "event":
            involved, _, who = entry["involved"].partition("/")
            self.notices.append(
                Notice(t, entry["reason"], involved.capitalize(), who, entry["message"], entry["count"])
            )
        elif head == "node":
            self.node(t, name, entry["change"])
        elif head == "pod":
            self.pod(t, name, entry)
        elif head == "endpoints":
            self.change(
                self.endpoints, t, name, EndpointsFacts(name, len(entry["ready"]), len(entry["not_ready"]))
            )
        elif head in KINDS:
            self.workload(t, KINDS[head], name, entry["change"])
        elif head.startswith("docker on "):
            self.runtime(t, head.removeprefix("docker on "), entry)
        elif head.startswith("process "):
            what = "exited" if entry["change"].startswith("exited") else "started"
            self.processes.append(ProcessChange(t, head.removeprefix("process "), what))
        else:
            raise AssertionError(entry)

    def node(self, t: Micros, name: str, text: str) -> None:
        before = self.states.get(name)
        if text == "deleted":
            self.change(self.nodes, t, name, None)
        elif match := re.match(r"registered \(Ready (\w+)\)", text):
            self.change(self.nodes, t, name, NodeFacts(name, match[1]))
        elif match := re.match(r"condition Ready (\w+)->(\w+)", text):
            self.change(self.nodes, t, name, replace(before, ready=match[2]))

    def pod(self, t: Micros, name: str, entry: dict[str, Any]) -> None:
        text = entry["change"]
        if text.startswith("created"):
            self.lives[name] = self.lives.get(name, 0) + 1
        key = f"{name}#{self.lives[name]}"
        before = self.states.get(key)
        if text.startswith("created"):
            pod = self.owners[name]
            owner_kind = "" if pod.owner_kind == "Pod" else pod.owner_kind or ""
            after = PodFacts(key, name, pod.owner or name, owner_kind, entry.get("node", ""))
        elif text == "removed from API":
            after = None
        else:
            after = self.pod_change(before, text, entry)
        if after is not None:
            after = replace(after, printed=self.printed(key, after, text))
        self.change(self.pods, t, key, after)

    def printed(self, key: str, pod: PodFacts, text: str) -> str:
        if match := CONTAINER.match(text):
            reason = match[3].partition(" exit ")[0] if match[2] != "running" else ""
            self.reasons[key] = reason
        if pod.deleting:
            return "Unknown" if pod.reason == "NodeLost" else "Terminating"
        return self.reasons.get(key) or pod.reason or pod.phase

    def pod_change(self, pod: PodFacts, text: str, entry: dict[str, Any]) -> PodFacts:
        if text.startswith("bound to "):
            return replace(pod, node=text.removeprefix("bound to "))
        if match := re.match(r"phase \w+->(\w+)", text):
            return replace(pod, phase=match[1])
        if match := re.match(r"condition (\w+) (?:\w+->)?(\w+)", text):
            if match[1] == "Ready":
                return replace(pod, ready=match[2] == "True")
            if match[1] == "PodScheduled":
                return replace(pod, unschedulable=match[2] == "False")
            return pod
        if match := re.match(r"status.reason \w+->(\w+)", text):
            return replace(pod, reason="" if match[1] == "None" else match[1])
        if text == "deletionTimestamp set":
            return replace(pod, deleting=True, grace=entry["grace"])
        if text.startswith("podIP "):
            return replace(pod, ip=text.removeprefix("podIP "))
        if match := CONTAINER.match(text):
            waiting = match[3] if match[2] == "waiting" else ""
            return replace(pod, waiting=(waiting,), running=match[2] == "running", restarts=int(match[5]))
        raise AssertionError(text)

    def workload(self, t: Micros, kind: str, name: str, text: str) -> None:
        key = f"{kind}/{name}"
        before = self.states.get(key)
        owner = name.rpartition("-")[0] if kind == "ReplicaSet" else name
        facts = before or WorkloadFacts(kind, name, owner)
        if match := re.search(r"spec.replicas \w+->(\d+)", text):
            facts = replace(facts, replicas=int(match[1]))
        status = self.statuses.setdefault(key, {})
        for field, value in re.findall(r"(?<!spec.)\b(\w+) \w+->(\d+)", text):
            status[field] = int(value)
        if kind == "Deployment":
            counts = [status.get(f, 0) for f in ("replicas", "updatedReplicas", "availableReplicas")]
            facts = replace(facts, complete=counts == [facts.replicas] * 3)
        self.change(self.workloads, t, key, facts)

    def runtime(self, t: Micros, node: str, entry: dict[str, Any]) -> None:
        name, what = entry["pod"], RUNTIME[entry["change"]]
        running = self.running.setdefault((node, name), [])
        dead = self.dead.setdefault((node, name), [])
        uid = f"{name}#{self.lives.get(name, 1)}"
        if what == "started":
            running.append(uid)
        elif what == "removed":
            uid = dead.pop(0) if dead else uid
        else:
            uid = running[0] if running else uid
            if what == "exited" and running:
                dead.append(running.pop(0))
        self.containers.append(ContainerChange(t, node, uid, entry["container"], what))


def recorded(recording: Recording) -> Observation:
    """What the recording's own observer saw."""
    adapter = _Adapter(recording)
    for entry in recording.timeline:
        adapter.entry(entry)
    for component in ("controller-manager", "scheduler"):
        adapter.processes += [
            ProcessChange(seconds(line["t"]), component, "leads")
            for line in recording.logs.get(component, ())
            if "successfully acquired lease" in line["line"]
        ]
    adapter.processes += [
        # Its health was only asked for every half second.
        ProcessChange(seconds(milestone.t), "apiserver", "answers")
        for milestone in recording.milestones
        if milestone.name == "apiserver-answers"
    ]
    heartbeats = {n: tuple(map(seconds, ts)) for n, ts in recording.phase.heartbeats_after_repair.items()}
    return Observation(
        nodes=tuple(adapter.nodes),
        pods=tuple(adapter.pods),
        endpoints=tuple(adapter.endpoints),
        workloads=tuple(adapter.workloads),
        notices=tuple(adapter.notices),
        containers=tuple(adapter.containers),
        processes=tuple(adapter.processes),
        heartbeats=heartbeats,
        end=seconds(recording.final.t),
    )
