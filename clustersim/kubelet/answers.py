"""What a container answers when its node asks: at a port, at a path of HTTP, or whether it has a file.

A port that nobody of the pod listens at refuses; of programs of which nothing is known it is taken that all
is well.
"""

import re
from collections.abc import Iterable
from itertools import zip_longest
from typing import Final

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import Probe
from clustersim.api.meta import IntOrString
from clustersim.digits import is_whole
from clustersim.programs import (
    FORBIDDEN,
    NOT_FOUND,
    OK,
    REFUSED,
    asked_file,
    image_lacks,
    listens,
    of_command,
    page,
)
from clustersim.programs import status as http_status
from clustersim.runtime.records import RUNNING, Container, File

_VARIABLE: Final = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")


def answer(container: Container, beside: Iterable[Container], probe: Probe) -> int:
    """What a probe of it hears, as a status of HTTP. beside: all containers of its pod, which share an
    address."""
    found = _heard(container, probe) if container.state == RUNNING else REFUSED
    port = port_of(container.spec, probe)
    if found or port is None:
        return found
    return OK if any(_takes(one, port) for one in beside) else REFUSED


def port_of(spec: ContainerSpec, probe: Probe) -> int | None:
    """The port a probe goes to, which it may name as the container does; None: it goes to none."""
    if probe.grpc is not None:
        return probe.grpc.port
    asked = probe.http_get or probe.tcp_socket
    return None if asked is None else number_of(spec, asked.port)


def number_of(spec: ContainerSpec, port: IntOrString) -> int | None:
    """The number of a port that may have a name; None: the container has none of that name."""
    if isinstance(port, int):
        return port
    named = (one.container_port for one in spec.ports if one.name == port)
    return next(named, int(port) if is_whole(port) else None)


def _takes(container: Container, port: int) -> bool:
    running = container.state == RUNNING and container.serving
    return running and bool(listens(container.spec, container.program, port))


def _heard(container: Container, probe: Probe) -> int:
    """What the container itself answers. A probe that looks for a file finds it where the container's script
    has made it, or somebody inside; of other programs it is only known where no image has any."""
    program = container.program
    path = asked_file(probe.exec.command) if probe.exec is not None else None
    if path is not None:
        file = _asked_for(container, path)
        if file is not None:
            return OK if file.text is not None else REFUSED
        mounted = any(path == one.mount_path for one in container.spec.volume_mounts)
        if (program is not None and program.scripted) or (image_lacks(path) and not mounted):
            return REFUSED
    if not container.serving:
        steps = program.steps if program is not None else ()
        told = next((step.value for step in steps if step.what == "silent" and step.value), "")
        if told and probe.tcp_socket is not None:
            return OK  # It answers badly, but it answers.
        return int(told) if told and probe.http_get is not None else REFUSED
    port = port_of(container.spec, probe)
    if port is None:
        return OK if probe.exec is not None and not _exit_code(probe.exec.command) else REFUSED
    if probe.http_get is not None:
        return _page(container, probe.http_get.path) or http_status(
            container.spec, program, port, probe.http_get.path
        )
    return REFUSED if listens(container.spec, program, port) is False else OK


def _asked_for(container: Container, path: str) -> File | None:
    """A file that a probe's command names, perhaps with variables: of those whose values only the running
    container knows, any will do."""
    if "$" not in path:
        return container.file(path)
    plain = {one.name: str(one.value) for one in container.spec.env if one.value_from is None}
    pieces = _VARIABLE.split(path)
    known = [re.escape(plain[one]) if one in plain else "[^/]*" for one in pieces[1::2]]
    texts = [re.escape(one) for one in pieces[::2]]
    wanted = re.compile("".join(a + b for a, b in zip_longest(texts, known, fillvalue="")))
    return next((file for file in container.files if wanted.fullmatch(file.path)), None)


def overruns(probe: Probe) -> bool:
    """Whether the probe's command takes longer than its time-out, as far as its words say what it does."""
    program = of_command(probe.exec.command) if probe.exec is not None and probe.exec.command else None
    if program is None:
        return False
    return program.ends is None or program.ends.after_ms > probe.timeout_seconds * 1000


def _exit_code(command: tuple[str, ...]) -> int:
    """With which code a command ends, as far as its words say it."""
    program = of_command(command) if command else None
    return 0 if program is None or program.ends is None else program.ends.code


def _page(container: Container, path: str) -> int | None:
    """The answer where somebody inside has written or removed the file that is asked for."""
    file = container.file(page(container.spec, path) or "")
    if file is None:
        return None
    return OK if file.text is not None else FORBIDDEN if path.endswith("/") else NOT_FOUND
