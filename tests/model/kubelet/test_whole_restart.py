"""Containers whose end has all containers of their pod begin anew (v1.36)."""

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta
from clustersim.kubelet.pod_phase import WITH_ALL
from clustersim.kubelet.whole_restart import CONDITION
from tests.model.kubelet.node_world import NodeWorld

RULE = v1.ContainerRestartRule(
    action="RestartAllContainers",
    exit_codes=v1.ContainerRestartRuleOnExitCodes(operator="In", values=(42,)),
)


def _container(name: str, script: str = "", *, rule: bool = False, policy: str = "") -> v1.Container:
    return v1.Container(
        name=name,
        image="busybox:1",
        command=("sh", "-c", script) if script else ("sleep", "1d"),
        restart_policy=policy,
        restart_policy_rules=(RULE,) if rule else (),
    )


def _world(
    *containers: v1.Container, init: tuple[v1.Container, ...] = (), policy: str = "Never"
) -> NodeWorld:
    world = NodeWorld("v1.36")
    world.run(10)
    spec = v1.PodSpec(init_containers=init, containers=containers, restart_policy=policy)
    world.ask("create", "pods", "default", "web", v1.Pod(metadata=ObjectMeta(name="web"), spec=spec))
    world.ask("bind", "pods", "default", "web", "n1")
    return world


def _pod(world: NodeWorld) -> v1.Pod:
    pod = world.pod("web")
    assert pod is not None
    return pod


def _restarts(world: NodeWorld) -> dict[str, int]:
    status = _pod(world).status
    every = (*status.init_container_statuses, *status.container_statuses)
    return {one.name: one.restart_count for one in every}


def _conditions(world: NodeWorld) -> list[str]:
    """What the condition was, each time it was told."""
    found: list[str] = []
    for event in world.events("write", "pods/default/web"):
        status = getattr(event.after, "status", None)
        found += [one.status for one in getattr(status, "conditions", ()) if one.type == CONDITION]
    return [one for at, one in enumerate(found) if not at or found[at - 1] != one]


def test_all_containers_of_a_pod_begin_anew_in_its_sandbox() -> None:
    main = _container("main")
    trigger = _container("trigger", "sleep 20; exit 42", rule=True, policy="Never")
    world = _world(main, trigger, init=(_container("first", "exit 0"), _container("beside", policy="Always")))
    world.run(25)
    address, uid = _pod(world).status.pod_ip, _pod(world).metadata.uid
    assert not any(_restarts(world).values())
    world.run(45)
    assert set(_restarts(world).values()) == {1}
    assert (_pod(world).status.pod_ip, _pod(world).metadata.uid) == (address, uid)
    assert _pod(world).status.phase == "Running"
    assert len(world.docker.disk.sandboxes) == 1
    for status in _pod(world).status.container_statuses:
        last = status.last_state.terminated
        assert last is not None
        assert (last.reason, last.exit_code) == (WITH_ALL, 137)
        assert status.state.running is not None
    assert _conditions(world) == ["False", "True", "False"]
    assert ("Killing", "killing", 1) in world.notices("Killing")


def test_who_is_killed_for_it_has_two_seconds_and_no_hook() -> None:
    hook = v1.Lifecycle(pre_stop=v1.LifecycleHandler(sleep=v1.SleepAction(seconds=10)))
    main = v1.Container(name="main", image="busybox:1", command=("sleep", "1d"), lifecycle=hook)
    world = _world(main, _container("trigger", "sleep 20; exit 42", rule=True, policy="Never"))
    world.run(60)
    told, ended, began = (
        world.container_times(verb, name)[0]
        for verb, name in (("told-to-stop", "main"), ("exited", "main"), ("exited", "trigger"))
    )
    assert 2 <= ended - told <= 2.1
    assert began <= told <= began + 2


def test_an_init_container_has_those_before_it_run_again() -> None:
    again = _container("second", "sleep 1; exit 42", rule=True, policy="Never")
    world = _world(_container("main"), init=(_container("first", "exit 0"), again))
    world.run(30)
    assert len(world.container_times("started", "first")) >= 2


def test_another_exit_code_restarts_nobody() -> None:
    world = _world(_container("main"), _container("trigger", "sleep 5; exit 1", rule=True, policy="Never"))
    world.run(40)
    assert _restarts(world) == {"main": 0, "trigger": 0}
    assert _conditions(world) == ["False"]


def test_a_pod_without_such_a_rule_says_nothing_of_it() -> None:
    world = _world(_container("main"))
    world.run(30)
    assert _conditions(world) == []
