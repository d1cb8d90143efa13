"""What the programs of containers do by themselves, step by step."""

from typing import Final

import msgspec

from clustersim.api.quantity import byte_count
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.engine.actor import then
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.programs import Program
from clustersim.programs.calling import Calls
from clustersim.runtime.api_clients import ApiClients
from clustersim.runtime.records import CALLERS, Container

ASKING: Final = 100 * MILLISECOND
"""What it takes to start, to find the address and to be answered."""


class OwnPrograms(ApiClients):
    """The part of a runtime that follows them."""

    def follow_program(self, container: Container) -> None:
        """Do what its program still has to do, at its times."""
        program = container.program
        if program is None:
            return
        if program.client is not None:
            self.begin_client(container)
            return
        if container.begun_at is None:
            self.look_up(container.id)
            return
        if program.calls is not None:
            self.disk.callers[container.id] = True
            self.engine.signal(CALLERS)
        if program.asks:
            self.post(ASKING, self.ask, container.id)
            return
        for index, step in enumerate(program.steps[container.done :], container.done):
            due = container.begun_at + step.after_ms * MILLISECOND
            self.post(max(0, due - self.now), self.program_does, container.id, index)

    def set_calls(self, container_id: str, calls: Calls | None) -> None:
        """Somebody inside asks others over and over from now on; None: no more."""
        container = self.running_container(container_id)
        if container is not None:
            program = msgspec.structs.replace(container.program or Program(), calls=calls)
            self.put(msgspec.structs.replace(container, program=program))
            self.disk.callers[container_id] = True
            self.engine.signal(CALLERS)

    def look_up(self, container_id: str) -> None:
        """Ask for the name that its program waits for. The name server of the cluster is not modelled by
        itself: the Service is asked for."""
        container = self.running_container(container_id)
        if container is not None and container.program is not None and container.begun_at is None:
            name, _dot, rest = container.program.awaits.partition(".")
            namespace = rest.partition(".")[0] or container.namespace
            request = Request("get", "services", namespace, name)
            self.call("apiserver", "serve", request, then=then(self.looked_up, container_id), timeout=SECOND)

    def ask(self, container_id: str) -> None:
        """Ask a Service for a page, as its program does."""
        container = self.running_container(container_id)
        if container is not None and container.program is not None:
            name, _dot, rest = container.program.asks.partition(".")
            namespace = rest.partition(".")[0] or container.namespace
            request = Request("get", "endpoints", namespace, name)
            self.call("apiserver", "serve", request, then=then(self.asked, container_id), timeout=SECOND)

    def asked(self, reply: Reply, container_id: str) -> None:
        """It was served, or not, and the program ends."""
        container = self.running_container(container_id)
        if container is not None and container.program is not None:
            served = reply.ok and any(subset.addresses for subset in reply.body.subsets)
            self.ended(container, 0 if served else container.program.fails_with)

    def looked_up(self, reply: Reply, container_id: str) -> None:
        """It is there and the program goes on, or it asks again."""
        container = self.running_container(container_id)
        if container is None or container.program is None or container.begun_at is not None:
            return
        if reply.ok:
            begun = msgspec.structs.replace(container, begun_at=self.now)
            self.put(begun)
            self.follow_program(begun)
        else:
            self.post(container.program.every_ms * MILLISECOND, self.look_up, container_id)

    def program_does(self, container_id: str, index: int) -> None:
        """The next step of a program."""
        container = self.running_container(container_id)
        if container is None or container.program is None or container.done != index:
            return
        step = container.program.steps[index]
        container = msgspec.structs.replace(container, done=index + 1)
        self.put(container)
        match step.what:
            case "exit":
                self.ended(container, int(step.value))
            case "answers" | "silent":
                self.set_serving(container_id, step.what == "answers")
            case "memory":
                self._take_memory(container, int(step.value))
            case "cpu":
                self.put(msgspec.structs.replace(container, cpu=int(step.value)))
            case "file" | "no-file":
                text = step.text if step.what == "file" else None
                self.put_file(container_id, step.value, text, step.blank)

    def _take_memory(self, container: Container, memory: int) -> None:
        """Beyond its own limit the kernel kills it; beyond the machine's memory, somebody."""
        self.put(msgspec.structs.replace(container, memory=memory))
        limit = container.spec.resources.limits.get("memory")
        if limit is not None and memory > byte_count(limit):
            self.crash(container.id, oom_killed=True)
        else:
            self.engine.signal(self.host.address)
