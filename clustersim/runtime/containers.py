"""The containers of a machine: their records on its disk, and what happens to them, whoever does it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from clustersim.engine.engine import Engine
from clustersim.engine.process import Process
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.runtime.records import (
    CONTAINER,
    RUNNING,
    SIGKILLED,
    Container,
    Heard,
    Listing,
    RuntimeDisk,
    Sandbox,
    contents_of,
)
from clustersim.runtime.shared_volumes import keep_on_host, same_file
from clustersim.runtime.usage import (
    SYSTEM_MILLICORES,
    accounted,
    cpu_claimed,
    memory_held,
    running_on,
    shares_of,
)

MOST_HEARD: Final = 100
"""Requests that are kept of a container."""


class Containers(Process):
    """What keeps the records."""

    network: Network

    def __init__(self, engine: Engine, network: Network, name: str, machine: Machine) -> None:
        super().__init__(engine, network, name, machine.name)
        self.host = machine
        machine.state.disk.setdefault("runtime", RuntimeDisk())
        self._listed: tuple[RuntimeDisk, Listing] | None = None
        """What there is on that disk, until something changes."""

    @property
    def disk(self) -> RuntimeDisk:
        """Its records."""
        disk: RuntimeDisk = self.host.state.disk["runtime"]
        return disk

    def running_container(self, container_id: str) -> Container | None:
        """The container if it runs."""
        container = self.disk.containers.get(container_id)
        return container if container is not None and container.state == RUNNING else None

    # --- what happens to them -----------------------------------------------------------------------

    def crash(self, container_id: str, code: int = SIGKILLED, *, oom_killed: bool = False) -> None:
        """A container's process is killed by something else: an operator, or the kernel out of memory."""
        if (container := self.running_container(container_id)) is not None:
            self.ended(msgspec.structs.replace(container, oom_killed=oom_killed), code)

    def set_serving(self, container_id: str, serving: bool) -> None:
        """A program that runs stops to answer requests, or answers again."""
        container = self.disk.containers.get(container_id)
        if container is not None and container.serving != serving:
            changed = msgspec.structs.replace(container, serving=serving)
            self.change(changed, "serving" if serving else "deaf")

    def hear(self, container_id: str, method: str, address: str) -> None:
        """A server in a container takes a request, of which its log tells."""
        if (container := self.running_container(container_id)) is not None:
            heard = (*container.heard[-MOST_HEARD + 1 :], Heard(self.now, method, address))
            self.put(msgspec.structs.replace(container, heard=heard))

    def put_file(self, container_id: str, path: str, text: str | None, blank: int = 0) -> None:
        """Somebody inside writes a file, or removes it (None). blank: bytes behind the text."""
        container = self.disk.containers.get(container_id)
        if container is None:
            return
        self.put(container.with_file(path, text, blank))
        for other in list(self.disk.containers.values()):
            for place in same_file(container, path, other):
                self.put(self.disk.containers[other.id].with_file(place, text, blank))
        keep_on_host(container, path, text, self.host)
        self.contents_changed()

    def ended(self, container: Container, code: int) -> None:
        """A container's program has ended."""
        self.pass_on(container, "exited", finished_at=self.now, exit_code=code)

    def remove(self, container_id: str) -> None:
        """A dead container's record goes."""
        container = self.disk.containers.get(container_id)
        if container is not None and CONTAINER.after(container.state, "removed"):
            del self.disk.containers[container_id]
            self.disk.writers.pop(container_id, None)
            self.engine.tell_onlookers(self.machine)
            self.emit("container", "removed", self.reference_to(container), before=container)
            self.contents_changed()

    def clear(self, ids: Sequence[str]) -> None:
        """Somebody at the machine removes containers, which are killed if they run, and sandboxes whose
        network is gone; of none in particular, all that have ended."""
        disk = self.disk
        for one in list(disk.containers.values()):
            if one.id in ids and one.state == RUNNING:
                self.crash(one.id)
            if one.id in ids or (not ids and one.state != RUNNING):
                self.remove(one.id)
        for box in [box for box in disk.sandboxes.values() if not box.ready and (not ids or box.id in ids)]:
            del disk.sandboxes[box.id]
        self.contents_changed()

    # --- records ----------------------------------------------------------------------------------

    def listing(self) -> Listing:
        """All containers and sandboxes."""
        disk = self.disk
        if (known := self._listed) is None or known[0] is not disk:
            listing = Listing(tuple(disk.containers.values()), tuple(disk.sandboxes.values()))
            known = self._listed = (disk, listing)
        return known[1]

    def put_sandbox(self, sandbox: Sandbox) -> None:
        """Keep a sandbox's record."""
        self._listed = None
        self.disk.sandboxes[sandbox.id] = sandbox

    def contents_changed(self) -> None:
        """There are other containers, sandboxes or images, or they are in another state: tell who looks."""
        self._listed = None
        self.engine.signal(contents_of(self.name))

    def pass_on(self, container: Container, verb: str, **changes: int | None) -> None:
        """Go where the verb leads by the table."""
        state = CONTAINER.after(container.state, verb)
        if state is not None:
            self.change(msgspec.structs.replace(container, state=state, **changes), verb)

    def change(self, container: Container, verb: str) -> None:
        """A record changes, and everybody hears of it."""
        before = self.put(container)
        self.emit("container", verb, self.reference_to(container), before=before, after=container)
        self.contents_changed()

    def put(self, container: Container) -> Container | None:
        """Keep a record, and what all that run take; returns the record before."""
        disk, self._listed = self.disk, None
        before = disk.containers.get(container.id)
        if before is not None and before.share != container.share:
            container = msgspec.structs.replace(container, share=before.share)
        container = accounted(before, container, self.now)
        disk.containers[container.id] = container
        if container.files:
            disk.writers[container.id] = True
        disk.memory_taken += memory_held(container) - memory_held(before)
        if change := cpu_claimed(container) - cpu_claimed(before):
            self._share_cpu(change)
        self.engine.tell_onlookers(self.machine)
        return before

    def _share_cpu(self, change: int) -> None:
        """So much more CPU is claimed now, or less: if it is more than the machine has, the kernel divides it
        up."""
        disk, capacity = self.disk, self.host.cpu_millicores - SYSTEM_MILLICORES
        before, disk.cpu_claimed = disk.cpu_claimed, disk.cpu_claimed + change
        if max(before, disk.cpu_claimed) <= capacity:
            return
        for number, share in shares_of(running_on(self.host), capacity).items():
            one = disk.containers[number]
            if one.share != share:
                shared = msgspec.structs.replace(one, share=share)
                disk.containers[number] = accounted(one, shared, self.now)

    def reference_to(self, container: Container) -> str:
        """How the record of events names it."""
        return f"containers/{self.machine}/{container.id}"
