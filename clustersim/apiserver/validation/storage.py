"""Validation of storage: its classes, and what drivers say of themselves and attach.

Source: v1.36.2 pkg/apis/storage/validation/validation.go (of v1.7.5 and v1.8.0 the StorageClass).
"""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.kept import (
    CSIDriver,
    CSINode,
    CSIStorageCapacity,
    VolumeAttachment,
    VolumeAttributesClass,
    listing,
    mapping,
    text,
)
from clustersim.api.quantity import QuantityError, parse_quantity
from clustersim.api.storage import StorageClass, TopologySelectorTerm
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors

MOST_PARAMETERS: Final = 512
MOST_OF_PARAMETERS: Final = 256 * 1024
"""Bytes, keys and values together; as much what drivers say of an attachment."""
LONGEST_DRIVER: Final = 63
LONGEST_NODE_ID: Final = 192
LEAST_PERIOD: Final = 10
LEAST_EXPIRATION: Final = 600
MOST_EXPIRATION: Final = 1 << 32


def check_storage_class(errors: FieldErrors, found: StorageClass) -> None:
    """Who provides it, and what becomes of volumes."""
    _check_provisioner(errors, "provisioner", found.provisioner)
    _check_parameters(errors, found.parameters)
    policy = found.reclaim_policy
    if policy and policy not in ("Delete", "Retain"):
        errors.unsupported("reclaimPolicy", policy, ("Delete", "Retain"))
    modes = ("Immediate", "WaitForFirstConsumer")
    errors.one_of("volumeBindingMode", found.volume_binding_mode, modes, needed=False)
    _check_topologies(errors, found.allowed_topologies)


def check_storage_class_update(errors: FieldErrors, old: StorageClass, new: StorageClass) -> None:
    """Whoever wants other volumes makes another class (ValidateStorageClassUpdate)."""
    kept = {
        "parameters": old.parameters == new.parameters,
        "provisioner": old.provisioner == new.provisioner,
        "reclaimPolicy": old.reclaim_policy == new.reclaim_policy,
    }
    for name, same in kept.items():
        if not same:
            errors.forbidden(name, f"updates to {name} are forbidden.")
    if old.volume_binding_mode != new.volume_binding_mode:
        errors.invalid("volumeBindingMode", new.volume_binding_mode, IMMUTABLE)


def _check_provisioner(errors: FieldErrors, field: str, provisioner: str) -> None:
    if not provisioner:
        errors.required(field)
    else:
        errors.each(field, provisioner, names.qualified_name(provisioner.lower(), errors.release))


def _check_parameters(errors: FieldErrors, given: Mapping[str, str], *, needed: bool = False) -> None:
    if len(given) > MOST_PARAMETERS:
        errors.too_long("parameters", MOST_PARAMETERS)
        return
    if "" in given:
        errors.invalid("parameters", "", "field can not be empty.")
    if sum(len(key.encode()) + len(value.encode()) for key, value in given.items()) > MOST_OF_PARAMETERS:
        errors.too_long("parameters", MOST_OF_PARAMETERS)
    if needed and not given:
        errors.required("parameters", "must contain at least one key/value pair")


def _check_topologies(errors: FieldErrors, terms: tuple[TopologySelectorTerm, ...]) -> None:
    seen: list[dict[str, set[str]]] = []
    for index, term in enumerate(terms):
        field, told = f"allowedTopologies[{index}].matchLabelExpressions", dict[str, set[str]]()
        for place, one in enumerate(term.match_label_expressions):
            here = f"{field}[{place}]"
            if not one.values:
                errors.required(f"{here}.values")
            for at, value in enumerate(one.values):
                if value in one.values[:at]:
                    errors.duplicate(f"{here}.values[{at}]", value)
            errors.each(f"{here}.key", one.key, names.qualified_name(one.key, errors.release))
            if one.key in told:
                errors.duplicate(f"{here}.key", one.key)
            told[one.key] = set(one.values)
        if told in seen:
            errors.duplicate(field, "")
        seen.append(told)


