"""Defaults of kinds that nothing acts on, of v1.36 (pkg/apis/admissionregistration/v1/defaults.go,
pkg/apis/storage/v1/defaults.go, pkg/apis/networking/v1/defaults.go)."""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.kept import (
    CSIDriver,
    MutatingAdmissionPolicy,
    MutatingAdmissionPolicyBinding,
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
    Webhooks,
    listing,
    mapping,
)
from clustersim.api.meta import replace

Plain = dict[str, Any]

_MATCHED: Final[Mapping[str, Any]] = {
    "matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {},
}  # fmt: skip
_WEBHOOK: Final[Mapping[str, Any]] = {**_MATCHED, "failurePolicy": "Fail", "timeoutSeconds": 10}
_DRIVER: Final[Mapping[str, Any]] = {
    "attachRequired": True,
    "podInfoOnMount": False,
    "storageCapacity": False,
    "fsGroupPolicy": "ReadWriteOnceWithFSType",
    "volumeLifecycleModes": ["Persistent"],
    "requiresRepublish": False,
    "seLinuxMount": False,
}


def _filled(given: Plain, defaults: Mapping[str, Any]) -> Plain:
    """What is not said is as the defaults have it; an empty list is not said."""
    said = {key: value for key, value in given.items() if value is not None and value != []}
    return {**given, **{key: value for key, value in defaults.items() if key not in said}}


def default_driver(driver: CSIDriver) -> CSIDriver:
    """What a driver can do if it does not say."""
    return replace(driver, spec=_filled(mapping(driver.spec), _DRIVER))


def default_webhooks(found: Webhooks, *, mutating: bool) -> Webhooks:
    """What happens when nobody answers, and which requests are asked about."""
    if not listing(found.webhooks):
        return found
    more = {"reinvocationPolicy": "Never"} if mutating else {}
    return replace(found, webhooks=[_webhook(mapping(one), more) for one in listing(found.webhooks)])


def _webhook(hook: Plain, more: Mapping[str, Any]) -> Plain:
    filled = _filled(hook, {**_WEBHOOK, **more})
    if isinstance(filled.get("rules"), list):
        filled["rules"] = [_filled(mapping(rule), {"scope": "*"}) for rule in filled["rules"]]
    client = mapping(filled.get("clientConfig"))
    if isinstance(client.get("service"), dict):
        filled["clientConfig"] = {**client, "service": _filled(client["service"], {"port": 443})}
    return filled


def default_policy(
    policy: ValidatingAdmissionPolicy | MutatingAdmissionPolicy,
) -> ValidatingAdmissionPolicy | MutatingAdmissionPolicy:
    """What happens when a rule cannot be worked out, and which requests it is about."""
    spec = _filled(mapping(policy.spec), {"failurePolicy": "Fail"})
    if isinstance(spec.get("matchConstraints"), dict):
        spec["matchConstraints"] = _matched(spec["matchConstraints"])
    return replace(policy, spec=spec)


def default_policy_binding(
    binding: ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding,
) -> ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding:
    """Which requests it is about."""
    spec = mapping(binding.spec)
    if isinstance(spec.get("matchResources"), dict):
        return replace(binding, spec={**spec, "matchResources": _matched(spec["matchResources"])})
    return binding


def _matched(found: Plain) -> Plain:
    filled = _filled(found, _MATCHED)
    for key in ("resourceRules", "excludeResourceRules"):
        if isinstance(filled.get(key), list):
            filled[key] = [_filled(mapping(rule), {"scope": "*"}) for rule in filled[key]]
    return filled
