"""Requests of a caller: who answers, who refuses, and who never says a word."""

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import ContainerPort
from clustersim.engine.time import SECOND, Micros
from clustersim.kubeproxy.rules import compile_rules
from clustersim.machine import Machine
from clustersim.runtime.records import EXITED, RUNNING, Container, RuntimeDisk, Sandbox
from clustersim.scenario_schema import ClientSpec
from clustersim.traffic import Client, Window
from tests.model.kubeproxy.worlds import endpoints, service
from tests.model.worlds import ApiWorld

NODES = {"172.17.1.2": "n1", "172.17.2.2": "n2"}


class TrafficWorld(ApiWorld):
    """Two nodes with the rules of a Service and one container each; nothing that would ever change them."""

    def __init__(self, *ips: str, node: str = "", timeout: Micros = 2 * SECOND) -> None:
        super().__init__()
        self.machines: dict[str, Machine] = {}
        for ip, name in NODES.items():
            machine = Machine(self.engine, name, cpu_millicores=2000, memory_mib=2048)
            self.machines[name] = machine
            self.engine.add(machine)
            machine.state.disk["runtime"] = _disk(ip)
            rules = compile_rules(service(), endpoints(*(ips or NODES), nodes=NODES))
            machine.state.kernel_rules["default/tomcat"] = rules
        spec = ClientSpec(name="c", service="tomcat", node=node, every=SECOND // 2, timeout=timeout)
        self.client = Client(self.engine, self.network, spec, self)
        self.engine.add(self.client)
        self.client.start()

    @property
    def counts(self) -> tuple[int, int, int]:
        state = self.client.state
        return (state.succeeded, state.refused, state.hung)

    def verbs(self) -> list[str]:
        return [event.verb for event in self.engine.record if event.kind == "network"]

    def end_container(self, node: str) -> None:
        disk = self.machines[node].state.disk["runtime"]
        disk.containers["c"] = _container(EXITED)


def _container(state: str) -> Container:
    spec = ContainerSpec(name="tomcat", image="tomcat:8", ports=(ContainerPort(container_port=8080),))
    return Container(
        pod_uid="u", pod="p", namespace="default", id="c", name="tomcat", image="tomcat:8", sandbox_id="s",
        attempt=0, spec=spec, created_at=0, state=state,
    )  # fmt: skip


def _disk(ip: str) -> RuntimeDisk:
    sandbox = Sandbox(pod_uid="u", pod="p", namespace="default", id="s", attempt=0, ip=ip, created_at=0)
    return RuntimeDisk(containers={"c": _container(RUNNING)}, sandboxes={"s": sandbox})


def test_requests_succeed_and_are_counted_in_windows() -> None:
    world = TrafficWorld()
    world.run(20 * SECOND - 1)
    assert world.counts == (40, 0, 0)
    assert list(world.client.state.windows)[:2] == [Window(0, 18), Window(10 * SECOND, 20)]
    assert not world.verbs()


def test_requests_go_through_the_nodes_in_turn() -> None:
    world = TrafficWorld()
    world.run(2 * SECOND - 1)
    assert [request.node for request in world.client.state.recent] == ["n2", "n1", "n2", "n1"]


def test_a_dead_container_on_a_living_node_refuses_its_share() -> None:
    world = TrafficWorld()
    world.end_container("n1")
    world.run(100 * SECOND)
    succeeded, refused, hung = world.counts
    assert hung == 0
    assert 70 < refused < 130
    assert succeeded + refused == 201


def test_a_node_without_power_lets_its_share_hang() -> None:
    world = TrafficWorld(node="n2")
    world.machines["n1"].power_off()
    world.run(100 * SECOND)
    _, refused, hung = world.counts
    assert refused == 0
    assert 70 < hung < 130


def test_a_cut_node_lets_requests_from_other_nodes_hang_and_is_no_entrance() -> None:
    world = TrafficWorld("172.17.1.2")
    world.network.cut("n1")
    world.run(10 * SECOND)
    assert world.counts[0] == 0
    assert world.counts[2] > 10
    assert {request.node for request in world.client.state.recent} == {"n2"}


def test_without_endpoints_requests_are_refused_at_once() -> None:
    world = TrafficWorld()
    for machine in world.machines.values():
        machine.state.kernel_rules["default/tomcat"] = compile_rules(service(), endpoints())
    world.run(5 * SECOND)
    assert world.counts == (0, 11, 0)


def test_without_rules_requests_hang() -> None:
    world = TrafficWorld()
    for machine in world.machines.values():
        machine.state.kernel_rules.clear()
    world.run(5 * SECOND)
    assert world.counts[:2] == (0, 0)
    assert world.counts[2] > 0


def test_a_hung_connection_succeeds_with_the_next_syn_after_the_cut() -> None:
    world = TrafficWorld("172.17.1.2", node="n2", timeout=10 * SECOND)
    world.network.cut("n1")
    world.run(SECOND // 4)
    world.client.spec = ClientSpec(
        name="c", service="tomcat", node="n2", every=3600 * SECOND, timeout=10 * SECOND
    )
    world.network.heal("n1")
    world.run(2 * SECOND)
    assert world.counts[0] >= 2
    assert world.counts[1:] == (0, 0)


def test_only_the_first_failure_and_the_return_to_health_are_events() -> None:
    world = TrafficWorld()
    world.run(5 * SECOND)
    world.end_container("n1")
    world.run(20 * SECOND)
    world.machines["n1"].state.disk["runtime"] = _disk("172.17.1.2")
    world.run(30 * SECOND)
    assert world.verbs() == ["requests-fail", "requests-succeed-again"]
