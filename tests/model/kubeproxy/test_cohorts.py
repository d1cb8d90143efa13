"""Kube-proxies that learn together are what each would be if it learnt everything by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustersim import Cluster, Command, CommandError, Scenario, default_scenario
from clustersim.api import core_v1 as v1
from clustersim.api.discovery import (
    DiscoveryEndpointPort,
    Endpoint,
    EndpointConditions,
    EndpointHints,
    EndpointSlice,
    ForNode,
)
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.engine.process import JOURNAL_CUT, JOURNAL_LIMIT
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.kubeproxy import Cohorts, KubeProxy
from clustersim.kubeproxy.cohort import journal_with, members_of, note
from clustersim.kubeproxy.proxy import ProxyMemory
from clustersim.scenario_schema import ClientSpec, NodeSpec
from clustersim.snapshots import pack, unpack
from clustersim.view import ViewBuilder
from clustersim.world import MASTER
from tests.model.booted import booted_once as booted_once

NODES = ("n1", "n2", "n3", "n4")
RELEASES = ("v1.7", "v1.8", "v1.36")
Act = tuple[str, str]
Schedule = list[tuple[Micros, Act]]


def _scenario(release: str) -> Scenario:
    nodes = tuple(NodeSpec(name=name) for name in NODES)
    clients = (ClientSpec(name="caller", service="web", every=700 * MILLISECOND),)
    return replace(default_scenario(release), nodes=nodes, clients=clients)


@contextmanager
def _everybody_alone() -> Iterator[None]:
    """The plain way, with which the other is compared: nobody ever joins."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cohorts, "wrote", lambda _self, _proxy: None)
        yield


def _proxies(cluster: Cluster) -> list[KubeProxy]:
    found = [cluster.process("kube-proxy", name) for name in cluster.machines]
    return [proxy for proxy in found if isinstance(proxy, KubeProxy)]


# --- what is done ------------------------------------------------------------------------------------------


def _write(cluster: Cluster, verb: str, resource: str, name: str, obj: Any = None) -> None:
    server = cluster.world.apiserver
    if server.running and server.state.serving and cluster.world.etcd.running:
        server.handle(Request(verb, resource, "default", name, obj), "kubectl")
        cluster.world.engine.cause = 0


def _service(name: str, affinity: str = "None") -> v1.Service:
    spec = v1.ServiceSpec(
        cluster_ip=f"10.0.0.{70 + len(name)}",
        ports=(v1.ServicePort(port=80, target_port=80),),
        session_affinity=affinity,
    )
    return v1.Service(metadata=ObjectMeta(name=name, namespace="default"), spec=spec)


def _endpoints(release: str, name: str, count: int, hints: bool) -> Any:
    places = [(f"10.9.0.{number}", NODES[number % 4]) for number in range(count)]
    metadata = ObjectMeta(name=name, namespace="default", labels={"kubernetes.io/service-name": name})
    if release == "v1.36":
        ready = EndpointConditions(ready=True, serving=True, terminating=False)
        found = tuple(
            Endpoint(
                addresses=(ip,),
                conditions=ready,
                node_name=node,
                hints=EndpointHints(for_nodes=(ForNode(name=node),)) if hints else None,
            )
            for ip, node in places
        )
        ports = (DiscoveryEndpointPort(name="", port=80),)
        return EndpointSlice(metadata=metadata, address_type="IPv4", endpoints=found, ports=ports)
    addresses = tuple(v1.EndpointAddress(ip=ip, node_name=node) for ip, node in places)
    subsets = (v1.EndpointSubset(addresses=addresses, ports=(v1.EndpointPort(port=80),)),) if count else ()
    return v1.Endpoints(metadata=metadata, subsets=subsets)


def _lead(cluster: Cluster, what: str) -> None:
    name, _, count = what.partition(" ")
    release = cluster.release
    resource = "endpointslices" if release == "v1.36" else "endpoints"
    wanted = _endpoints(release, name, int(count.strip("h")), count.endswith("h"))
    if (stored := cluster.object(resource, f"default/{name}")) is None:
        _write(cluster, "create", resource, name, wanted)
    else:
        _write(cluster, "update", resource, name, replace(wanted, metadata=stored.metadata))


def _give(cluster: Cluster, what: str) -> None:
    name, _, affinity = what.partition(" ")
    stored = cluster.object("services", f"default/{name}")
    if affinity == "gone":
        _write(cluster, "delete", "services", name)
    elif stored is None:
        _write(cluster, "create", "services", name, _service(name, affinity))
    else:
        spec = replace(stored.spec, session_affinity=affinity)
        _write(cluster, "update", "services", name, replace(stored, spec=spec))


