"""What baseline does not allow (pod-security-admission policy/check_*.go of that level)."""

from collections.abc import Iterator
from typing import Any, Final

from clustersim.apiserver.pod_security.words import (
    Asked,
    Check,
    Violation,
    counted,
    every_container,
    quoted,
    setters,
    uses,
)

_CAPABILITIES: Final = frozenset({
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
    "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
})  # fmt: skip
_APPARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_PROFILES: Final = ("RuntimeDefault", "Localhost")


def app_armor(asked: Asked) -> Violation | None:
    """Profiles are the runtime's or a file of the node."""
    values: set[str] = set()

    def bad(context: Any) -> bool:
        profile = context.app_armor_profile
        if profile is None or profile.type in _PROFILES:
            return False
        values.add(profile.type)
        return True

    found = [one for one in (setters(asked, bad),) if one]
    notes = sorted(
        f'{key}="{value}"'
        for key, value in asked.annotations.items()
        if key.startswith(_APPARMOR)
        and value not in ("", "runtime/default")
        and not value.startswith("localhost/")
    )
    told = [*sorted(values), *notes]
    if notes:
        found.append("annotation" if len(notes) == 1 else "annotations")
    if not found:
        return None
    reason = f"forbidden AppArmor profile{'' if len(told) == 1 else 's'}"
    return Violation(reason, f"{' and '.join(found)} must not set AppArmor profile type to {quoted(told)}")


def capabilities(asked: Asked) -> Violation | None:
    """None but those that a container has anyway."""
    added = {
        one.name: bad
        for one in every_container(asked.spec)
        if one.security_context is not None and one.security_context.capabilities is not None
        if (bad := set(one.security_context.capabilities.add) - _CAPABILITIES)
    }
    if not added:
        return None
    told = quoted(sorted(set().union(*added.values())))
    detail = f"{counted('container', added)} must not include {told} in securityContext.capabilities.add"
    return Violation("non-default capabilities", detail)


def host_namespaces(asked: Asked) -> Violation | None:
    """Nothing of the node."""
    spec = asked.spec
    shared = {"hostNetwork": spec.host_network, "hostPID": spec.host_pid, "hostIPC": spec.host_ipc}
    found = [f"{name}=true" for name, given in shared.items() if given]
    return Violation("host namespaces", ", ".join(found)) if found else None


def host_paths(asked: Asked) -> Violation | None:
    """No folders of the node."""
    found = [one.name for one in asked.spec.volumes if one.host_path is not None]
    return Violation("hostPath volumes", counted("volume", found)) if found else None


def host_ports(asked: Asked) -> Violation | None:
    """No ports of the node."""
    found = {
        one.name: ports
        for one in every_container(asked.spec)
        if (ports := {str(port.host_port) for port in one.ports if port.host_port})
    }
    if not found:
        return None
    opened = sorted(set().union(*found.values()))
    word = "hostPort" if len(opened) == 1 else "hostPorts"
    return Violation("hostPort", f"{counted('container', found)} {uses(found)} {word} {', '.join(opened)}")


def _hosts(container: Any) -> Iterator[str]:
    cycle = container.lifecycle
    hooks = () if cycle is None else (cycle.post_start, cycle.pre_stop)
    for one in (container.liveness_probe, container.readiness_probe, container.startup_probe, *hooks):
        if one is None:
            continue
        for way in (one.http_get, one.tcp_socket):
            if way is not None and way.host:
                yield way.host


def probed_hosts(asked: Asked) -> Violation | None:
    """Probes and hooks ask the pod itself."""
    found = {one.name: hosts for one in every_container(asked.spec) if (hosts := set(_hosts(one)))}
    if not found:
        return None
    others = counted("probe or lifecycle host", sorted(set().union(*found.values())))
    told = f"{counted('container', sorted(found))} {uses(found)} {others}"
    return Violation("probe or lifecycle host", told)