def check_attributes_class(errors: FieldErrors, found: VolumeAttributesClass) -> None:
    """Whose volumes it is for, and what it gives them."""
    _check_provisioner(errors, "driverName", found.driver_name)
    _check_parameters(errors, found.parameters, needed=True)


def check_attributes_class_update(
    errors: FieldErrors, old: VolumeAttributesClass, new: VolumeAttributesClass
) -> None:
    """It stays as it is."""
    if old.driver_name != new.driver_name:
        errors.forbidden("driverName", "updates to driverName are forbidden.")
    if old.parameters != new.parameters:
        errors.forbidden("parameters", "updates to parameters are forbidden.")


def _check_driver_name(errors: FieldErrors, field: str, name: str) -> None:
    if not name:
        errors.required(field)
        return
    if len(name) > LONGEST_DRIVER:
        errors.too_long(field, LONGEST_DRIVER)
    errors.each(field, name, names.dns_subdomain(name.lower(), errors.release))


_MODES: Final = ("Persistent", "Ephemeral")
_GROUP_POLICIES: Final = ("File", "None", "ReadWriteOnceWithFSType")


def check_csi_driver(errors: FieldErrors, found: CSIDriver) -> None:
    """What a driver can do."""
    spec = mapping(found.spec)
    policy = text(spec.get("fsGroupPolicy"))
    errors.one_of("spec.fsGroupPolicy", policy, _GROUP_POLICIES, needed=False)
    _check_tokens(errors, [mapping(one) for one in listing(spec.get("tokenRequests"))])
    for mode in listing(spec.get("volumeLifecycleModes")):
        if mode not in _MODES:
            errors.unsupported("spec.volumeLifecycleModes", mode, _MODES)
    period = spec.get("nodeAllocatableUpdatePeriodSeconds")
    if isinstance(period, int) and period < LEAST_PERIOD:
        why = f"must be greater than or equal to {LEAST_PERIOD} seconds"
        errors.invalid("spec.nodeAllocatableUpdatePeriodSeconds", period, why)
    secret = spec.get("serviceAccountTokenInSecrets")
    if secret is not None and not spec.get("tokenRequests"):
        why = "serviceAccountTokenInSecrets is set but no tokenRequests are specified"
        errors.invalid("spec.serviceAccountTokenInSecrets", secret, why)


def _check_tokens(errors: FieldErrors, asked: list[dict[str, Any]]) -> None:
    seen: list[str] = []
    for index, one in enumerate(asked):
        field, audience = f"spec.tokenRequests[{index}]", text(one.get("audience"))
        if audience in seen:
            errors.duplicate(f"{field}.audience", audience)
            continue
        seen.append(audience)
        seconds = one.get("expirationSeconds")
        if not isinstance(seconds, int):
            continue
        if seconds < LEAST_EXPIRATION:
            why = "may not specify a duration less than 10 minutes"
            errors.invalid(f"{field}.expirationSeconds", seconds, why)
        if seconds > MOST_EXPIRATION:
            why = "may not specify a duration larger than 2^32 seconds"
            errors.invalid(f"{field}.expirationSeconds", seconds, why)


def check_csi_driver_update(errors: FieldErrors, old: CSIDriver, new: CSIDriver) -> None:
    """Whether volumes are attached, and how long they live, stays."""
    before, after = mapping(old.spec), mapping(new.spec)
    for key, field in (("attachRequired", "attachedRequired"), ("volumeLifecycleModes",) * 2):
        if before.get(key) != after.get(key):
            errors.invalid(f"spec.{field}", after.get(key), IMMUTABLE)