def _go_on(cluster: Cluster, how: str) -> None:
    """From a snapshot, on disk or in memory."""
    taken = cluster.snapshot()
    other = Cluster.adopt(unpack(pack(taken))) if how == "packed" else Cluster.restore(taken)
    vars(cluster).update(vars(other))


def _direct(cluster: Cluster, act: str, target: str) -> None:
    network = cluster.network
    if target == MASTER:
        network.cut(MASTER) if act == "cut" else network.heal(MASTER)
    elif target == "apiserver":
        getattr(cluster.world.apiserver, act)()
    else:
        getattr(cluster.process("kube-proxy", target), act)()
    cluster.world.engine.cause = 0


def _do(cluster: Cluster, act: str, target: str) -> None:
    acts: dict[str, Callable[[Cluster, str], None]] = {"lead": _lead, "give": _give, "go on": _go_on}
    if act in acts:
        acts[act](cluster, target)
        return
    if act in ("hang", "resume", "kill", "cut", "heal"):
        _direct(cluster, act, target)
        return
    args: dict[str, Any] = {"delay_ms": 40} if act == "slow-network" else {}
    if act == "set-flags":
        args, target = {"iptables-min-sync-period": target}, "kube-proxy"
    try:
        cluster.apply(Command(act, target, args))
    except CommandError:
        cluster.world.engine.cause = 0


# --- what is seen ------------------------------------------------------------------------------------------


def _known(proxy: KubeProxy) -> Any:
    """Of a kube-proxy: what it prints and would answer, its log, and what it believes."""
    state = proxy.state
    versions = [
        {key: obj.metadata.resource_version for key, obj in informer.state.cache.items()}
        for informer in (proxy.services, proxy.endpoints)
    ]
    return (
        [proxy.printed(command) for command in ("iptables-save", "nft list ruleset")],
        proxy.journal,
        [proxy.health(path, eligible=True) for path in ("/healthz", "/livez")],
        [list(known) for known in versions],
        versions,
        [(informer.state.phase, informer.state.epoch) for informer in (proxy.services, proxy.endpoints)],
        (state.changed, state.complete, state.due, state.synced_at, state.bucket),
        proxy.host.state.recent_callers,
        _heard(proxy),
    )


def _heard(proxy: KubeProxy) -> Any:
    """When the last frame came in."""
    connections = proxy.network.connections
    return None if connections is None else connections.last_frame(proxy)