def privileged(asked: Asked) -> Violation | None:
    """Nobody has all rights."""
    found = [
        one.name
        for one in every_container(asked.spec)
        if one.security_context is not None and one.security_context.privileged
    ]
    if not found:
        return None
    return Violation(
        "privileged", f"{counted('container', found)} must not set securityContext.privileged=true"
    )


def proc_mount(asked: Asked) -> Violation | None:
    """/proc is masked."""
    found = {
        one.name: one.security_context.proc_mount
        for one in every_container(asked.spec)
        if one.security_context is not None and one.security_context.proc_mount not in ("", "Default")
    }
    if not found:
        return None
    values = quoted(sorted(set(found.values())))
    return Violation(
        "procMount", f"{counted('container', found)} must not set securityContext.procMount to {values}"
    )


def se_linux(*more: str) -> Check:
    """Types of containers alone, and no users or roles."""
    allowed = {"", "container_t", "container_init_t", "container_kvm_t", *more}

    def check(asked: Asked) -> Violation | None:
        types: set[str] = set()
        rest: set[str] = set()

        def bad(context: Any) -> bool:
            options = context.se_linux_options
            if options is None:
                return False
            mine = {
                "type": options.type not in allowed,
                "user": bool(options.user),
                "role": bool(options.role),
            }
            if mine["type"]:
                types.add(options.type)
            rest.update(name for name in ("user", "role") if mine[name])
            return any(mine.values())

        who = setters(asked, bad)
        if not who:
            return None
        what = [counted("type", sorted(types))] if types else []
        what += [f"{name} may not be set" for name in ("user", "role") if name in rest]
        told = "; ".join(what)
        return Violation("seLinuxOptions", f"{who} set forbidden securityContext.seLinuxOptions: {told}")

    return check


_POD_NOTE: Final = "seccomp.security.alpha.kubernetes.io/pod"
_CONTAINER_NOTE: Final = "container.seccomp.security.alpha.kubernetes.io/"


def seccomp_notes(asked: Asked) -> Violation | None:
    """Before v1.19, annotations said it."""
    keys = [_POD_NOTE, *(f"{_CONTAINER_NOTE}{one.name}" for one in every_container(asked.spec))]
    notes = {key: asked.annotations[key] for key in keys if key in asked.annotations}
    bad = sorted(
        f'{key}="{value}"'
        for key, value in notes.items()
        if value not in ("runtime/default", "docker/default") and not value.startswith("localhost/")
    )
    if not bad:
        return None
    return Violation("seccompProfile", f"forbidden annotation{'' if len(bad) == 1 else 's'} {', '.join(bad)}")


def seccomp(asked: Asked) -> Violation | None:
    """Profiles are the runtime's or a file of the node."""
    values: set[str] = set()

    def bad(context: Any) -> bool:
        profile = context.seccomp_profile
        if profile is None or profile.type in _PROFILES:
            return False
        values.add(profile.type)
        return True

    who = setters(asked, bad)
    if not who:
        return None
    told = quoted(sorted(values))
    return Violation("seccompProfile", f"{who} must not set securityContext.seccompProfile.type to {told}")


SYSCTLS: Final = (
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
)  # fmt: skip
SYSCTLS_27: Final = (*SYSCTLS, "net.ipv4.ip_local_reserved_ports")
SYSCTLS_29: Final = (
    *SYSCTLS_27, "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
)  # fmt: skip
SYSCTLS_32: Final = (*SYSCTLS_29, "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem")


def sysctls(allowed: tuple[str, ...]) -> Check:
    """None but those of the pod's own network."""

    def check(asked: Asked) -> Violation | None:
        context = asked.spec.security_context
        found = [one.name for one in (() if context is None else context.sysctls) if one.name not in allowed]
        return Violation("forbidden sysctls", ", ".join(found)) if found else None

    return check


def host_process(asked: Asked) -> Violation | None:
    """No processes of a Windows node."""
    who = setters(
        asked,
        lambda context: context.windows_options is not None and bool(context.windows_options.host_process),
    )
    if not who:
        return None
    return Violation("hostProcess", f"{who} must not set securityContext.windowsOptions.hostProcess=true")
