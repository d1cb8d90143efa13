"""What the checks of pods have in common (pod-security-admission policy/helpers.go, visitor.go)."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from clustersim.api.core_v1 import PodSpec


class Violation(NamedTuple):
    """What a pod has that its namespace does not allow."""

    reason: str
    detail: str


class Asked(NamedTuple):
    """The pod in question."""

    annotations: dict[str, str]
    spec: PodSpec


Check = Callable[[Asked], Violation | None]


def every_container(spec: PodSpec) -> Iterator[Any]:
    """All of a pod, in the order of the checks."""
    yield from spec.init_containers
    yield from spec.containers
    yield from spec.ephemeral_containers


def quoted(items: Iterable[str]) -> str:
    """ "a", "b"."""
    return ", ".join(f'"{one}"' for one in items)


def counted(word: str, items: Iterable[str]) -> str:
    """A word and its names: containers "a", "b"."""
    names = list(items)
    return f"{word if len(names) == 1 else word + 's'} {quoted(names)}"


def uses(items: Iterable[str]) -> str:
    """The verb of so many."""
    return "uses" if len(list(items)) == 1 else "use"


def setters(asked: Asked, bad: Callable[[Any], bool]) -> str:
    """Who sets something bad: pod and container "a"; empty if nobody does."""
    own = asked.spec.security_context
    found = ["pod"] if own is not None and bad(own) else []
    containers = [
        one.name
        for one in every_container(asked.spec)
        if one.security_context is not None and bad(one.security_context)
    ]
    return " and ".join([*found, *([counted("container", containers)] if containers else [])])


def silent(asked: Asked, said: Callable[[Any], bool]) -> list[str]:
    """Containers that do not say something which their pod does not say for them either."""
    own = asked.spec.security_context
    if own is not None and said(own):
        return []
    return [
        one.name
        for one in every_container(asked.spec)
        if one.security_context is None or not said(one.security_context)
    ]


def not_on_windows(check: Check) -> Check:
    """Pods of Windows need not say it."""
    return lambda asked: (
        None if asked.spec.os is not None and asked.spec.os.name == "windows" else check(asked)
    )


def not_for_own_users(check: Check) -> Check:
    """Pods whose users are not the host's need not say it."""
    return lambda asked: None if asked.spec.host_users is False else check(asked)
