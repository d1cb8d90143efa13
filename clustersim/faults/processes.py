"""Faults of processes: stop, start, hang, resume, as a table of verb, process and effect."""

from typing import Final, NamedTuple

from clustersim.command import CommandError
from clustersim.engine.process import HUNG, RUNNING, STOPPED, Process
from clustersim.faults.action import Action, Parameter, Target
from clustersim.i18n import _


class ProcessAction(Action):
    """Base: aimed at the process of a kind, on a node or in the control plane."""

    process_kind: str
    wanted: tuple[str, ...]

    def process(self) -> Process:
        """The process it is aimed at."""
        return self.cluster.process(self.process_kind, self.target_name)

    def check(self) -> None:
        super().check()
        if self.target is Target.NODE and not self.cluster.machines[self.target_name].state.powered:
            raise CommandError(_("{node} is powered off"), node=self.target_name)

    def available(self) -> bool:
        return self.process().status.phase in self.wanted


class Stop(ProcessAction):
    """kill -9: its memory is gone, its open connections are closed by the kernel. One that has ended by
    itself is not started again."""

    wanted = (RUNNING, HUNG)

    def apply(self) -> None:
        self.process().kill()
        self.process().status.exited = False


class Start(ProcessAction):
    """Start the program again, with fresh memory."""

    wanted = (STOPPED,)

    def apply(self) -> None:
        self.process().start()


class Hang(ProcessAction):
    """SIGSTOP: every call to it blocks."""

    wanted = (RUNNING,)

    def apply(self) -> None:
        self.process().hang()


class Resume(ProcessAction):
    """SIGCONT: what waited is handled now."""

    wanted = (HUNG,)

    def apply(self) -> None:
        self.process().resume()


class StopRuntime(Stop):
    """The container runtime ends; what it kept on disk may be lost with it."""

    parameters = (
        Parameter(
            "containers",
            str,
            _("its containers"),
            "as-configured",
            {
                "as-configured": _("as its flags say"),
                "running": _("run on: it is killed outright (kill -9)"),
                "lost": _("gone, with their records"),
            },
        ),
    )

    def apply(self) -> None:
        runtime = self.cluster.runtime(self.target_name)
        runtime.kill_outright() if self.args["containers"] == "running" else runtime.kill()
        if self.args["containers"] == "lost":
            runtime.lose_everything()


class StartRuntime(Start):
    """The container runtime starts, with what is on its disk or without."""

    parameters = (
        Parameter(
            "containers",
            str,
            _("its containers"),
            "as-found",
            {"as-found": _("as they are"), "none": _("gone: it starts empty")},
        ),
    )

    def apply(self) -> None:
        runtime = self.cluster.runtime(self.target_name)
        if self.args["containers"] == "none":
            runtime.lose_everything()
        runtime.start()


class Fault(NamedTuple):
    """A row of the table: the verb, the process (as the picture calls it), what happens to it, and what a
    button and a sentence say of it (msgids)."""

    verb: str
    process: str
    effect: type[ProcessAction]
    label: str
    help: str


# fmt: off
PROCESS_FAULTS: Final = (
    Fault("stop-kubelet", "kubelet", Stop, _("Stop the kubelet"),
          _("Kill the kubelet; docker and its containers go on.")),
    Fault("start-kubelet", "kubelet", Start, _("Start the kubelet"),
          _("Start it again; it reads what the API server wants of it now.")),
    Fault("hang-kubelet", "kubelet", Hang, _("Freeze the kubelet"),
          _("The process stays but does nothing any more.")),
    Fault("resume-kubelet", "kubelet", Resume, _("Resume the kubelet"),
          _("It goes on where it stood.")),
    Fault("stop-docker", "docker", StopRuntime, _("Stop docker"),
          _("Stop the daemon; without live-restore it stops its containers before.")),
    Fault("start-docker", "docker", StartRuntime, _("Start docker"),
          _("Start the daemon; it finds the records on its disk.")),
    Fault("hang-docker", "docker", Hang, _("Freeze docker"),
          _("Every call to docker blocks; containers go on running.")),
    Fault("resume-docker", "docker", Resume, _("Resume docker"),
          _("Calls that blocked are answered now.")),
    Fault("stop-kube-proxy", "kube-proxy", Stop, _("Stop kube-proxy"),
          _("The rules it wrote stay in the kernel and grow old.")),
    Fault("start-kube-proxy", "kube-proxy", Start, _("Start kube-proxy"),
          _("It writes all rules anew.")),
    Fault("stop-controller-manager", "controller-manager", Stop, _("Stop the controller-manager"),
          _("No control loop runs; nobody notices a dead node.")),
    Fault("start-controller-manager", "controller-manager", Start, _("Start the controller-manager"),
          _("It begins to count from the start: its memory is gone.")),
    Fault("hang-controller-manager", "controller-manager", Hang, _("Freeze the controller-manager"),
          _("It stops in the middle of what it does.")),
    Fault("resume-controller-manager", "controller-manager", Resume, _("Resume the controller-manager"),
          _("It goes on where it stood.")),
    Fault("stop-scheduler", "scheduler", Stop, _("Stop the scheduler"),
          _("New pods stay Pending.")),
    Fault("start-scheduler", "scheduler", Start, _("Start the scheduler"),
          _("It finds a node for every pod that waits.")),
    Fault("stop-apiserver", "apiserver", Stop, _("Stop the API server"),
          _("Nobody can talk to anybody; containers go on.")),
    Fault("start-apiserver", "apiserver", Start, _("Start the API server"),
          _("It answers again after a few seconds; its clients list and watch anew.")),
    Fault("stop-etcd", "etcd", Stop, _("Stop etcd"),
          _("The API server can neither read nor write.")),
    Fault("start-etcd", "etcd", Start, _("Start etcd"),
          _("Its data is on disk.")),
    Fault("hang-etcd", "etcd", Hang, _("Freeze etcd"),
          _("The API server waits for an answer to everything.")),
    Fault("resume-etcd", "etcd", Resume, _("Resume etcd"),
          _("It answers at once: its connections were never closed.")),
)
# fmt: on

CONTROL_PLANE: Final = ("controller-manager", "scheduler", "apiserver", "etcd")


def _action(fault: Fault) -> type[ProcessAction]:
    """The action of a row."""
    name = "".join(word.capitalize() for word in fault.verb.split("-"))
    says = {
        "__doc__": fault.help,
        "do": fault.verb,
        "part": fault.process,
        # What the page calls docker is the container runtime of the release.
        "process_kind": "runtime" if fault.process == "docker" else fault.process,
        "target": Target.COMPONENT if fault.process in CONTROL_PLANE else Target.NODE,
        "label": fault.label,
        "help": fault.help,
    }
    return type(name, (fault.effect,), says)


PROCESS_ACTIONS: Final = tuple(_action(fault) for fault in PROCESS_FAULTS)
