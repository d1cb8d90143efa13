"""What kubelets tell whoever measures, heapster or metrics-server: CPU and memory of nodes and of containers.

Both add-ons ask all kubelets at once, every minute and every 15 s today, and know nothing newer. The CPU time
that a container has spent only grows: how much CPU it takes is known from two questions, as what it has spent
between them. metrics-server counts a container that is younger than its period, and at least 10 s old, from
its start on. (metrics-server v0.8 pkg/storage/pod.go, types.go; heapster v1.4
metrics/processors/rate_calculator.go)
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from clustersim.api.usage import Usage
from clustersim.engine.engine import Engine
from clustersim.engine.process import HUNG, Process
from clustersim.engine.time import SECOND, Micros
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.runtime.records import Container
from clustersim.runtime.usage import SYSTEM_MILLICORES, cpu_spent, memory_available, memory_taken, running_on

OLD_ENOUGH: Final[Micros] = 10 * SECOND
"""From that age on metrics-server counts a container from its start on."""


class Measuring:
    """Asks the kubelets of these machines, once in a period. young: it counts young containers, too."""

    def __init__(
        self,
        engine: Engine,
        network: Network,
        machines: Mapping[str, Machine],
        period: Micros,
        *,
        young: bool,
    ) -> None:
        self.engine = engine
        self.network = network
        self.machines = machines
        self.period = period
        self.young = young

    @property
    def last_asked(self) -> Micros:
        """When kubelets were asked last."""
        return self.engine.now - self.engine.now % self.period

    @property
    def asked_before(self) -> Micros:
        """When they were asked the last time but one: who did not run then knows no rates yet."""
        return self.last_asked - self.period

    def of_node(self, node: str) -> Usage | None:
        """Of all containers and what else people let it do; None where its kubelet does not tell."""
        if not self._tells(node):
            return None
        machine, until, since = self.machines[node], self.last_asked, self.asked_before
        used = sum(cpu_spent(one, until).used - cpu_spent(one, since).used for one in running_on(machine))
        memory = (machine.memory_mib << 20) - max(0, memory_available(machine))
        return Usage(min(SYSTEM_MILLICORES + used // self.period, machine.cpu_millicores), memory)

    def of_pod(self, pod: Any) -> list[tuple[str, Usage]]:
        """Of its containers by name; none while one of them is too young."""
        node = pod.spec.node_name
        if not node or not self._tells(node):
            return []
        found = list[tuple[str, Usage]]()
        for one in running_on(self.machines[node]):
            if one.pod_uid == pod.metadata.uid:
                if (used := self._used(one)) is None:
                    return []
                found.append((one.name, used))
        return found

    def _used(self, one: Container) -> Usage | None:
        """Between the last two questions; None where there were not two yet."""
        until, since, began = self.last_asked, self.asked_before, _started(one)
        if self.young and since < began <= until - OLD_ENOUGH:
            since = began
        if began > since:
            return None
        cpu = (cpu_spent(one, until).used - cpu_spent(one, since).used) // (until - since)
        return Usage(cpu, memory_taken(one))

    def answering_since(self, addresses: Collection[str]) -> Micros | None:
        """Since when a program answers behind one of these addresses; None where none can be reached."""
        return min((since for ip in addresses if (since := self._answers(ip)) is not None), default=None)

    def _answers(self, ip: str) -> Micros | None:
        for name, machine in self.machines.items():
            if not machine.state.powered or self.network.is_away(name):
                continue
            disk = machine.state.disk.get("runtime")
            boxes = [box.id for box in disk.sandboxes.values() if box.ip == ip and box.ready] if disk else []
            for one in running_on(machine):
                if one.sandbox_id in boxes and one.serving:
                    return _started(one)
        return None

    def _tells(self, node: str) -> bool:
        machine = self.machines.get(node)
        if machine is None or not machine.state.powered or self.network.is_kubelet_away(node):
            return False
        kubelet = self.engine.actors[f"kubelet@{node}"]
        return isinstance(kubelet, Process) and kubelet.running and kubelet.status.phase != HUNG


def _started(one: Container) -> Micros:
    return one.created_at if one.started_at is None else one.started_at
