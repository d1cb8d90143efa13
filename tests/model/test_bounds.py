"""No input uses up the machine: every number is bounded, at every door, before anything is done."""

import json
from contextlib import suppress

import msgspec
import pytest

from clustersim import Cluster, Command, CommandError, bounds, default_scenario
from clustersim.engine.actor import Actor
from clustersim.engine.engine import EndlessError, Engine
from clustersim.engine.time import SECOND
from clustersim.explain import what_if
from clustersim.run import Given, Inputs, Run
from clustersim.runfile import RunFile, RunFileError, read_run, replay_run, write_run
from clustersim.scenario.errors import ScenarioError
from clustersim.scenario.loader import load_scenario

BILLION = 10**9


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario())


@pytest.mark.parametrize("replicas", [bounds.MOST_PODS, BILLION, 2**31 - 1, 2**62, -1])
def test_scaling_beyond_what_a_cluster_takes_is_refused_before_anything_is_done(
    cluster: Cluster, replicas: int
) -> None:
    before = cluster.state_hash()
    with pytest.raises(CommandError, match=r"at most 5000 pods|between 0 and"):
        cluster.apply(Command("scale", "rc/tomcat", {"replicas": replicas}))
    assert cluster.state_hash() == before


def test_two_workloads_together_are_bounded(cluster: Cluster) -> None:
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 4000}))
    cluster.run_until(SECOND)
    with pytest.raises(CommandError, match="would have 5001"):
        cluster.apply(Command("scale", "rc/mysql", {"replicas": 1001}))
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 3}))


def workload(kind: str, api: str, **spec: object) -> str:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "a", "image": "x"}]}}
    whole = {"template": template, **spec}
    if kind == "ReplicationController":
        whole["selector"] = {"a": "b"}
    elif kind != "Job":
        whole["selector"] = {"matchLabels": {"a": "b"}}
    if kind == "Job":
        whole["template"] = {**template, "spec": {**template["spec"], "restartPolicy": "Never"}}
    if kind == "StatefulSet":
        whole["serviceName"] = "a"
    return json.dumps({"kind": kind, "apiVersion": api, "metadata": {"name": "big"}, "spec": whole})


@pytest.mark.parametrize(
    ("kind", "api", "field"),
    [
        ("ReplicationController", "v1", "replicas"),
        ("Deployment", "apps/v1beta1", "replicas"),
        ("StatefulSet", "apps/v1beta1", "replicas"),
        ("Job", "batch/v1", "parallelism"),
    ],
)
def test_a_manifest_of_a_billion_pods_makes_none(cluster: Cluster, kind: str, api: str, field: str) -> None:
    manifest = workload(kind, api, **{field: BILLION})
    with suppress(CommandError):
        cluster.apply(Command("apply", "x", {"manifest": manifest}))
    cluster.run_until(120 * SECOND)
    assert len(cluster.objects("pods")) < 10


def test_a_cluster_that_begins_larger_keeps_its_size() -> None:
    object_ = "{kind: ReplicationController, name: a, replicas: 5100, containers: [{name: a, image: x}]}"
    text = f"nodes: 2\nobjects: [{object_}]"
    cluster = Cluster(load_scenario(text))
    size = cluster.world.apiserver.registry.storage.size
    assert (size.most_pods, size.most_objects) == (5100, bounds.MOST_OBJECTS)


@pytest.mark.parametrize("every", ["0s", "1us", "-1s", "9ms"])
def test_a_client_that_calls_without_a_pause_is_refused(every: str) -> None:
    with pytest.raises(ScenarioError):
        load_scenario(f"clients: [{{name: c, service: tomcat, every: {every}}}]\nnodes: 1\n")


# --- times


@pytest.mark.parametrize("t", [2**53, bounds.HORIZON + 1, -1])
def test_nothing_is_moved_beyond_the_horizon(t: int) -> None:
    inputs = Inputs(default_scenario(), (Given(0, Command("stop-kubelet", "n1")),))
    with pytest.raises(CommandError):
        what_if.changed(inputs, what_if.Input(what_if.COMMAND, 0), {"t": t})


class Endless(Actor):
    def again(self) -> None:
        self.engine.post(self.engine.now, self.address, 0, "again", ())


def test_what_goes_on_without_time_passing_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustersim.engine.engine.MOST_AT_ONE_INSTANT", 1000)
    engine = Engine(1, 0)
    actor = Endless(engine, "endless")
    engine.add(actor)
    actor.again()
    with pytest.raises(EndlessError, match=r"endless\.again"):
        engine.run_until(1)


# --- run files: the seal has no key, so every file may be somebody's


def forged(**scenario: object) -> bytes:
    """A run file with other fields of its scenario, sealed as the server would."""
    file = msgspec.json.decode(write_run(Run(Inputs(default_scenario()))), type=dict)
    file["scenario"] = {**file["scenario"], **scenario}
    return msgspec.json.encode(msgspec.convert(file, RunFile).sealed())


def client(every: int) -> dict[str, object]:
    return {"name": "c", "service": "tomcat", "every": every}


def rc(name: str, replicas: int) -> dict[str, object]:
    return {
        "kind": "ReplicationController",
        "name": name,
        "replicas": replicas,
        "selector": {"app": name},
        "labels": {"app": name},
        "containers": [{"name": "a", "image": "x"}],
    }


@pytest.mark.parametrize(
    "scenario",
    [
        {"clients": [client(0)]},
        {"clients": [client(-1)]},
        {"clients": [client(1)]},
        {"clients": [client(2**62)]},
        {"objects": [rc("a", BILLION), rc("b", -BILLION)]},
        {"objects": [rc("a", 3000), rc("b", 3000)]},
        {"objects": [{**rc("a", 1), "at": 2**62}]},
        {"nodes": [{"name": "n1"}, {"name": "n1"}]},
        {"nodes": [{"name": "n1", "cpu": "lots"}]},
        {"nodes": [{"name": "n1", "memory_mib": 2**62}]},
        {"nodes": [{"name": "n1", "ready_at": -(2**62)}]},
        {"actions": [{"at": 2**62, "do": "stop-kubelet", "target": "n1"}]},
        {"actions": [{"at": 1, "do": "stop-kubelet", "target": "n99"}]},
        {"until": -1},
        {"release": "v0.9"},
        {"flags": {"kubelet": {"node_status_update_frequency": 0}}},
        {"flags": {"controller_manager": {"node_monitor_period": -5}}},
        {"supervisor": {"components": ["kubelet"], "after": -1}},
        {"phase": {"leader_since": 2**62}},
        {"title": {"en": "x" * 100_000}},
        {"seed": 2**200},
    ],
)
def test_a_hostile_run_file_is_refused_before_it_is_computed(scenario: dict[str, object]) -> None:
    with pytest.raises((RunFileError, msgspec.ValidationError)):
        read_run(forged(**scenario))


def test_an_honest_run_file_is_taken() -> None:
    run = Run(Inputs(default_scenario(), (Given(5, Command("stop-kubelet", "n1")),)), 30 * SECOND)
    assert replay_run(read_run(write_run(run)))[1]


def test_a_run_file_whose_commands_break_the_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    file = read_run(write_run(Run(Inputs(default_scenario()), SECOND)))

    def breaks(_self: Cluster, _until: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Cluster, "run_until", breaks)
    with pytest.raises(RunFileError):
        replay_run(file)
