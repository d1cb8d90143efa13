"""Faults of single containers, of a pod's sandbox, and of the one call of docker that lists containers."""

from typing import ClassVar

from clustersim.bounds import MOST_FILES, MOST_OF_FILE, MOST_OF_PATH
from clustersim.command import CommandError
from clustersim.faults.action import Action, Parameter, Target
from clustersim.faults.processes import ProcessAction
from clustersim.i18n import _
from clustersim.machine import DISK_BYTES
from clustersim.programs.calling import calls_of
from clustersim.runtime.records import RUNNING, Container, RuntimeDisk
from clustersim.runtime.runtime import ContainerRuntime
from clustersim.runtime.usage import disk_available

SIGKILL_CODE = 137


class ListAction(ProcessAction):
    """Base: aimed at the list call of a node's docker."""

    process_kind = "runtime"
    part = "docker"

    def runtime(self) -> ContainerRuntime:
        """The daemon."""
        return self.cluster.runtime(self.target_name)


class HangDockerList(ListAction):
    do = "hang-docker-list"
    label = _("Freeze docker ps")
    help = _("Listing containers never ends, all else works: after 3 minutes the kubelet reports not ready.")

    def apply(self) -> None:
        self.runtime().hang_list()

    def available(self) -> bool:
        return self.runtime().running and not self.runtime().state.list_hangs


class ResumeDockerList(ListAction):
    do = "resume-docker-list"
    label, help = _("Resume docker ps"), _("Listing containers works again.")

    def apply(self) -> None:
        self.runtime().resume_list()

    def available(self) -> bool:
        return self.runtime().running and bool(self.runtime().state.list_hangs)


class ContainerAction(Action):
    """Base: aimed at a running container of a pod; the pod as for delete-pod."""

    target, part = Target.POD, "pod"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("container", str, _("the container's name; empty for the first one"), ""),
    )

    def place(self) -> tuple[str, str]:
        """The node of the pod and its uid, or CommandError. A pod that is gone from the API server is known
        by its uid to the docker that still runs it."""
        found = self.cluster.find_pod(self.target_name)
        if found is not None:
            return found.spec.node_name, found.metadata.uid
        for node, machine in self.cluster.machines.items():
            disk: RuntimeDisk | None = machine.state.disk.get("runtime")
            kept = () if disk is None else (*disk.sandboxes.values(), *disk.containers.values())
            if any(one.pod_uid == self.target_name for one in kept):
                return node, self.target_name
        raise CommandError(_("there is no pod {name}"), name=self.target_name)

    def runtime(self) -> ContainerRuntime:
        """The docker of its node, or CommandError."""
        node, _uid = self.place()
        if node not in self.cluster.machines:
            raise CommandError(_("pod {name} is on no node"), name=self.target_name)
        return self.cluster.runtime(node)

    def container(self) -> Container | None:
        """The container that runs there, None if none does."""
        (_node, uid), wanted = self.place(), self.args.get("container", "")
        return next(
            (
                found
                for found in self.runtime().disk.containers.values()
                if found.pod_uid == uid and found.state == RUNNING and wanted in ("", found.name)
            ),
            None,
        )

    def running(self) -> Container:
        """The same, or CommandError."""
        if (found := self.container()) is None:
            raise CommandError(_("no container of pod {name} is running"), name=self.target_name)
        return found

    def check(self) -> None:
        self.running()

    def available(self) -> bool:
        return self.container() is not None


class CrashContainer(ContainerAction):
    do = "crash-container"
    label, help = _("Crash the container"), _("Its process ends; the kubelet starts it again.")
    parameters = (*ContainerAction.parameters, Parameter("code", int, _("its exit code"), 1))

    def check(self) -> None:
        super().check()
        if not 0 <= int(self.args["code"]) <= 255:
            raise CommandError(_("code must be between 0 and 255"))

    def apply(self) -> None:
        self.runtime().crash(self.running().id, int(self.args["code"]))