class Told:
    """What is told of a run, step by step."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.builder = ViewBuilder(cluster)
        self.last = 0
        self.steps: list[Any] = []
        self.most = 0
        """So many members the largest cohort had."""

    def look(self) -> None:
        cluster = self.cluster
        events = cluster.record.since(self.last)
        self.last = cluster.record.last_id
        changes, _stored = self.builder.news()
        proxies = _proxies(cluster)
        self.most = max(self.most, *(len(list(members_of(proxy))) for proxy in proxies))
        watched = cluster.world.apiserver.open_watches() if cluster.world.apiserver.running else 0
        self.steps.append(
            (
                cluster.now,
                msgspec.json.encode(events),
                msgspec.json.encode(changes),
                [msgspec.json.encode(_known(proxy)) for proxy in proxies],
                watched,
            )
        )


def _told(release: str, schedule: Schedule) -> Told:
    told = Told(Cluster(_scenario(release)))
    cluster = told.cluster
    told.look()
    for delay, (act, target) in schedule:
        _do(cluster, act, target)
        told.look()
        cluster.run_until(cluster.now + delay)
        told.look()
    return told


def _compare(release: str, schedule: Schedule) -> Told:
    with _everybody_alone():
        plain = _told(release, schedule)
    together = _told(release, schedule)
    for one, other in zip(plain.steps, together.steps, strict=True):
        assert one == other
    return together


nodes = st.sampled_from(NODES)
delays = st.one_of(st.integers(0, 60 * MILLISECOND), st.integers(0, 5 * SECOND), st.integers(0, 90 * SECOND))
NODE_ACTS = (
    "stop-kube-proxy", "start-kube-proxy", "hang", "resume", "cut-network", "heal-network", "slow-network",
    "power-off", "power-on",
)  # fmt: skip
LED = ("web 0", "web 1", "web 2", "web 3", "other 2", "other 1", "web 3h")
OTHERS: list[Act] = [
    ("stop-apiserver", "apiserver"), ("start-apiserver", "apiserver"), ("hang", "apiserver"),
    ("resume", "apiserver"), ("cut", MASTER), ("heal", MASTER), ("stop-etcd", "etcd"), ("start-etcd", "etcd"),
    ("go on", "packed"), ("go on", "copied"), ("set-flags", "5s"), ("set-flags", "0s"),
    ("give", "web None"), ("give", "web ClientIP"), ("give", "other None"), ("give", "other gone"),
]  # fmt: skip
writes = st.sampled_from(LED).map(lambda what: ("lead", what))
acts = st.one_of(writes, writes, st.tuples(st.sampled_from(NODE_ACTS), nodes), st.sampled_from(OTHERS))
schedules = st.lists(st.tuples(delays, acts), min_size=4, max_size=24)
TOGETHER: Schedule = [
    (100 * MILLISECOND, ("give", "web None")),
    (3 * SECOND, ("lead", "web 3")),
    (3 * SECOND, ("lead", "web 2")),
]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(RELEASES), schedules)
def test_whatever_happens_each_is_what_it_would_be_alone(release: str, schedule: Schedule) -> None:
    assert _compare(release, TOGETHER + schedule).most == len(NODES)


def _settled(release: str = "v1.8") -> Cluster:
    cluster = Cluster(_scenario(release))
    for delay, (act, target) in TOGETHER:
        _do(cluster, act, target)
        cluster.run_until(cluster.now + delay)
    return cluster


def _companions(cluster: Cluster) -> list[int]:
    """How many do the same as each."""
    return [len(list(members_of(proxy))) for proxy in _proxies(cluster)]


def _handled(cluster: Cluster, count: int) -> int:
    """Entries of the queue that one change takes while nobody else does anything."""
    for node in cluster.machines:
        cluster.process("kubelet", node).kill()
    for process in (cluster.world.controller_manager, cluster.world.scheduler):
        process.kill()
    cluster.run_until(cluster.now + SECOND)
    before = cluster.world.engine.handled
    _do(cluster, "lead", f"web {count}")
    cluster.run_until(cluster.now + 100 * MILLISECOND)
    return cluster.world.engine.handled - before


def test_one_change_is_learnt_once_for_all() -> None:
    together = _handled(_settled(), 1)
    with _everybody_alone():
        assert _handled(_settled(), 1) == together + len(NODES) - 1


def test_who_was_stopped_is_alone_and_joins_again_who_is_like_it() -> None:
    cluster = _settled()
    for node in ("n2", "n3"):
        _do(cluster, "stop-kube-proxy", node)
    assert _companions(cluster) == [2, 1, 1, 2]
    for node in ("n2", "n3"):
        _do(cluster, "start-kube-proxy", node)
    cluster.run_until(cluster.now + 3 * SECOND)
    assert _companions(cluster) == [2, 1, 1, 2], "nothing has been written since"
    _do(cluster, "lead", "web 3")
    cluster.run_until(cluster.now + 3 * SECOND)
    found = [{proxy.machine for proxy in members_of(one)} for one in _proxies(cluster)]
    assert {"n2", "n3"} <= found[1], "they have listed everything in the same order"


def test_a_link_that_was_slow_is_no_reason_to_stay_alone() -> None:
    cluster = _settled()
    _do(cluster, "slow-network", "n2")
    assert _companions(cluster) == [3, 1, 3, 3]
    cluster.network.set_delay("n2", 0)
    _do(cluster, "lead", "web 3")
    cluster.run_until(cluster.now + 3 * SECOND)
    assert _companions(cluster) == [4, 4, 4, 4]


def test_endpoints_that_are_meant_for_nodes_part_them() -> None:
    cluster = _settled("v1.36")
    assert _companions(cluster) == [4, 4, 4, 4]
    _do(cluster, "lead", "web 3h")
    cluster.run_until(cluster.now + 3 * SECOND)
    assert _companions(cluster) == [1, 1, 1, 1]
    rules = [machine.state.kernel_rules["default/web"][0] for machine in cluster.machines.values()]
    assert [len(one.backends) for one in rules] == [1, 1, 1, 3]


def test_a_cohort_goes_on_together_from_a_snapshot() -> None:
    cluster = _settled()
    for how in ("copied", "packed"):
        _do(cluster, "go on", how)
        assert _companions(cluster) == [4, 4, 4, 4]
        kernels = {id(machine.state.kernel_rules) for machine in cluster.machines.values()}
        assert len(kernels) == 1


@given(st.integers(0, JOURNAL_LIMIT), st.integers(0, 3 * JOURNAL_LIMIT), st.integers(0, 50))
def test_a_journal_is_what_it_would_be_line_by_line(own: int, missed: int, before: int) -> None:
    memory = ProxyMemory(members={"n1": 0, "n2": before})
    for number in range(before):
        note(memory, (-1, str(number)))
    plain = [(0, str(number)) for number in range(own)]
    known = plain.copy()
    for number in range(missed):
        note(memory, (1, str(number)))
        plain.append((1, str(number)))
        if len(plain) > JOURNAL_LIMIT:
            del plain[:JOURNAL_CUT]
    assert journal_with(known, memory, before) == plain
