"""Which program a container of a pod runs."""

from typing import Final

from msgspec.structs import replace

from clustersim.api.core_v1 import Container, Pod
from clustersim.api.pod_containers import as_container
from clustersim.programs.known import of_image
from clustersim.programs.program import PROGRAM, Program, Step, told_by
from clustersim.programs.script import of_command

ENDS_WELL: Final = Program((Step(1000, "exit", "0"),))
"""What an init container does of whose program nothing is known: that is what such programs are for."""


def program_of(pod: Pod, container: str) -> Program | None:
    """What the container's program does by itself; None: it runs until it is told to stop. Where the pod's
    containers share their processes, none of theirs is the first.
    """
    found = _found(pod, container)
    shared = pod.spec.share_process_namespace
    return replace(found, stops=True) if found is not None and shared and not found.stops else found


def _found(pod: Pod, container: str) -> Program | None:
    told = told_by(pod.metadata.annotations.get(f"{PROGRAM}{container}", ""))
    if told is not None:
        return told
    spec = next((one for one in pod.spec.containers if one.name == container), None)
    if spec is not None:
        return _of(spec)
    init = next((one for one in pod.spec.init_containers if one.name == container), None)
    if init is None:
        looking = next((one for one in pod.spec.ephemeral_containers if one.name == container), None)
        return None if looking is None else _of(as_container(looking))
    found = _of(init)
    if init.restart_policy == "Always":
        return found
    plain = found is not None and (found.ends is not None or found.scripted)
    return found if plain else ENDS_WELL


def _of(spec: Container) -> Program | None:
    words = (*spec.command, *spec.args)
    told = tuple((one.name, str(one.value)) for one in spec.env if one.value_from is None)
    return of_image(spec) or (of_command(words, told) if words else None)
