"""kubectl cp: a file of a container to the workstation, or the other way round.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/cp.go; v1.36 staging/src/k8s.io/kubectl/pkg/cmd/cp/cp.go. Both run tar
in the container, and say what it says.
"""

import posixpath
from collections.abc import Sequence
from typing import Any, NamedTuple

from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.misuse import misused
from clustersim.console.kubectl.pods.pods import into_container, pod_named
from clustersim.console.kubectl.selection import namespace_of
from clustersim.console.nodes.container_files import ContainerFiles
from clustersim.shell.plain import absolute
from clustersim.workstation.files import name_of

_FORM = """
    expected 'cp <file-spec-src> <file-spec-dest> [-c container]'.
    <file-spec> is:
	[namespace/]pod-name:/file/path for a remote file
	/file/path for a local file"""


class Place(NamedTuple):
    """A path, and the pod whose it is ("": the workstation's), as it was typed."""

    pod: str
    path: str


def cp(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl cp SOURCE DESTINATION. Raises Said."""
    arguments = commands.read("cp", words, api.release)
    if len(arguments.words) != 2:
        raise Said("error: source and destination are required") if api.today else misused(api, "cp", _FORM)
    source, destination = (_place(word) for word in arguments.words)
    if source.pod and destination.pod:
        raise Said("error: one of src or dest must be a local file specification")
    if not (source.pod or destination.pod):
        raise Said("error: one of src or dest must be a remote file specification")
    api.reach()
    if source.pod:
        return _fetch(api, arguments, source, destination.path)
    return _send(api, arguments, source.path, destination)


def _place(word: str) -> Place:
    pod, colon, path = word.partition(":")
    return Place(pod, path) if colon and not pod.startswith((".", "/")) else Place("", word)


def _files(api: Api, arguments: Arguments, place: Place) -> ContainerFiles:
    """Those of the container that is meant. Raises Said."""
    namespace, _, name = place.pod.rpartition("/")
    pod = pod_named(api, name, namespace or namespace_of(arguments) or "")
    api.may("create", "pods", pod.metadata.namespace, pod.metadata.name, "exec")
    container = into_container(api, pod, arguments.value("container"), ("tar",))
    spec: Any = next(one for one in pod.spec.containers if one.name == container)
    return ContainerFiles(api, pod, spec)


def _fetch(api: Api, arguments: Arguments, source: Place, local: str) -> Answer:
    files = _files(api, arguments, source)
    path = absolute(source.path)
    inside = {posixpath.join(path, name): name for name in files.names(path)}
    missing = f"{posixpath.normpath(local)}/" if inside or local.endswith("/") or local == "." else ""
    for one, name in (inside or {path: posixpath.basename(path)}).items():
        if (text := files.text(one)) is None:
            raise Said(
                f"tar: {one.lstrip('/')}: Cannot stat: No such file or directory\n"
                "tar: Exiting with failure status due to previous errors\n"
                "error: exit status 2"
            )
        api.save(name_of(missing + name if missing else local), text)
    program = "tar: removing leading '/' from member names"
    return Answer(text=program if files.small else "tar: Removing leading `/' from member names")


def _send(api: Api, arguments: Arguments, local: str, destination: Place) -> Answer:
    folder = f"{name_of(local)}/"
    inside = {name: name.removeprefix(folder) for name in api.files if name.startswith(folder)}
    if not inside and name_of(local) not in api.files:
        raise Said(f"error: {local} doesn't exist in local filesystem")
    files = _files(api, arguments, destination)
    path = absolute(destination.path)
    into = destination.path.endswith("/") or files.is_directory(path)
    for name, relative in (inside or {name_of(local): ""}).items():
        target = posixpath.join(path, relative or (posixpath.basename(name) if into else ""))
        files.write(target.rstrip("/"), api.files[name])
    return Answer(commands=files.changes)