class OomContainer(ContainerAction):
    do = "oom-container"
    label = _("Use up its memory")
    help = _("The kernel kills the container for want of memory: OOMKilled, exit code 137.")

    def apply(self) -> None:
        self.runtime().crash(self.running().id, SIGKILL_CODE, oom_killed=True)


class StopAnswering(ContainerAction):
    do = "stop-answering"
    label = _("Let the program stick")
    help = _("The program runs but answers no request and no probe any more.")

    def apply(self) -> None:
        self.runtime().set_serving(self.running().id, serving=False)

    def available(self) -> bool:
        return (found := self.container()) is not None and found.serving


class ResumeAnswering(ContainerAction):
    do = "resume-answering"
    label, help = _("Let the program go on"), _("The program answers again.")

    def apply(self) -> None:
        self.runtime().set_serving(self.running().id, serving=True)

    def available(self) -> bool:
        return (found := self.container()) is not None and not found.serving


class FileAction(ContainerAction):
    """Base: a file of a running container, as somebody inside it makes or removes it."""

    part = ""
    parameters = (*ContainerAction.parameters, Parameter("path", str, _("the file, from the root on")))

    def check(self) -> None:
        super().check()
        path = str(self.args["path"])
        if not path.startswith("/") or len(path) > MOST_OF_PATH:
            raise CommandError(_("{path} is no path from the root on"), path=path[:MOST_OF_PATH])
        if len(self.running().files) >= MOST_FILES and self.running().file(path) is None:
            raise CommandError(_("a container keeps {most} files here"), most=MOST_FILES)


class WriteFile(FileAction):
    do = "write-file"
    label, help = _("Write a file"), _("A file in the container, which a probe may look for.")
    parameters = (
        *FileAction.parameters,
        Parameter("text", str, _("what is in it"), ""),
        Parameter("blank", int, _("bytes behind that, of which only the number is kept"), 0),
    )

    def check(self) -> None:
        super().check()
        if len(str(self.args["text"])) > MOST_OF_FILE:
            raise CommandError(_("a file has {most} characters at most here"), most=MOST_OF_FILE)
        if not 0 <= self._blank <= disk_available(self.runtime().host) * DISK_BYTES:
            raise CommandError(_("the disk has no room for that"))

    @property
    def _blank(self) -> int:
        return int(self.args["blank"])

    def apply(self) -> None:
        path, text = str(self.args["path"]), str(self.args["text"])
        self.runtime().put_file(self.running().id, path, text, self._blank)


class RemoveFile(FileAction):
    do = "remove-file"
    label, help = _("Remove a file"), _("The file is gone, until the container starts anew.")

    def apply(self) -> None:
        self.runtime().put_file(self.running().id, str(self.args["path"]), None)


class RunLoop(ContainerAction):
    do, part = "run-loop", ""
    label = _("Run a loop")
    help = _("Somebody in the container asks others over and over, by a loop of a shell; empty: no more.")
    parameters = (*ContainerAction.parameters, Parameter("script", str, _("the loop"), ""))

    def check(self) -> None:
        super().check()
        script = str(self.args["script"])
        if script and calls_of(script, {}) is None:
            raise CommandError(_("this is no loop without end that asks others with wget or curl"))

    def apply(self) -> None:
        self.runtime().set_calls(self.running().id, calls_of(str(self.args["script"]), {}))


class KillSandbox(ContainerAction):
    do = "kill-sandbox"
    label = _("Kill the sandbox")
    help = _("The container that holds the pod's network dies: the kubelet makes everything of it anew.")
    parameters = ()

    def sandbox(self) -> str | None:
        """The id of the pod's sandbox, None if it has none that lives."""
        _node, uid = self.place()
        boxes = self.runtime().disk.sandboxes.values()
        return next((box.id for box in boxes if box.pod_uid == uid and box.ready), None)

    def check(self) -> None:
        if self.sandbox() is None:
            raise CommandError(_("pod {name} has no sandbox"), name=self.target_name)

    def apply(self) -> None:
        if (box := self.sandbox()) is not None:
            self.runtime().kill_sandbox(box)

    def available(self) -> bool:
        return self.sandbox() is not None
