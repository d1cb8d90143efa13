"""Faults of processes: stop, start, hang, resume."""

from clustersim.command import CommandError
from clustersim.engine.process import HUNG, RUNNING, STOPPED, Process
from clustersim.faults.action import Action, Parameter, Target
from clustersim.i18n import _
from clustersim.runtime.runtime import ContainerRuntime


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
    """kill -9: its memory is gone, its open connections are closed by the kernel."""

    wanted = (RUNNING, HUNG)

    def apply(self) -> None:
        self.process().kill()


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


class StopKubelet(Stop):
    do, part, process_kind = "stop-kubelet", "kubelet", "kubelet"
    label, help = _("Stop the kubelet"), _("Kill the kubelet; docker and its containers go on.")


class StartKubelet(Start):
    do, part, process_kind = "start-kubelet", "kubelet", "kubelet"
    label, help = _("Start the kubelet"), _("Start it again; it reads what the API server wants of it now.")


class HangKubelet(Hang):
    do, part, process_kind = "hang-kubelet", "kubelet", "kubelet"
    label, help = _("Freeze the kubelet"), _("The process stays but does nothing any more.")


class ResumeKubelet(Resume):
    do, part, process_kind = "resume-kubelet", "kubelet", "kubelet"
    label, help = _("Resume the kubelet"), _("It goes on where it stood.")


class StopDocker(Stop):
    do, part, process_kind = "stop-docker", "docker", "runtime"
    label = _("Stop docker")
    help = _("Kill the daemon; without live-restore its containers end with it.")
    parameters = (
        Parameter(
            "containers",
            str,
            _("lost: containers and their records are gone; as-configured"),
            "as-configured",
        ),
    )

    def check(self) -> None:
        super().check()
        if self.args["containers"] not in ("lost", "as-configured"):
            raise CommandError(
                _("containers is lost or as-configured, not {value}"), value=self.args["containers"]
            )

    def apply(self) -> None:
        runtime = self.process()
        runtime.kill()
        if isinstance(runtime, ContainerRuntime) and self.args["containers"] == "lost":
            runtime.lose_everything()


class StartDocker(Start):
    do, part, process_kind = "start-docker", "docker", "runtime"
    label, help = _("Start docker"), _("Start the daemon; it finds the records on its disk.")
    parameters = (Parameter("containers", str, _("none: it starts empty; as-found"), "as-found"),)

    def check(self) -> None:
        super().check()
        if self.args["containers"] not in ("none", "as-found"):
            raise CommandError(
                _("containers is none or as-found, not {value}"), value=self.args["containers"]
            )

    def apply(self) -> None:
        runtime = self.process()
        if isinstance(runtime, ContainerRuntime) and self.args["containers"] == "none":
            runtime.lose_everything()
        runtime.start()


class HangDocker(Hang):
    do, part, process_kind = "hang-docker", "docker", "runtime"
    label, help = _("Freeze docker"), _("Every call to docker blocks; containers go on running.")


class ResumeDocker(Resume):
    do, part, process_kind = "resume-docker", "docker", "runtime"
    label, help = _("Resume docker"), _("Calls that blocked are answered now.")


class StopKubeProxy(Stop):
    do, part, process_kind = "stop-kube-proxy", "kube-proxy", "kube-proxy"
    label, help = _("Stop kube-proxy"), _("The rules it wrote stay in the kernel and grow old.")


class StartKubeProxy(Start):
    do, part, process_kind = "start-kube-proxy", "kube-proxy", "kube-proxy"
    label, help = _("Start kube-proxy"), _("It writes all rules anew.")


class StopControllerManager(Stop):
    do, part, process_kind = "stop-controller-manager", "controller-manager", "controller-manager"
    target = Target.COMPONENT
    label, help = _("Stop the controller-manager"), _("No control loop runs; nobody notices a dead node.")


class StartControllerManager(Start):
    do, part, process_kind = "start-controller-manager", "controller-manager", "controller-manager"
    target = Target.COMPONENT
    label, help = (
        _("Start the controller-manager"),
        _("It begins to count from the start: its memory is gone."),
    )


class HangControllerManager(Hang):
    do, part, process_kind = "hang-controller-manager", "controller-manager", "controller-manager"
    target = Target.COMPONENT
    label, help = _("Freeze the controller-manager"), _("It stops in the middle of what it does.")


class ResumeControllerManager(Resume):
    do, part, process_kind = "resume-controller-manager", "controller-manager", "controller-manager"
    target = Target.COMPONENT
    label, help = _("Resume the controller-manager"), _("It goes on where it stood.")


class StopScheduler(Stop):
    do, part, process_kind = "stop-scheduler", "scheduler", "scheduler"
    target = Target.COMPONENT
    label, help = _("Stop the scheduler"), _("New pods stay Pending.")


class StartScheduler(Start):
    do, part, process_kind = "start-scheduler", "scheduler", "scheduler"
    target = Target.COMPONENT
    label, help = _("Start the scheduler"), _("It finds a node for every pod that waits.")


class StopApiServer(Stop):
    do, part, process_kind = "stop-apiserver", "apiserver", "apiserver"
    target = Target.COMPONENT
    label, help = _("Stop the API server"), _("Nobody can talk to anybody; containers go on.")


class StartApiServer(Start):
    do, part, process_kind = "start-apiserver", "apiserver", "apiserver"
    target = Target.COMPONENT
    label, help = (
        _("Start the API server"),
        _("It answers again after a few seconds; its clients list and watch anew."),
    )


class StopEtcd(Stop):
    do, part, process_kind = "stop-etcd", "etcd", "etcd"
    target = Target.COMPONENT
    label, help = _("Stop etcd"), _("The API server can neither read nor write.")


class StartEtcd(Start):
    do, part, process_kind = "start-etcd", "etcd", "etcd"
    target = Target.COMPONENT
    label, help = _("Start etcd"), _("Its data is on disk.")
