"""Files that people write on a machine. Those in the kubelet's directory of manifests are its static pods
(pkg/kubelet/config/file.go); all others are kept, and nothing reads them.

What is typed is kept with the files of the workstation, under a name that tells of which machine it is.
"""

import posixpath
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from clustersim.command import Argument, Command, CommandError
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.nodes.files import files_of
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.log_files import logs_of
from clustersim.faults.manifests import in_directory, static_pod
from clustersim.i18n import Message, _
from clustersim.kubectl.manifest import plain_object, to_yaml
from clustersim.workstation.files import HOME, MACHINES
from clustersim.yaml_documents import ManifestError

MANIFESTS: Final = "/etc/kubernetes/manifests"
_OWN: Final = _("The machine itself writes {path}; this console does not change it.")
_IGNORED: Final = _("The kubelet takes no pod from this file: {why}")


def absolute(path: str) -> str:
    """The path from the root on; people are at home."""
    return posixpath.normpath(posixpath.join(HOME, HOME + path[1:] if path[:1] == "~" else path))


class WrittenFiles:
    """Of one machine. commands: what writes them; note: what the page says of that."""

    def __init__(self, api: Api, host: Host) -> None:
        self._api = api
        self._host = host
        self.commands: list[Command] = []
        self.note: Message | None = None

    def paths(self) -> set[str]:
        """All that there are."""
        prefix = self._kept_as("/").rstrip("/")
        kept = {name.removeprefix(prefix) for name in self._api.files if name.startswith(f"{prefix}/")}
        return {*self._own, *self._manifests, *kept}

    def is_folder(self, path: str) -> bool:
        """Something is in it, or it is always there."""
        folder = "" if path == "/" else path
        usual = ("/", HOME, "/tmp", "/etc", "/var", MANIFESTS)  # noqa: S108 (paths of a model)
        return path in usual or any(one.startswith(f"{folder}/") for one in self.paths())

    def names(self, path: str) -> list[str]:
        """What is in a folder."""
        folder = "" if path == "/" else path
        inside = (one for one in self.paths() if one.startswith(f"{folder}/"))
        return sorted({one[len(folder) + 1 :].partition("/")[0] for one in inside})

    def text(self, path: str) -> str | None:
        """What is in a file; None: there is none."""
        path = absolute(path)
        if (kept := self._api.files.get(self._kept_as(path))) is not None:
            return kept
        if (found := self._own.get(path)) is not None:
            return f"{found(self._host)}\n"
        pod = self._manifests.get(path)
        return None if pod is None else to_yaml(plain_object(pod, self._api.release))

    def write(self, path: str, text: str | None) -> None:
        """Make a file, or remove it (None). Raises Said."""
        path = absolute(path)
        if path in self._own:
            raise Said(note=_OWN, path=path)
        if text is not None or self._kept_as(path) in self._api.files:
            self.commands += self._api.saving(self._kept_as(path), text)
        if posixpath.dirname(path) == MANIFESTS and not self._host.is_master:
            self._put(posixpath.basename(path), text)

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


def answered(files: WrittenFiles, words: Sequence[str], stdin: str) -> Answer:
    """One of the commands that write files. Raises Said."""
    verb, *rest = words
    flags = "".join(word[1:] for word in rest if word.startswith("-"))
    names = [word for word in rest if not word.startswith("-")]
    match verb:
        case "rm":
            _remove(files, names, flags)
        case "touch":
            for name in names:
                if files.text(name) is None:
                    files.write(name, "")
        case "cp" | "mv":
            _copy(files, verb, names)
        case "tee":
            for name in names:
                before = (files.text(name) or "") if "a" in flags else ""
                files.write(name, f"{before}{stdin}\n")
            return Answer(text=stdin, commands=tuple(files.commands), note=files.note)
        case "vi" | "vim" | "nano" | "emacs":
            return _edited(files, names, stdin)
    return Answer(commands=tuple(files.commands), note=files.note)


def _remove(files: WrittenFiles, names: Sequence[str], flags: str) -> None:
    for name in names:
        if files.text(name) is not None:
            files.write(name, None)
        elif files.is_folder(absolute(name)):
            if "r" not in flags.lower():
                raise Said(f"rm: cannot remove '{name}': Is a directory")
            for inside in [one for one in files.paths() if one.startswith(f"{absolute(name)}/")]:
                files.write(inside, None)
        elif "f" not in flags:
            raise Said(f"rm: cannot remove '{name}': No such file or directory")


def _copy(files: WrittenFiles, verb: str, names: Sequence[str]) -> None:
    """cp and mv of files into a folder, or of one to another name. Raises Said."""
    if len(names) < 2:
        what = "file operand" if not names else f"destination file operand after '{names[0]}'"
        raise Said(f"{verb}: missing {what}\nTry '{verb} --help' for more information.")
    *sources, target = names
    folder = files.is_folder(absolute(target))
    if len(sources) > 1 and not folder:
        raise Said(f"{verb}: target '{target}' is not a directory")
    for source in sources:
        text = files.text(source)
        if text is None:
            if files.is_folder(absolute(source)):
                raise Said(note=_("This console copies and moves single files here."))
            raise Said(f"{verb}: cannot stat '{source}': No such file or directory")
        to = posixpath.join(target, posixpath.basename(source)) if folder else target
        if verb == "mv":
            files.write(source, None)
        files.write(to, text)


def _edited(files: WrittenFiles, names: Sequence[str], stdin: str) -> Answer:
    if len(names) != 1:
        raise Said(note=_("An editor wants the name of one file."))
    if stdin:
        files.write(names[0], stdin.removesuffix("\n") + "\n")
        return Answer(commands=tuple(files.commands), note=files.note)
    return Answer(edit=files.text(names[0]) or "\n")


VERBS: Final = ("cp", "emacs", "mkdir", "mv", "nano", "rm", "tee", "touch", "vi", "vim")
