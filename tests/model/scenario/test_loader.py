from pathlib import Path

import pytest

from clustersim.engine.time import MINUTE, SECOND
from clustersim.flags import Flags
from clustersim.scenario import (
    ActionSpec,
    ContainerSpec,
    Exits,
    NodeSpec,
    ScenarioError,
)
from clustersim.scenario.loader import default_scenario, load_scenario


def complaint(text: str, language: str = "en") -> str:
    with pytest.raises(ScenarioError) as refused:
        load_scenario(text)
    return refused.value.text(language)


def test_the_default_world_is_that_of_the_source_post() -> None:
    world = default_scenario()
    assert [(node.name, node.cpu, node.memory_mib) for node in world.nodes] == [
        ("n1", "2", 2048),
        ("n2", "2", 2048),
        ("n3", "2", 2048),
    ]
    assert {spec.target: spec.replicas for spec in world.objects} == {
        "rc/mysql": 1,
        "service/mysql": None,
        "rc/tomcat": 3,
        "service/tomcat": None,
    }
    assert [(spec.name, spec.port) for spec in world.objects if spec.kind == "Service"] == [
        ("mysql", 3306),
        ("tomcat", 8080),
    ]
    assert [client.service for client in world.clients] == ["tomcat"]


def test_the_default_world_has_the_flags_of_its_release() -> None:
    assert default_scenario("v1.7").flags.kubelet.heartbeat_timeout == 0
    assert default_scenario("v1.8.0").flags.kubelet.heartbeat_timeout == 10 * SECOND
    assert default_scenario("v1.8.0").release == "v1.8"


def test_the_cluster_of_a_lesson_is_a_scenario() -> None:
    scenario = load_scenario(
        """
        nodes: 3
        flags: {controller-manager: {node-monitor-grace-period: 40s, pod-eviction-timeout: 5m}}
        objects: [{kind: ReplicationController, name: web, replicas: 6}]
        start: steady
        """
    )
    (web,) = scenario.objects
    assert (web.replicas, web.selector, web.labels) == (6, {"app": "web"}, {"app": "web"})
    assert web.containers == (ContainerSpec(name="web", image="web", port=8080),)
    assert scenario.flags == Flags()
    assert scenario.clients == ()


def test_the_steps_of_a_lesson_are_actions() -> None:
    scenario = load_scenario("actions: [{at: 0s, as: stop, action: stop-kubelet, target: n1}]")
    assert scenario.actions == (ActionSpec(at=0, do="stop-kubelet", target="n1", label="stop"),)


def test_the_actions_of_a_recording_are_actions_and_happen_when_they_were_seen() -> None:
    scenario = load_scenario(
        """
        actions:
          - {t: 20.5, do: scale, target: rc/tomcat, replicas: 2, seen_t: 20.699}
          - {t: -3.007, do: stop-controller-manager, target: controller-manager}
        """
    )
    assert scenario.actions == (
        ActionSpec(at=-3_007_000, do="stop-controller-manager", target="controller-manager"),
        ActionSpec(at=20_699_000, do="scale", target="rc/tomcat", args={"replicas": 2}),
    )


def test_what_a_recording_spells_out_of_a_power_cut_is_understood() -> None:
    text = "actions: [{t: 0, do: power-off, target: n1, containers: exited}]"
    found = ActionSpec(at=0, do="power-off", target="n1", args={"containers": "exited"})
    assert load_scenario(text).actions == (found,)


def test_the_objects_of_a_recording_are_objects() -> None:
    scenario = load_scenario(
        """
        objects:
          - {"kind": "Pod", "api": "v1", "name": "done", "namespace": "default", "labels": {"app": "done"},
             "containers": [{"name": "done", "image": "busybox", "port": 8080,
                             "requests": {"cpu": "200m", "memory": "200Mi"},
                             "exits": {"after_ms": 500, "code": 0}, "pull": "fails until allow-image"}],
             "restart_policy": "Never", "node_selector": {"kubernetes.io/hostname": "n2"}, "at": -39.594}
        """
    )
    (done,) = scenario.objects
    assert done.at == -39_594_000
    assert done.restart_policy == "Never"
    (container,) = done.containers
    assert container.exits == Exits(after_ms=500)
    assert container.requests == {"cpu": "200m", "memory": "200Mi"}
    assert container.pull_fails


def test_json_is_read_like_yaml() -> None:
    assert load_scenario('{"nodes": [{"name": "a", "cpu": 4}], "seed": 7, "ticking": true}').nodes == (
        NodeSpec(name="a", cpu="4"),
    )


