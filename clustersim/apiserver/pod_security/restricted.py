"""What restricted does not allow besides (pod-security-admission policy/check_*.go of that level)."""

from typing import Final

from clustersim.apiserver.pod_security import baseline
from clustersim.apiserver.pod_security.words import (
    Asked,
    Violation,
    counted,
    every_container,
    quoted,
    setters,
    silent,
    uses,
)


def privilege_escalation(asked: Asked) -> Violation | None:
    """Each container says that it gains no rights."""
    found = [
        one.name
        for one in every_container(asked.spec)
        if one.security_context is None or one.security_context.allow_privilege_escalation is not False
    ]
    if not found:
        return None
    told = f"{counted('container', found)} must set securityContext.allowPrivilegeEscalation=false"
    return Violation("allowPrivilegeEscalation != false", told)


def capabilities(asked: Asked) -> Violation | None:
    """Each container drops them all, and may bind low ports."""
    keeping: list[str] = []
    adding: dict[str, set[str]] = {}
    for one in every_container(asked.spec):
        given = None if one.security_context is None else one.security_context.capabilities
        if given is None or "ALL" not in given.drop:
            keeping.append(one.name)
        more = set() if given is None else set(given.add) - {"NET_BIND_SERVICE"}
        if more:
            adding[one.name] = more
    told = []
    if keeping:
        told.append(f'{counted("container", keeping)} must set securityContext.capabilities.drop=["ALL"]')
    if adding:
        bad = quoted(sorted(set().union(*adding.values())))
        told.append(
            f"{counted('container', adding)} must not include {bad} in securityContext.capabilities.add"
        )
    return Violation("unrestricted capabilities", "; ".join(told)) if told else None


_VOLUMES: Final = (
    "config_map", "csi", "downward_api", "empty_dir", "ephemeral", "image", "persistent_volume_claim",
    "projected", "secret",
)  # fmt: skip
_OTHERS: Final = {
    "host_path": "hostPath", "gce_persistent_disk": "gcePersistentDisk",
    "aws_elastic_block_store": "awsElasticBlockStore", "git_repo": "gitRepo", "nfs": "nfs", "iscsi": "iscsi",
    "glusterfs": "glusterfs", "rbd": "rbd", "flex_volume": "flexVolume", "cinder": "cinder",
    "cephfs": "cephfs", "flocker": "flocker", "fc": "fc", "azure_file": "azureFile",
    "vsphere_volume": "vsphereVolume", "quobyte": "quobyte", "azure_disk": "azureDisk",
    "photon_persistent_disk": "photonPersistentDisk", "portworx_volume": "portworxVolume",
    "scale_io": "scaleIO", "storageos": "storageos",
}  # fmt: skip


def volumes(asked: Asked) -> Violation | None:
    """Only what is the cluster's own."""
    found = {
        one.name: next((told for name, told in _OTHERS.items() if getattr(one, name) is not None), "unknown")
        for one in asked.spec.volumes
        if all(getattr(one, name) is None for name in _VOLUMES)
    }
    if not found:
        return None
    kinds = counted("restricted volume type", sorted(set(found.values())))
    return Violation("restricted volume types", f"{counted('volume', found)} {uses(found)} {kinds}")


def non_root(asked: Asked) -> Violation | None:
    """The pod or each container says that it is not root."""
    reason = "runAsNonRoot != true"
    who = setters(asked, lambda context: context.run_as_non_root is False)
    if who:
        return Violation(reason, f"{who} must not set securityContext.runAsNonRoot=false")
    found = silent(asked, lambda context: context.run_as_non_root is not None)
    if not found:
        return None
    return Violation(
        reason, f"pod or {counted('container', found)} must set securityContext.runAsNonRoot=true"
    )


def user(asked: Asked) -> Violation | None:
    """Nobody asks for root."""
    who = setters(asked, lambda context: context.run_as_user == 0)
    return Violation("runAsUser=0", f"{who} must not set runAsUser=0") if who else None


def seccomp(asked: Asked) -> Violation | None:
    """The pod or each container has a profile."""
    if (bad := baseline.seccomp(asked)) is not None:
        return bad
    found = silent(asked, lambda context: context.seccomp_profile is not None)
    if not found:
        return None
    told = f"pod or {counted('container', found)} must set securityContext.seccompProfile.type to "
    return Violation("seccompProfile", f'{told}"RuntimeDefault" or "Localhost"')
