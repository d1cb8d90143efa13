"""Programs that are known by their images: those of the published examples and tutorials, and images whose
program is a shell, which ends at once when nobody types."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final

from clustersim.api.core_v1 import Container
from clustersim.api.quantity import byte_count
from clustersim.programs.agnhost import DEFAULT, ENTRYPOINT, FILES, LIVENESS, of_agnhost
from clustersim.programs.program import MOST_STEPS, Program, Step

SHELLS: Final = (
    "almalinux", "alpine", "amazonlinux", "bash", "buildpack-deps", "busybox", "busyboxplus", "centos",
    "debian", "fedora", "golang", "netshoot", "rockylinux", "ubuntu",
)  # fmt: skip
"""Images whose program, where no other is named, is a shell or the like."""


_BARE: Final = (
    "coredns",
    "hello-world",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-state-metrics",
    "metrics-server",
    "pause",
    "whoami",
)
"""Images without a shell: made from scratch, or of distroless ones."""


def is_shell_image(image: str) -> bool:
    """Whether the program of an image, where no other is named, is a shell."""
    return image_name(image) in SHELLS


def lacks_shells(image: str) -> bool:
    """Whether an image is known to hold its program and nothing else."""
    return image_name(image) in _BARE


def image_name(image: str) -> str:
    """An image's name without its registry, its tag and its digest."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def started_with(image: str, command: tuple[str, ...], args: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a container's first program: what its specification leaves out its image says, as far as
    that is known."""
    if command or image_name(image) != "agnhost":
        return (*command, *args)
    return (ENTRYPOINT, *(args or (DEFAULT,)))


def reads_settings(spec: Container) -> bool:
    """Whether a container's program is known to read a file of settings from a volume when it begins, and
    never again."""
    named = any(word.endswith(".conf") for word in (*spec.command, *spec.args))
    return named and bool(spec.volume_mounts) and "redis" in image_name(spec.image)


def known_files(image: str) -> Mapping[str, str]:
    """Files of an image, as far as they are known."""
    return FILES if image_name(image) == "agnhost" else {}


def of_image(spec: Container) -> Program | None:
    """What an image's program does; None where it is not known, or runs until it is told to stop."""
    name = image_name(spec.image)
    words = (*spec.command, *spec.args)
    if name in SHELLS and not words:
        return None if spec.tty and spec.stdin else Program((Step(10, "exit", "0"),))
    if name == "hello-world" and not words:
        return Program((Step(50, "exit", "0"),))
    known = _KNOWN.get(name)
    return None if known is None else known(words)


def _liveness(words: tuple[str, ...]) -> Program | None:
    """test/images/liveness, the image before agnhost had it."""
    return LIVENESS if not words or words[-1] in ("/server", "liveness") else None


def _stress(words: tuple[str, ...]) -> Program | None:
    """progrium/stress and polinux/stress --vm 1 --vm-bytes 250M --cpu 2: takes it at once, a CPU for each
    worker. A worker of memory writes it over and over, unless it hangs or keeps it (stress 1.0.4 hogvm)."""
    size, workers, cpu = 0, 0, 0
    for word, value in pairwise(words):
        if word == "--vm-bytes":
            size = _bytes(value) or 0
        elif re.fullmatch(r"\d{1,3}", value) and word in ("-m", "--vm"):
            workers = int(value)
        elif re.fullmatch(r"\d{1,3}", value) and word in ("-c", "--cpu", "-cpus"):
            cpu += 1000 * int(value)
    cpu += workers * (_WRITES_ONCE if _RESTS & {*words} else 1000)
    steps = [Step(100, "memory", str(size * max(1, workers)))] if size else []
    steps += [Step(100, "cpu", str(cpu))] if cpu else []
    return Program(tuple(steps)) if steps else None


_RESTS: Final = {"--vm-hang", "--vm-keep"}
_WRITES_ONCE: Final = 50
"""Thousandths of a CPU of a worker that writes its memory about once a second: an estimate."""


def _whalesay(words: tuple[str, ...]) -> Program | None:
    """docker/whalesay cowsay "hello world" says it, and ends."""
    return Program((Step(50, "exit", "0"),)) if words[:1] in ((), ("cowsay",)) else None


def _growing_stress(words: tuple[str, ...]) -> Program | None:
    """vish/stress -mem-total 250Mi -mem-alloc-size 10Mi -mem-alloc-sleep 1s."""
    given = dict(zip(words[::2], words[1::2], strict=False))
    total, step = _bytes(given.get("-mem-total", "")), _bytes(given.get("-mem-alloc-size", "4Ki"))
    pause = re.fullmatch(r"(\d{1,6})(ms|s)", given.get("-mem-alloc-sleep", "1ms"))
    if total is None or not step or pause is None:
        return None
    wait = int(pause[1]) * (1000 if pause[2] == "s" else 1)
    count = -(-total // step)
    every = -(-count // MOST_STEPS)
    taken = [min(number * step, total) for number in range(every, count + every, every)]
    return Program(
        tuple(Step(every * wait * (index + 1), "memory", str(size)) for index, size in enumerate(taken))
    )


def _bytes(text: str) -> int | None:
    """Of "250M", "250Mi" or "1g", as these programs read them."""
    try:
        return byte_count(re.sub(r"[kmg]\Z", lambda unit: {"k": "Ki", "m": "Mi", "g": "Gi"}[unit[0]], text))
    except ValueError:
        return None


_KNOWN: Final[dict[str, Callable[[tuple[str, ...]], Program | None]]] = {
    "agnhost": of_agnhost,
    "liveness": _liveness,
    "polinux-stress": _stress,
    "stress": lambda words: _stress(words) or _growing_stress(words),
    "whalesay": _whalesay,
}