def check_csi_node(errors: FieldErrors, found: CSINode) -> None:
    """The drivers of a machine."""
    seen: list[str] = []
    for index, driver in enumerate(map(mapping, listing(mapping(found.spec).get("drivers")))):
        field, name = f"spec.drivers[{index}]", text(driver.get("name"))
        _check_driver_name(errors, f"{field}.name", name)
        identity = text(driver.get("nodeID"))
        if not identity:
            errors.required(f"{field}.nodeID")
        if len(identity) > LONGEST_NODE_ID:
            errors.invalid(f"{field}.nodeID", identity, f"must be {LONGEST_NODE_ID} characters or less")
        count = mapping(driver.get("allocatable")).get("count")
        errors.not_negative(f"{field}.allocatable.count", count if isinstance(count, int) else None)
        if name in seen:
            errors.duplicate(f"{field}.name", name)
        seen.append(name)
        keys = [text(key) for key in listing(driver.get("topologyKeys"))]
        for place, key in enumerate(keys):
            if not key:
                errors.required(field)
            if key in keys[:place]:
                errors.duplicate(field, key)
            errors.each(field, key, names.qualified_name(key, errors.release))


def check_csi_node_update(errors: FieldErrors, old: CSINode, new: CSINode) -> None:
    """A driver stays what it is on a machine, except for how many volumes it can have there."""
    before = {one["name"]: one for one in _drivers(old) if "name" in one}
    for driver in _drivers(new):
        known = before.get(text(driver.get("name")))
        if known is not None and _fixed(known) != _fixed(driver):
            errors.invalid("spec.drivers", driver, IMMUTABLE)


def _drivers(found: CSINode) -> list[dict[str, Any]]:
    return [mapping(one) for one in listing(mapping(found.spec).get("drivers"))]


def _fixed(driver: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in driver.items() if key != "allocatable"}


def check_capacity(errors: FieldErrors, found: CSIStorageCapacity) -> None:
    """Of which class, and how much."""
    name = found.storage_class_name
    errors.each("storageClassName", name, names.dns_subdomain(name, errors.release))
    try:
        negative = parse_quantity(text(found.capacity) or "0").nanos < 0
    except QuantityError:
        return
    if negative:
        errors.invalid("capacity", found.capacity, "must be greater than or equal to 0")


def check_capacity_update(errors: FieldErrors, old: CSIStorageCapacity, new: CSIStorageCapacity) -> None:
    """Where it is, and of which class, stays."""
    if old.node_topology != new.node_topology:
        errors.invalid("nodeTopology", new.node_topology, IMMUTABLE)
    if old.storage_class_name != new.storage_class_name:
        errors.invalid("storageClassName", new.storage_class_name, IMMUTABLE)


def check_attachment(errors: FieldErrors, found: VolumeAttachment) -> None:
    """Which volume, where, and what went wrong."""
    spec, status = mapping(found.spec), mapping(found.status)
    _check_driver_name(errors, "spec.attacher", text(spec.get("attacher")))
    source = mapping(spec.get("source"))
    volume, inline = source.get("persistentVolumeName"), source.get("inlineVolumeSpec")
    why = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
    if volume is None and inline is None:
        errors.required("spec.source", why)
    elif volume is not None and inline is not None:
        errors.forbidden("spec.source", why)
    elif volume == "":
        errors.required("spec.source.persistentVolumeName", "must specify non empty persistentVolumeName")
    node = text(spec.get("nodeName"))
    errors.each("spec.nodeName", node, names.dns_subdomain(node, errors.release))
    if isinstance(volume, str):
        errors.each("spec.source.persistentVolumeName", volume, names.dns_subdomain(volume, errors.release))
    told = mapping(status.get("attachmentMetadata"))
    if sum(len(key) + len(text(value)) for key, value in told.items()) > MOST_OF_PARAMETERS:
        errors.too_long("status.attachmentMetadata", MOST_OF_PARAMETERS)
    for kind in ("attachError", "detachError"):
        error = mapping(status.get(kind))
        if len(text(error.get("message"))) > MOST_OF_PARAMETERS:
            errors.too_long(f"status.{kind}.message", MOST_OF_PARAMETERS)
        code = error.get("errorCode")
        if isinstance(code, int) and code < 0:
            errors.invalid(f"status.{kind}.errorCode", code, "must be between 0 and 2147483647, inclusive")


def check_attachment_update(errors: FieldErrors, old: VolumeAttachment, new: VolumeAttachment) -> None:
    """Another attachment is another object."""
    if old.spec != new.spec:
        errors.invalid("spec", new.spec, IMMUTABLE)
