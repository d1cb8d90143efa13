"""Commands that somebody runs inside a container while its own program runs (docker exec, CRI ExecSync)."""

from clustersim.api.status import Reply
from clustersim.engine.process import Process
from clustersim.engine.time import MILLISECOND
from clustersim.network import Network
from clustersim.programs import of_command
from clustersim.runtime.records import SIGKILLED


class Execution(Process):
    """The part of a runtime's daemon that runs them. What a command does is known as far as its words say it:
    any other is over at once, and went well. `state.executing`: calls by container.
    """

    network: Network

    def serve_exec(self, call: int, container_id: str, command: tuple[str, ...]) -> None:
        """Run it; the answer is its exit code, when it has ended. There is no time limit."""
        if not self.is_running(container_id):
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
        if program is None:
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
        calls = self.state.executing.get(container_id, [])
        if call in calls:
            calls.remove(call)
            self.reply(call, Reply(200, code))

    def end_commands(self, container_id: str) -> None:
        """Its container has ended, and with it all that ran inside."""
        for call in self.state.executing.pop(container_id, ()):
            self.reply(call, Reply(200, SIGKILLED))

    def is_running(self, container_id: str) -> bool:
        """Its program runs."""
        raise NotImplementedError

    def put_file(self, container_id: str, path: str, text: str | None) -> None:
        """Somebody inside writes a file, or removes it (None)."""
        raise NotImplementedError
