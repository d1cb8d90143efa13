"""Files of a machine: those that it writes itself, and those that people write there. What people write into
the kubelet's directory of manifests are its static pods (pkg/kubelet/config/file.go); files of settings are
read by their programs (daemon.json, KubeletConfiguration); everything else is kept, and nothing reads it.

What is typed is kept with the files of the workstation, under a name that tells of which machine it is.
"""

import posixpath
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from clustersim.command import Argument, Command, CommandError
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.nodes.files import files_of
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.log_files import logs_of
from clustersim.console.nodes.unit_paths import drop_in_folder, unit_path
from clustersim.console.shell.file_commands import Folders
from clustersim.faults.configurations import GONE, configuration_files
from clustersim.faults.manifests import in_directory, static_pod
from clustersim.flags import Flags, docker_configuration, kubelet_configuration
from clustersim.flags.configuration import DAEMON_JSON, READ_UNITS, ConfigurationError
from clustersim.i18n import Message, _
from clustersim.kubectl.manifest import plain_object, to_yaml
from clustersim.workstation.files import HOME, MACHINES
from clustersim.yaml_documents import ManifestError

MANIFESTS: Final = "/etc/kubernetes/manifests"
_OWN: Final = _("The machine itself writes {path}; this console does not change it.")
_WHEN: Final = _("It counts when {program} starts anew: systemctl restart {program}.")
_RELOADED: Final = _("It counts from systemctl daemon-reload and systemctl restart {program} on.")
_UNHEEDED: Final = _(
    "It counts when {program} starts anew: systemctl restart {program}. The model does not act on {names}."
)
_IGNORED: Final = _("The kubelet takes no pod from this file: {why}")


def absolute(path: str) -> str:
    """The path from the root on; people are at home."""
    return posixpath.normpath(posixpath.join(HOME, HOME + path[1:] if path[:1] == "~" else path))


def _prefix(path: str) -> str:
    """What the paths of files in a folder begin with."""
    return f"{absolute(path).rstrip('/')}/"


class MachineFiles(Folders):
    """Of one machine. commands: what is to be done for what was written; note: what the page says of it."""

    def __init__(self, api: Api, host: Host) -> None:
        self._api = api
        self._host = host
        self.commands: list[Command] = []
        self.note: Message | None = None

    def paths(self) -> set[str]:
        """All that there are."""
        removed = {path for path, text in self._configurations.items() if text is None}
        prefix = self._kept_as("/").rstrip("/")
        kept = {name.removeprefix(prefix) for name in self._api.files if name.startswith(f"{prefix}/")}
        kept = {path for path in kept if not path.startswith(READ_UNITS)}
        return {*self._own, *self._manifests, *kept} - removed

    def is_directory(self, path: str) -> bool:
        """Something is in it, or it is always there."""
        usual = ("/", HOME, "/tmp", "/etc", "/var", MANIFESTS)  # noqa: S108 (paths of a model)
        return absolute(path) in usual or any(self.within(path))

    def within(self, path: str) -> Iterable[str]:
        folder = _prefix(path)
        return (one for one in self.paths() if one.startswith(folder))

    def names(self, path: str) -> list[str]:
        folder = _prefix(path)
        return sorted({one.removeprefix(folder).partition("/")[0] for one in self.within(path)})

    def text(self, path: str) -> str | None:
        """What is in a file; None: there is none."""
        path = absolute(path)
        if path in self._configurations:
            return self._configurations[path]
        if (kept := self.kept(path)) is not None:
            return kept
        if (found := self._own.get(path)) is not None:
            return f"{found(self._host)}\n"
        pod = self._manifests.get(path)
        return None if pod is None else to_yaml(plain_object(pod, self._api.release))

    def write(self, path: str, text: str | None) -> None:
        """Make a file, or remove it (None). Raises Said."""
        path = absolute(path)
        own = (one for one in configuration_files(self._api.release) if not one.startswith(READ_UNITS))
        if not self._host.is_master and path in own:
            self._configure(path, text)
            return
        unit = next((unit for unit in self._host.units() if unit_path(unit) == path), "")
        if path in self._own and (not unit or text is None):
            raise Said(note=_OWN, path=path)
        folder = f"{posixpath.dirname(path)}/"
        unit = unit or next((one for one in self._host.units() if drop_in_folder(one) == folder), "")
        if unit:
            self.note = Message(_RELOADED, {"program": unit})
        if text is not None or self.kept(path) is not None:
            self.keep(path, text)
        if posixpath.dirname(path) == MANIFESTS and not self._host.is_master:
            self._put(posixpath.basename(path), text)

    def kept(self, path: str) -> str | None:
        """What people have written there."""
        return self._api.files.get(self._kept_as(path))

    def keep(self, path: str, text: str | None) -> None:
        """From now on that file says so; None: there is none of people's. Raises Said."""
        self.commands += self._api.saving(self._kept_as(path), text)

    def forget(self, path: str) -> None:
        """The machine writes that file itself again."""
        if self.kept(path) is not None:
            self.keep(path, None)

    def _configure(self, path: str, text: str | None) -> None:
        """A program reads that file when it starts."""
        arguments: dict[str, Argument] = (
            {"path": path, "file": GONE} if text is None else {"path": path, "text": text}
        )
        self.commands.append(Command("write-configuration", self._host.name, arguments))
        program = "docker" if path == DAEMON_JSON else "kubelet"
        self.note = Message(_WHEN, {"program": program})
        if unheeded := self._unheeded(path, text):
            self.note = Message(_UNHEEDED, {"program": program, "names": ", ".join(unheeded)})

    def _unheeded(self, path: str, text: str | None) -> tuple[str, ...]:
        """What the real program heeds and the model does not; nothing of a file that it refuses."""
        flags: Flags = self._host.release.flags
        try:
            if path == DAEMON_JSON:
                return docker_configuration.read(text, flags.docker, flags.docker).unheeded
            return kubelet_configuration.read(text, flags.kubelet, flags.kubelet).unheeded
        except ConfigurationError:
            return ()

    @property
    def _configurations(self) -> dict[str, str | None]:
        """Files of settings that somebody has written or removed."""
        return self._host.machine.state.configurations

    def _put(self, name: str, text: str | None) -> None:
        """The kubelet looks at that file of its directory."""
        there = in_directory(name) in self._manifests
        manifest, why = ("", "") if text is None else self._pod_of(text)
        if manifest and not name.startswith("."):
            arguments: dict[str, Argument] = {"manifest": manifest, "file": name}
            self.commands.append(Command("put-manifest", self._host.name, arguments))
        elif there:
            self.commands.append(Command("remove-manifest", self._host.name, {"name": name}))
        if why:
            self.note = Message(_IGNORED, {"why": why})

    def _pod_of(self, text: str) -> tuple[str, str]:
        """The pod of a manifest as JSON, or why there is none."""
        try:
            documents = self._api.documents(text)
        except ManifestError as error:
            return "", error.told
        manifest = msgspec.json.encode(documents[0].plain).decode() if len(documents) == 1 else "{}"
        try:
            static_pod(self._host.cluster, manifest)
        except CommandError as error:
            return "", error.message.text()
        return manifest, ""

    @property
    def _own(self) -> dict[str, Callable[[Host], str]]:
        """What the machine writes itself."""
        return {**files_of(self._host), **logs_of(self._host)}

    @property
    def _manifests(self) -> dict[str, Any]:
        found: dict[str, Any] = self._host.machine.state.manifests
        return found

    def _kept_as(self, path: str) -> str:
        return f"{MACHINES}/{self._host.name}{path}"
