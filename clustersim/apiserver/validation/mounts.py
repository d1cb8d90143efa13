"""Validation of what a container mounts (validation.go ValidateVolumeMounts, ValidateVolumeDevices)."""

from typing import Final

from clustersim.api.core.container import Container, VolumeMount
from clustersim.api.core.volumes import Volume
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.files_of_pods import check_local_path

_PROPAGATIONS: Final = ("Bidirectional", "HostToContainer", "None")
_RECURSIVE: Final = ("Disabled", "Enabled", "IfPossible")


def check_mounts(errors: FieldErrors, field: str, container: Container, volumes: dict[str, Volume]) -> None:
    """Each of a volume that there is, and each in a place of its own. volumes: those of the pod, by name.
    Of some mistakes it is not said in which mount they are."""
    devices = {device.name: device.device_path for device in container.volume_devices}
    seen: list[str] = []
    for index, mount in enumerate(container.volume_mounts):
        here = f"{field}[{index}]"
        if not mount.name:
            errors.required(f"{here}.name")
        if mount.name not in volumes:
            errors.missing(f"{here}.name", mount.name)
        if not mount.mount_path:
            errors.required(f"{here}.mountPath")
        if mount.mount_path in seen:
            errors.invalid(f"{here}.mountPath", mount.mount_path, "must be unique")
        if errors.release == "v1.8" and not mount.mount_path.startswith("/"):
            errors.invalid(f"{here}.mountPath", mount.mount_path, "must be an absolute path")
        seen.append(mount.mount_path)
        if mount.name in devices:
            errors.invalid(f"{here}.name", mount.name, "must not already exist in volumeDevices")
        if mount.mount_path in devices.values():
            why = "must not already exist as a path in volumeDevices"
            errors.invalid(f"{here}.mountPath", mount.mount_path, why)
        _check_parts(errors, field, here, mount)
        _check_propagation(errors, field, container, mount)


def _check_parts(errors: FieldErrors, field: str, here: str, mount: VolumeMount) -> None:
    """A folder of the volume instead of the whole."""
    if mount.sub_path:
        check_local_path(errors, f"{field}.subPath", mount.sub_path, reserved=False)
    if mount.sub_path_expr:
        if mount.sub_path:
            why = "subPathExpr and subPath are mutually exclusive"
            errors.invalid(f"{here}.subPathExpr", mount.sub_path_expr, why)
        check_local_path(errors, f"{field}.subPathExpr", mount.sub_path_expr, reserved=False)


def _check_propagation(errors: FieldErrors, field: str, container: Container, mount: VolumeMount) -> None:
    way, here = mount.mount_propagation, f"{field}.mountPropagation"
    if way and errors.release == "v1.8":
        errors.forbidden(here, "mount propagation is disabled by feature-gate")
        return
    errors.one_of(here, way, _PROPAGATIONS, needed=False)
    context = container.security_context
    if way == "Bidirectional" and not (context is not None and context.privileged):
        why = "Bidirectional mount propagation is available only to privileged containers"
        errors.forbidden(here, why)
    recursive, here = mount.recursive_read_only, f"{field}.recursiveReadOnly"
    errors.one_of(here, recursive, _RECURSIVE, needed=False)
    if recursive in ("Enabled", "IfPossible"):
        if not mount.read_only:
            errors.forbidden(here, "may only be specified when readOnly is true")
        if way not in ("", "None"):
            why = "may only be specified when mountPropagation is None or not specified"
            errors.forbidden(here, why)


def check_devices(errors: FieldErrors, field: str, container: Container, volumes: dict[str, Volume]) -> None:
    """Claims that a container has as block devices."""
    mounts = {mount.name: mount.mount_path for mount in container.volume_mounts}
    named: list[str] = []
    placed: list[str] = []
    for index, device in enumerate(container.volume_devices):
        here, volume = f"{field}[{index}]", volumes.get(device.name)
        if not device.name:
            errors.required(f"{here}.name")
        if device.name in named:
            errors.invalid(f"{here}.name", device.name, "must be unique")
        if volume is None:
            errors.missing(f"{here}.name", device.name)
        elif volume.persistent_volume_claim is None and volume.ephemeral is None:
            why = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
            errors.invalid(f"{here}.name", device.name, why)
        path = device.device_path
        if not path:
            errors.required(f"{here}.devicePath")
        if path in placed:
            errors.invalid(f"{here}.devicePath", path, "must be unique")
        if ".." in path.split("/"):
            errors.invalid(f"{here}.devicePath", path, "can not contain backsteps ('..')")
        else:
            placed.append(path)
        if device.name in mounts:
            errors.invalid(f"{here}.name", device.name, "must not already exist in volumeMounts")
        if path in mounts.values():
            why = "must not already exist as a path in volumeMounts"
            errors.invalid(f"{here}.devicePath", path, why)
        if device.name:
            named.append(device.name)
