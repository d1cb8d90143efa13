"""Files of settings on machines: what people write there counts when the program starts anew, or is told to
read it."""

from clustersim.bounds import MOST_OF_KEPT_FILE
from clustersim.command import CommandError
from clustersim.docker.daemon import Docker
from clustersim.engine.process import RUNNING
from clustersim.faults.action import Action, Parameter, Target
from clustersim.flags.configuration import (
    DAEMON_JSON,
    DOCKER_UNIT,
    KUBELET_CONFIG,
    KUBELET_UNIT,
    PROXY_UNIT,
)
from clustersim.i18n import _

GONE = "gone"
WRITTEN = "written"


def configuration_files(release: str) -> tuple[str, ...]:
    """Those that programs of a node read."""
    of_runtime = (DAEMON_JSON, DOCKER_UNIT) if release in ("v1.7", "v1.8") else (KUBELET_CONFIG,)
    return (*of_runtime, KUBELET_UNIT, PROXY_UNIT)


class WriteConfiguration(Action):
    do, part = "write-configuration", "machine"
    label = _("Write a file of settings")
    help = _("Its program reads it when it starts: settings of one node, whatever those of the others are.")
    parameters = (
        Parameter(
            "path",
            str,
            _(
                "the file: /etc/docker/daemon.json, or /var/lib/kubelet/config.yaml of v1.36; "
                "/run/systemd/read/kubelet, .../kube-proxy, .../docker: their units, as systemd has read them"
            ),
        ),
        Parameter("text", str, _("what is in it"), ""),
        Parameter(
            "file",
            str,
            _("the file afterwards"),
            WRITTEN,
            {WRITTEN: _("says that text"), GONE: _("is gone")},
        ),
    )

    def check(self) -> None:
        super().check()
        files = configuration_files(self.cluster.release)
        if self.args["path"] not in files:
            raise CommandError(
                _("nothing on this node reads {path}; there is {files}"),
                path=str(self.args["path"])[:100],
                files=", ".join(files),
            )
        if len(str(self.args["text"])) > MOST_OF_KEPT_FILE:
            raise CommandError(_("a file has at most {most} characters"), most=MOST_OF_KEPT_FILE)

    def apply(self) -> None:
        text = None if self.args["file"] == GONE else str(self.args["text"])
        self.cluster.machines[self.target_name].write_configuration(str(self.args["path"]), text)

    def available(self) -> bool:
        return False


class ReloadDocker(Action):
    do, part, target = "reload-docker", "docker", Target.NODE
    label = _("Reload docker")
    help = _(
        "SIGHUP: the daemon reads daemon.json again; live-restore counts at once, the rest at its next start."
    )

    def daemon(self) -> Docker:
        """The node's, or CommandError."""
        found = self.cluster.runtime(self.target_name)
        if not isinstance(found, Docker):
            raise CommandError(_("containerd reads its settings only when it starts"))
        return found

    def check(self) -> None:
        super().check()
        if self.daemon().status.phase != RUNNING:
            raise CommandError(_("the container runtime of {node} does not run"), node=self.target_name)

    def apply(self) -> None:
        self.daemon().reload()

    def available(self) -> bool:
        machine = self.cluster.machines[self.target_name]
        daemon = self.cluster.runtime(self.target_name)
        runs = isinstance(daemon, Docker) and daemon.status.phase == RUNNING
        return runs and DAEMON_JSON in machine.state.configurations