def test_phases_and_boot_times_are_carried() -> None:
    scenario = load_scenario(
        """
        nodes: [{name: n1, ready_at: -36.093, heartbeat-at: -6.047s}]
        objects: []
        phase: {monitor-pass: -31.766, gc_pass: -36.803, leader_since: -36.919}
        supervisor: {components: [scheduler], restart_after_s: 5}
        transport: http/2 over tls
        """
    )
    assert scenario.nodes == (NodeSpec(name="n1", ready_at=-36_093_000, heartbeat_at=-6_047_000),)
    assert scenario.phase.monitor_pass == -31_766_000
    assert scenario.phase.gc_pass == -36_803_000
    assert (scenario.supervisor.components, scenario.supervisor.after) == (("scheduler",), 5 * SECOND)
    assert scenario.transport == "http/2 over tls"


def test_a_flag_of_one_node_differs_only_there() -> None:
    scenario = load_scenario("nodes: [n1, {name: n2, flags: {kubelet: {max-pods: 5}}}]\nobjects: []")
    assert scenario.flags_of("n1").kubelet.max_pods == 110
    assert scenario.flags_of("n2").kubelet.max_pods == 5


def test_flags_are_set_by_an_action() -> None:
    scenario = load_scenario(
        "actions: [{at: 10s, do: set-flags, target: kubelet, flags: {max-pods: 3, "
        "serialize-image-pulls: false, eviction-hard: ['memory.available<50Mi', 'nodefs.available<5%']}}]"
    )
    assert scenario.actions[0].args == {
        "max-pods": "3",
        "serialize-image-pulls": "false",
        "eviction-hard": "memory.available<50Mi,nodefs.available<5%",
    }


def test_an_object_with_a_time_is_created_once_by_an_action() -> None:
    scenario = load_scenario(
        """
        objects:
          - {kind: Pod, name: early, at: -5s}
          - {kind: Pod, name: late, at: 5s}
          - {kind: Pod, name: acted, at: 7s}
        actions: [{at: 8s, do: create, target: pod/acted}]
        """
    )
    assert [spec.name for spec in scenario.initial_objects()] == ["early"]
    assert [(action.at, action.target) for action in scenario.all_actions()] == [
        (5 * SECOND, "pod/late"),
        (8 * SECOND, "pod/acted"),
    ]


