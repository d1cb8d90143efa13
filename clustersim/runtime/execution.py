"""Commands that somebody runs inside a container while its own program runs (docker exec, CRI ExecSync)."""

from clustersim.api.status import Reply
from clustersim.engine.time import MILLISECOND
from clustersim.programs import of_command
from clustersim.runtime.containers import Containers
from clustersim.runtime.records import SIGKILLED, Container


class Execution(Containers):
    """The part of a runtime's daemon that runs them. What a command does is known as far as its words say it:
    any other is over at once, and went well. `state.executing`: calls by container.
    """

    def serve_exec(self, call: int, container_id: str, command: tuple[str, ...]) -> None:
        """Run it; the answer is its exit code, when it has ended. There is no time limit."""
        if self.running_container(container_id) is None:
            self.reply(call, Reply(404, None, "NotFound", f"Container {container_id} is not running"))
            return
        self.state.executing.setdefault(container_id, []).append(call)
        program = of_command(command)
        for step in () if program is None else program.steps:
            if step.what in ("file", "no-file"):
                text = step.text if step.what == "file" else None
                self.post(
                    step.after_ms * MILLISECOND, self.command_writes, call, container_id, step.value, text
                )
        if program is None or program.asks:
            self.post(0, self.command_ends, call, container_id, 0)
        elif (end := program.ends) is not None:
            self.post(end.after_ms * MILLISECOND, self.command_ends, call, container_id, end.code)
        else:
            self.network.stays_unanswered(call)

    def command_writes(self, call: int, container_id: str, path: str, text: str | None) -> None:
        """A file is written, or removed."""
        if call in self.state.executing.get(container_id, ()):
            self.put_file(container_id, path, text)

    def command_ends(self, call: int, container_id: str, code: int) -> None:
        """It ends by itself, unless its container has ended before."""
        executing: dict[str, list[int]] = self.state.executing
        if call in executing.get(container_id, ()):
            executing[container_id].remove(call)
            if not executing[container_id]:
                del executing[container_id]
            self.reply(call, Reply(200, code))

    def ended(self, container: Container, code: int) -> None:
        """With it ends all that ran inside."""
        super().ended(container, code)
        for call in self.state.executing.pop(container.id, ()):
            self.reply(call, Reply(200, SIGKILLED))
