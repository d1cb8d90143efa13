"""KubeletConfiguration: the file that the kubelet of v1.36 reads when it starts (--config).

Names and forms: staging/src/k8s.io/kubelet/config/v1beta1/types.go; what a missing value means:
pkg/kubelet/apis/config/v1beta1/defaults.go; how it is read: pkg/kubelet/kubeletconfig/util/codec/codec.go.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.engine.time import SECOND
from clustersim.flags.catalogue import Flags
from clustersim.flags.checks import refusal
from clustersim.flags.configuration import (
    KUBELET_CONFIG,
    ConfigurationError,
    Key,
    Read,
    checked,
    told,
    with_keys,
)
from clustersim.flags.duration import DurationError, format_duration, parse_duration
from clustersim.flags.kubelet import KubeletFlags
from clustersim.flags.setting import Value
from clustersim.flags.values import FlagError
from clustersim.yaml_documents import ManifestError, read_documents

VERSION: Final = "kubelet.config.k8s.io/v1beta1"
KIND: Final = "KubeletConfiguration"
SCHEME: Final = "k8s.io/kubernetes/pkg/kubelet/apis/config/scheme/scheme.go:33"

KEYS: Final = {
    "address": Key("address", "text"),
    "cgroupDriver": Key("cgroup-driver", "text"),
    "eventBurst": Key("event-burst", "int"),
    "eventRecordQPS": Key("event-qps", "int", zero=True),
    "evictionHard": Key("eviction-hard", "<"),
    "evictionMaxPodGracePeriod": Key("eviction-max-pod-grace-period", "int"),
    "evictionMinimumReclaim": Key("eviction-minimum-reclaim", "="),
    "evictionPressureTransitionPeriod": Key("eviction-pressure-transition-period", "duration"),
    "evictionSoft": Key("eviction-soft", "<"),
    "evictionSoftGracePeriod": Key("eviction-soft-grace-period", "="),
    "failSwapOn": Key("fail-swap-on", "bool"),
    "fileCheckFrequency": Key("file-check-frequency", "duration"),
    "healthzBindAddress": Key("healthz-bind-address", "text"),
    "healthzPort": Key("healthz-port", "int", zero=True),
    "imageGCHighThresholdPercent": Key("image-gc-high-threshold", "int", zero=True),
    "imageGCLowThresholdPercent": Key("image-gc-low-threshold", "int", zero=True),
    "imageMinimumGCAge": Key("minimum-image-ttl-duration", "duration"),
    "kubeAPIBurst": Key("kube-api-burst", "int"),
    "kubeAPIQPS": Key("kube-api-qps", "int", zero=True),
    "kubeReserved": Key("kube-reserved", "="),
    "maxPods": Key("max-pods", "int"),
    "nodeLeaseDurationSeconds": Key("node-lease-duration", "seconds"),
    "nodeStatusReportFrequency": Key("node-status-report-frequency", "duration"),
    "nodeStatusUpdateFrequency": Key("node-status-update-frequency", "duration"),
    "port": Key("port", "int"),
    "readOnlyPort": Key("read-only-port", "int"),
    "runtimeRequestTimeout": Key("runtime-request-timeout", "duration"),
    "serializeImagePulls": Key("serialize-image-pulls", "bool"),
    "shutdownGracePeriodByPodPriority": Key("shutdown-grace-period-by-pod-priority", "priorities"),
    "shutdownGracePeriod": Key("shutdown-grace-period", "duration"),
    "shutdownGracePeriodCriticalPods": Key("shutdown-grace-period-critical-pods", "duration"),
    "syncFrequency": Key("sync-frequency", "duration"),
    "systemReserved": Key("system-reserved", "="),
}
"""What the model heeds."""

_OTHERS: Final = """
allowedUnsafeSysctls authentication authorization cgroupRoot cgroupsPerQOS clusterDNS clusterDomain
configMapAndSecretChangeDetectionStrategy containerLogMaxFiles containerLogMaxSize containerLogMaxWorkers
containerLogMonitorInterval containerRuntimeEndpoint contentType cpuCFSQuota cpuCFSQuotaPeriod
cpuManagerPolicy cpuManagerPolicyOptions cpuManagerReconcilePeriod crashLoopBackOff
enableContentionProfiling enableControllerAttachDetach enableDebugFlagsHandler enableDebuggingHandlers
enableProfilingHandler enableServer enableSystemLogHandler enableSystemLogQuery enforceNodeAllocatable
failCgroupV1 featureGates hairpinMode httpCheckFrequency imageMaximumGCAge
imagePullCredentialsVerificationPolicy imageServiceEndpoint iptablesDropBit iptablesMasqueradeBit
kernelMemcgNotification kubeReservedCgroup kubeletCgroups localStorageCapacityIsolation
logging makeIPTablesUtilChains maxOpenFiles maxParallelImagePulls memoryManagerPolicy
memoryReservationPolicy memorySwap memoryThrottlingFactor mergeDefaultEvictionSettings nodeStatusMaxImages
oomScoreAdj podCIDR podLogsDir podPidsLimit podsPerCore preloadedImagesVerificationAllowlist
protectKernelDefaults providerID qosReserved registerNode registerWithTaints registryBurst registryPullQPS
reservedMemory reservedSystemCPUs resolvConf rotateCertificates runOnce seccompDefault serverTLSBootstrap
showHiddenMetricsForVersion singleProcessOOMKill staticPodPath
staticPodURL staticPodURLHeader streamingConnectionIdleTimeout systemCgroups
systemReservedCgroup tlsCertFile tlsCipherSuites tlsCurvePreferences tlsMinVersion tlsPrivateKeyFile
topologyManagerPolicy topologyManagerPolicyOptions topologyManagerScope tracing userNamespaces
volumePluginDir volumeStatsAggPeriod
"""
OTHERS: Final = frozenset(_OTHERS.split())
"""What the real kubelet knows besides."""

_GO_TYPES: Final = {"int": "int32", "seconds": "int32", "bool": "bool", "text": "string"}


def read(text: str | None, given: KubeletFlags, defaults: KubeletFlags) -> Read[KubeletFlags]:
    """The settings of a kubelet that finds this file; None: there is none. Raises ConfigurationError."""
    plain = _plain(text)
    unknown = [name for name in plain if name not in KEYS and name not in OTHERS]
    complaints = tuple(
        f'"Using lenient decoding as strict decoding failed" err="strict decoding error: unknown field '
        f'\\"{name}\\""'
        for name in unknown
    )
    values: dict[str, Value] = {}
    for name, key in KEYS.items():
        if plain.get(name) is None or (not key.zero and plain[name] in (0, "", "0s") and key.form != "bool"):
            continue
        values[key.field] = _value(name, key, plain[name])
    found = with_keys(given, defaults, KEYS.values(), values)
    refused = refusal(Flags(kubelet=found))
    if refused is not None:
        raise _invalid(refused.message.text())
    return Read(found, complaints, tuple(name for name in plain if name in OTHERS))


def written(flags: KubeletFlags, defaults: KubeletFlags) -> str:
    """The file that says these settings, as kubeadm leaves one: few words beside what is no default."""
    named = {
        name: getattr(flags, KEYS[name].field)
        for name in ("healthzPort", "nodeStatusUpdateFrequency", "port")
    }
    named |= told(flags, defaults, KEYS)
    lines = [f"apiVersion: {VERSION}"]
    for name in sorted({*named, "kind", "staticPodPath"}):
        if name == "kind":
            lines.append(f"kind: {KIND}")
        elif name == "staticPodPath":
            lines.append("staticPodPath: /etc/kubernetes/manifests")
        else:
            lines += _lines(name, KEYS[name], named[name])
    return "\n".join(lines)


def _lines(name: str, key: Key, value: Any) -> list[str]:
    match key.form:
        case "duration":
            return [f"{name}: {format_duration(value)}"]
        case "seconds":
            return [f"{name}: {value // SECOND}"]
        case "bool":
            return [f"{name}: {str(value).lower()}"]
        case "<" | "=":
            items = [one.partition(key.form) for one in value]
            return [f"{name}:", *(f'  {one}: "{amount}"' for one, _form, amount in items)]
        case "priorities":
            pairs = [one.partition("=") for one in value]
            return [
                f"{name}:",
                *(
                    line
                    for one, _form, amount in pairs
                    for line in (f"- priority: {one}", f"  shutdownGracePeriodSeconds: {amount}")
                ),
            ]
    return [f"{name}: {value}"]


def configuration(flags: KubeletFlags) -> dict[str, Any]:
    """All that the model heeds as the kubelet tells it (/configz)."""
    return {name: _told(key, getattr(flags, key.field)) for name, key in sorted(KEYS.items())}


def _told(key: Key, value: Any) -> Any:
    match key.form:
        case "duration":
            return format_duration(value)
        case "seconds":
            return value // SECOND
        case "<" | "=":
            return {one: amount for one, _form, amount in (pair.partition(key.form) for pair in value)}
        case "priorities":
            pairs = [pair.partition("=") for pair in value]
            return [
                {"priority": int(one), "shutdownGracePeriodSeconds": int(amount)}
                for one, _is, amount in pairs
            ]
    return value


def _plain(text: str | None) -> dict[str, Any]:
    """Raises ConfigurationError."""
    if text is None:
        raise _broken(
            f'failed to read kubelet config file "{KUBELET_CONFIG}", error: open {KUBELET_CONFIG}: '
            "no such file or directory"
        )
    if not text:
        raise _broken(f'kubelet config file "{KUBELET_CONFIG}" was empty')
    try:
        documents = read_documents(text, today=True)
    except ManifestError as error:
        raise _broken(f"failed to decode: {error.told}") from None
    plain = documents[0].plain if documents else None
    if not isinstance(plain, Mapping) or not plain.get("kind") or not plain.get("apiVersion"):
        missing = "Kind" if not isinstance(plain, Mapping) or not plain.get("kind") else "apiVersion"
        raise _broken(
            f"failed to decode: Object '{missing}' is missing in '{msgspec.json.encode(plain).decode()}'"
        )
    if plain["kind"] != KIND or plain["apiVersion"] != VERSION:
        raise _broken(
            f'failed to decode: no kind "{plain["kind"]}" is registered for version '
            f'"{plain["apiVersion"]}" in scheme "{SCHEME}"'
        )
    return {name: value for name, value in plain.items() if name not in ("kind", "apiVersion")}


def _value(name: str, key: Key, value: Any) -> Value:
    """Raises ConfigurationError."""
    found: Value
    match key.form, value:
        case "duration", str():
            try:
                found = parse_duration(value)
            except DurationError as error:
                raise _broken(f"failed to decode: {error}") from None
        case (("int" | "seconds"), int()) if not isinstance(value, bool):
            found = value * SECOND if key.form == "seconds" else value
        case "bool", bool():
            found = value
        case "text", str():
            found = value
        case (("<" | "="), dict()) if all(isinstance(one, str) for one in value.values()):
            found = tuple(f"{one}{key.form}{amount}" for one, amount in value.items())
        case "priorities", list() if all(map(_says_a_priority, value)):
            found = tuple(
                f"{one.get('priority', 0)}={one.get('shutdownGracePeriodSeconds', 0)}" for one in value
            )
        case _:
            wanted = _GO_TYPES.get(key.form, "string")
            raise _broken(
                f"failed to decode: json: cannot unmarshal {_json_name(key, value)} into Go struct field "
                f"{KIND}.{name} of type {wanted}"
            )
    try:
        return checked("kubelet", key, found)
    except FlagError as error:
        raise _invalid(error.message.text()) from None


def _says_a_priority(one: Any) -> bool:
    return isinstance(one, dict) and all(
        isinstance(amount, int) and not isinstance(amount, bool) for amount in one.values()
    )


def _json_name(key: Key, value: Any) -> str:
    """How Go calls what it found."""
    if key.form in "<=" and isinstance(value, dict):
        value = next(one for one in value.values() if not isinstance(one, str))
    names = {str: "string", bool: "bool", dict: "object", list: "array"}
    return names.get(type(value), "number")


def _broken(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"failed to load kubelet config file, path: {KUBELET_CONFIG}, error: "
        f"failed to load Kubelet config file {KUBELET_CONFIG}, error {why}"
    )


def _invalid(why: str) -> ConfigurationError:
    """Refusals are written as old releases say them; names begin with a small letter now."""
    begin = "invalid configuration: "
    rest = why.removeprefix(begin)
    if rest != why:
        why = begin + rest[0].lower() + rest[1:]
    return ConfigurationError(
        f"failed to validate kubelet configuration, error: {why}, path: &TypeMeta{{Kind:,APIVersion:,}}"
    )