def test_a_run_lasts_a_minute_longer_than_its_last_action() -> None:
    assert load_scenario("seed: 1\n").until == 7 * MINUTE
    assert load_scenario("actions: [{at: 10m, do: watch}]").until == 11 * MINUTE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nodez: 3\n", "-:1:1: unknown key nodez; did you mean nodes?"),
        (
            "nodes: 3\nflags: {controller-manager: {node-monitor-grace: 40s}}",
            "-:2:30: controller-manager has no flag node-monitor-grace; did you mean "
            "node-monitor-grace-period?",
        ),
        (
            "flags:\n  controller-manager:\n    node-monitor-grace-period: 40\n",
            '-:3:32: invalid argument "40" for --node-monitor-grace-period=40: '
            "time: missing unit in duration 40",
        ),
        (
            "flags: {controler-manager: {}}",
            "-:1:9: no component controler-manager; did you mean controller-manager?",
        ),
        (
            "flags:\n  scheduler: {leader-elect-lease-duration: 3s}\n",
            "-:2:3: --leader-elect-lease-duration: leaseDuration must be greater than renewDeadline",
        ),
        (
            "actions:\n  - {at: 0s, do: stop-kublet, target: n1}",
            "-:2:18: unknown action stop-kublet; did you mean stop-kubelet?",
        ),
        ("actions:\n  - {at: 0s, do: stop-kubelet, target: m1}", "-:2:40: no node m1; did you mean n1?"),
        ("actions: [{at: 0s, do: stop-kubelet}]", "-:1:11: target is missing"),
        ("actions: [{do: stop-kubelet, target: n1}]", "-:1:11: at is missing"),
        (
            "actions: [{at: soon, do: watch}]",
            "-:1:16: expected a time such as 40s, 1m30s or 2.5 (seconds), found soon",
        ),
        (
            "actions: [{at: 0s, do: scale, target: rc/tomcat, replica: 2}]",
            "-:1:50: unknown key replica; did you mean replicas?",
        ),
        ("actions: [{at: 0s, do: scale, target: rc/tomcat}]", "-:1:11: replicas is missing"),
        (
            "actions: [{at: 0s, do: scale, target: rc/tomcats, replicas: 2}]",
            "-:1:39: rc/tomcats is none of rc/mysql, rc/tomcat; did you mean rc/tomcat?",
        ),
        ("objects: [{kind: Pods, name: x}]", "-:1:18: unknown kind of object Pods; did you mean Pod?"),
        ("objects: [{name: x}]", "-:1:11: kind is missing"),
        ("objects: [{kind: Service, name: x, replicas: 2}]", "-:1:36: unknown key replicas"),
        (
            "objects: [{kind: Pod, name: My_Pod}]",
            "-:1:29: My_Pod is no name: lower case letters, digits and hyphens, 253 at most",
        ),
        (
            "objects: [{kind: ReplicationController, name: x, replicas: 1000000}]",
            "-:1:60: 1000000 is not between 0 and 150000",
        ),
        (
            "objects:\n- {kind: ReplicationController, name: x, selector: {a: b}, labels: {a: c}}",
            "-:2:42: `selector` does not match template `labels`",
        ),
        ("objects: [{kind: Pod, name: x}, {kind: Pod, name: x}]", "-:1:33: pod/x is given twice"),
        ("nodes: [n1, n1]", "-:1:13: n1 is given twice"),
        ("nodes: 0\n", "-:1:8: 0 is not between 1 and 5000"),
        ("nodes: []\n", "-:1:8: a cluster needs a node"),
        (
            "release: v1.9\n",
            "-:1:10: v1.9 is none of v1.7, v1.8, v1.36, v1.7.5, v1.8.0, v1.36.2; did you mean v1.8?",
        ),
        ("placement: {tomcat: {n4: 1}}", "-:1:22: no node n4; did you mean n3?"),
        ("placement: {tomkat: {n1: 1}}", "-:1:13: no object tomkat has pods; did you mean tomcat?"),
        ("clients: [{service: tomkat}]", "-:1:21: no service tomkat; did you mean tomcat?"),
        ("phase: {gc_pass: 3s}", "-:1:18: 3s is not before zero"),
        ("until: 1s\nactions: [{at: 5s, do: watch}]", "-:1:8: the run ends before the last action"),
        ("seed: 1\nseed: 2\n", "-:2:1: seed is given twice"),
        ("a: &x 1\nb: *x\n", "-:2:4: aliases are not allowed"),
        ("a: !!python/name:os.system x\n", "-:1:4: tags are not allowed"),
        ("nodes: [1\n", "-:1:8: this [ is not closed"),
        ("\n", "-:1:1: the file is empty"),
        ("- 1\n", "-:1:1: expected keys with values, found [...]"),
    ],
)
def test_a_wrong_scenario_says_where_and_what(text: str, said: str) -> None:
    assert complaint(text) == said


def test_all_that_is_wrong_with_a_scenario_is_told_at_once() -> None:
    text = """
flags: {kubelet: {max-pds: 3, sync-frequency: soon}}
nodes: [{name: n1, cpu: many}, n2, n2]
sede: 1
objects: [{kind: Service, name: web, port: x, por: 1}]
"""
    with pytest.raises(ScenarioError) as refused:
        load_scenario(text)
    places = [(one.line, one.column) for one in refused.value.all]
    assert places == [(2, 19), (2, 47), (3, 25), (3, 36), (4, 1), (5, 44), (5, 47)]


def test_what_speaks_of_objects_and_nodes_is_looked_at_once_they_are_right() -> None:
    text = "nodes: {nodes}\nclients: [{service: tomkat}]\nactions: [{at: 0s, do: stop-kubelet, target: n9}]\n"
    assert complaint(text.replace("{nodes}", "none")).startswith("-:1:8")
    with pytest.raises(ScenarioError) as refused:
        load_scenario(text.replace("{nodes}", "2"))
    assert [one.line for one in refused.value.all] == [2, 3]


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("nodes: 3\nsede: 1\n")
    with pytest.raises(ScenarioError, match=r"wrong\.yaml:2:1: unknown key sede; did you mean seed"):
        load_scenario(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"seed: 1\nname: \xff\n")
    with pytest.raises(ScenarioError, match=r"binary\.yaml:2:1: not UTF-8"):
        load_scenario(path)


@pytest.mark.parametrize(
    "text",
    ["x: " + "a" * 1_100_000, "- " + "[" * 5000, "seed: " + "9" * 900],
    ids=["too long", "too deep", "too big a number"],
)
def test_a_file_out_of_bounds_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        load_scenario(text + "\n")
