"""Whatever is applied, set, typed or broken: an hour later the run still goes on and can be shown."""

import json
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clustersim import Cluster, Command, CommandError, default_scenario
from clustersim.command import Argument
from clustersim.console import run as type_line
from clustersim.engine.time import SECOND
from clustersim.faults import ACTIONS, Target
from clustersim.flags.catalogue import catalogue
from clustersim.recovery import look_at
from tests.hostile.corpus import EXTREMES, LINES, MANIFESTS

HOUR = 3600
NODES = ("n1", "n2", "n3", "master", "n9", "")
TARGETS: dict[Target, tuple[str, ...]] = {
    Target.NODE: NODES,
    Target.COMPONENT: ("etcd", "apiserver", "controller-manager", "scheduler", "kubelet", "docker", "x"),
    Target.POD: ("tomcat@n1", "mysql@n2", "tomcat@n3", "p", "default/p", "x"),
    Target.OWNER: ("rc/tomcat", "rc/mysql", "deployment/p", "rs/p", "statefulset/p", "job/p", "ds/p", "x/y"),
    Target.OBJECT: ("rc/tomcat", "nodes/n1", "pods/p", "services/tomcat", "ns/default", "deployment/p", "x"),
    Target.IMAGE: ("tomcat:8", "x", ""),
    Target.NOTHING: ("",),
}
SIMPLE = st.sampled_from([value for value in EXTREMES if isinstance(value, str | int | float | bool)])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a manifest where something else may be put."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, (*path, index))
    return found


def put(manifest: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    inner: Any = manifest
    for step in path[:-1]:
        try:
            inner = inner[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(inner, dict | list):
        with suppress(IndexError, TypeError):
            inner[path[-1]] = value


@st.composite
def manifests(draw: st.DrawFn) -> str:
    manifest = deepcopy(draw(st.sampled_from(MANIFESTS)))
    for path in draw(st.lists(st.sampled_from(places(manifest)), max_size=3)):
        put(manifest, path, draw(st.sampled_from(EXTREMES)))
    return json.dumps(manifest)


@st.composite
def actions(draw: st.DrawFn) -> Command:
    action = ACTIONS[draw(st.sampled_from(sorted(ACTIONS)))]
    target = draw(st.sampled_from(TARGETS[action.target]))
    args: dict[str, Argument] = {}
    for parameter in action.parameters:
        if draw(st.booleans()) or parameter.default is None:
            value = draw(SIMPLE)
            with suppress(ValueError, OverflowError):
                args[parameter.name] = parameter.type(value)
    return Command(action.do, target, args)


def settings_of(release: str) -> st.SearchStrategy[Command]:
    infos = list(catalogue(release=release))
    values = st.sampled_from(
        ["0", "1ns", "10ms", "1s", "24h", "1000000h", "-1s", "1", "-1", "1e18", "true", ""]
    )
    return st.builds(
        lambda info, value: Command("set-flags", info.component, {info.flag: value}),
        st.sampled_from(infos),
        values,
    )


apply = st.builds(lambda text: Command("apply", "x", {"manifest": text}), manifests())
typed = st.tuples(st.sampled_from(LINES), st.sampled_from(["", "n1", "master"]))
pauses = st.sampled_from([0, 1, 7, 45, 400])


def steps(release: str) -> st.SearchStrategy[list[tuple[int, Any]]]:
    given_ = st.one_of(apply, apply, actions(), settings_of(release), typed)
    return st.lists(st.tuples(pauses, given_), min_size=1, max_size=5)


def survives(release: str, given_: list[tuple[int, Any]]) -> None:
    cluster = Cluster(default_scenario(release))
    for pause, what in given_:
        cluster.run_until(cluster.now + pause * SECOND)
        commands = [what] if isinstance(what, Command) else list(type_line(cluster, *what).commands)
        for command in commands:
            with suppress(CommandError):
                cluster.apply(command)
        look_at(cluster)
    for _ in range(4):
        cluster.run_until(cluster.now + HOUR * SECOND // 4)
        look_at(cluster)


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_a_run_goes_on_for_an_hour_whatever_is_given(release: str, data: st.DataObject) -> None:
    survives(release, data.draw(steps(release)))
