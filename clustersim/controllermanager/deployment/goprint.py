"""A pod template as Go prints it for hashing, so that ReplicaSets are called as they were in life.

The real hash runs over `%#v` of github.com/davecgh/go-spew with sorted keys and without methods, over every
field of the struct, whether set or not; `time.Time` as of Go 1.9. What the model adds (what programs do) is
left out. Checked against the names in recordings of each release; of the quantities in requests and limits
no recording tells.
Source: pkg/util/hash/hash.go DeepHashObject, pkg/controller/controller_utils.go ComputeHash; the fields are
those of staging/src/k8s.io/api/core/v1/types.go, in their order.
"""

from collections.abc import Iterable

from clustersim.api.core_v1 import Container, ContainerPort, PodSpec, PodTemplateSpec, Probe, Toleration
from clustersim.api.meta import ObjectMeta
from clustersim.programs import PROGRAM


class GoPrinterV17:
    """Templates with the fields of v1.7.5. Other releases have more."""

    def template(self, template: PodTemplateSpec) -> str:
        """The whole template."""
        meta, spec = self.meta(template.metadata), self.spec(template.spec)
        return _struct("v1.PodTemplateSpec", f"ObjectMeta:{meta}", f"Spec:{spec}")

    def meta(self, metadata: ObjectMeta) -> str:
        """Its metadata."""
        annotations = {k: v for k, v in metadata.annotations.items() if not k.startswith(PROGRAM)}
        never = "{wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}"
        return _struct(
            "v1.ObjectMeta",
            _text("Name", metadata.name),
            _text("GenerateName"),
            _text("Namespace"),
            _text("SelfLink"),
            _text("UID", kind="types.UID"),
            _text("ResourceVersion"),
            _number("Generation", 0, "int64"),
            f"CreationTimestamp:(v1.Time){{Time:(time.Time){never}}}",
            _nil("DeletionTimestamp", "*v1.Time"),
            _nil("DeletionGracePeriodSeconds", "*int64"),
            _map("Labels", metadata.labels),
            _map("Annotations", annotations),
            _nil("OwnerReferences", "[]v1.OwnerReference"),
            *self.last_of_meta(),
        )

    def last_of_meta(self) -> tuple[str, ...]:
        """The fields after the owners."""
        return (
            _nil("Initializers", "*v1.Initializers"),
            _nil("Finalizers", "[]string"),
            _text("ClusterName"),
        )

    def spec(self, spec: PodSpec) -> str:
        """What the pod should be."""
        return _struct(
            "v1.PodSpec",
            _nil("Volumes", "[]v1.Volume"),
            _list("InitContainers", "v1.Container", map(self.container, spec.init_containers)),
            _list("Containers", "v1.Container", map(self.container, spec.containers)),
            *self.before_restart_policy(),
            _text("RestartPolicy", spec.restart_policy, "v1.RestartPolicy"),
            _number("TerminationGracePeriodSeconds", spec.termination_grace_period_seconds, "*int64"),
            _nil("ActiveDeadlineSeconds", "*int64"),
            _text("DNSPolicy", "ClusterFirst", "v1.DNSPolicy"),
            _map("NodeSelector", spec.node_selector),
            _text("ServiceAccountName"),
            _text("DeprecatedServiceAccount"),
            _nil("AutomountServiceAccountToken", "*bool"),
            _text("NodeName", spec.node_name),
            _flag("HostNetwork", spec.host_network),
            _flag("HostPID"),
            _flag("HostIPC"),
            *self.before_security(),
            f"SecurityContext:{self.security()}",
            _nil("ImagePullSecrets", "[]v1.LocalObjectReference"),
            _text("Hostname"),
            _text("Subdomain"),
            _nil("Affinity", "*v1.Affinity"),
            _text("SchedulerName", spec.scheduler_name),
            _list("Tolerations", "v1.Toleration", map(_toleration, spec.tolerations)),
            _nil("HostAliases", "[]v1.HostAlias"),
            *self.last_of_spec(),
        )

    def before_restart_policy(self) -> tuple[str, ...]:
        """Fields between the containers and the restart policy."""
        return ()

    def before_security(self) -> tuple[str, ...]:
        """Fields between those about the host and the security context."""
        return ()

    def security(self) -> str:
        """The security context, which is empty unless asked for."""
        return _struct(
            "*v1.PodSecurityContext",
            _nil("SELinuxOptions", "*v1.SELinuxOptions"),
            _nil("RunAsUser", "*int64"),
            _nil("RunAsNonRoot", "*bool"),
            _nil("SupplementalGroups", "[]int64"),
            _nil("FSGroup", "*int64"),
        )

    def last_of_spec(self) -> tuple[str, ...]:
        """What other releases have at the end."""
        return ()

    def container(self, container: Container) -> str:
        """One container."""
        return _struct(
            "",
            _text("Name", container.name),
            _text("Image", container.image),
            _nil("Command", "[]string"),
            _nil("Args", "[]string"),
            _text("WorkingDir"),
            _list("Ports", "v1.ContainerPort", map(_port, container.ports)),
            _nil("EnvFrom", "[]v1.EnvFromSource"),
            _nil("Env", "[]v1.EnvVar"),
            f"Resources:{self.resources(container)}",
            *self.after_resources(),
            _nil("VolumeMounts", "[]v1.VolumeMount"),
            *self.after_mounts(),
            self.probe("LivenessProbe", container.liveness_probe),
            self.probe("ReadinessProbe", container.readiness_probe),
            *self.after_probes(container),
            _nil("Lifecycle", "*v1.Lifecycle"),
            _text("TerminationMessagePath", "/dev/termination-log"),
            _text("TerminationMessagePolicy", "File", "v1.TerminationMessagePolicy"),
            _text("ImagePullPolicy", container.image_pull_policy, "v1.PullPolicy"),
            _nil("SecurityContext", "*v1.SecurityContext"),
            _flag("Stdin"),
            _flag("StdinOnce"),
            _flag("TTY"),
        )

    def resources(self, container: Container) -> str:
        """Its limits and requests."""
        return _struct(
            "v1.ResourceRequirements",
            _quantities("Limits", container.resources.limits),
            _quantities("Requests", container.resources.requests),
            *self.after_requests(),
        )

    def after_requests(self) -> tuple[str, ...]:
        """What other releases have besides limits and requests."""
        return ()

    def after_resources(self) -> tuple[str, ...]:
        """Fields between resources and mounts."""
        return ()

    def after_mounts(self) -> tuple[str, ...]:
        """Fields between mounts and probes."""
        return ()

    def after_probes(self, container: Container) -> tuple[str, ...]:
        """A third probe, where there is one."""
        return ()

    def probe(self, name: str, probe: Probe | None) -> str:
        """A probe, or none."""
        if probe is None:
            return _nil(name, "*v1.Probe")
        get = _nil("HTTPGet", "*v1.HTTPGetAction")
        if probe.http_get is not None:
            asked = probe.http_get.port
            port = _struct(
                "intstr.IntOrString",
                _number("Type", int(isinstance(asked, str)), "intstr.Type"),
                _number("IntVal", 0 if isinstance(asked, str) else asked),
                _text("StrVal", asked if isinstance(asked, str) else ""),
            )
            get = "HTTPGet:" + _struct(
                "*v1.HTTPGetAction",
                _text("Path", probe.http_get.path),
                f"Port:{port}",
                _text("Host"),
                _text("Scheme", "HTTP", "v1.URIScheme"),
                _nil("HTTPHeaders", "[]v1.HTTPHeader"),
            )
        inside = _struct(
            "*v1.Probe",
            self.handler(get),
            _number("InitialDelaySeconds", probe.initial_delay_seconds),
            _number("TimeoutSeconds", probe.timeout_seconds),
            _number("PeriodSeconds", probe.period_seconds),
            _number("SuccessThreshold", probe.success_threshold),
            _number("FailureThreshold", probe.failure_threshold),
            *self.after_threshold(),
        )
        return f"{name}:{inside}"

    def handler(self, get: str) -> str:
        """How it asks."""
        handler = _struct(
            "v1.Handler", _nil("Exec", "*v1.ExecAction"), get, _nil("TCPSocket", "*v1.TCPSocketAction")
        )
        return f"Handler:{handler}"

    def after_threshold(self) -> tuple[str, ...]:
        """What other releases have at the end of a probe."""
        return ()


class GoPrinterV18(GoPrinterV17):
    """v1.8.0 has pod priorities."""

    def last_of_spec(self) -> tuple[str, ...]:
        return (_text("PriorityClassName"), _nil("Priority", "*int32"))


class GoPrinterV136(GoPrinterV18):
    """v1.36: nine years of fields."""

    def last_of_meta(self) -> tuple[str, ...]:
        return (_nil("Finalizers", "[]string"), _nil("ManagedFields", "[]v1.ManagedFieldsEntry"))

    def before_restart_policy(self) -> tuple[str, ...]:
        return (_nil("EphemeralContainers", "[]v1.EphemeralContainer"),)

    def before_security(self) -> tuple[str, ...]:
        return (_nil("ShareProcessNamespace", "*bool"),)

    def security(self) -> str:
        return _struct(
            "*v1.PodSecurityContext",
            _nil("SELinuxOptions", "*v1.SELinuxOptions"),
            _nil("WindowsOptions", "*v1.WindowsSecurityContextOptions"),
            _nil("RunAsUser", "*int64"),
            _nil("RunAsGroup", "*int64"),
            _nil("RunAsNonRoot", "*bool"),
            _nil("SupplementalGroups", "[]int64"),
            _nil("SupplementalGroupsPolicy", "*v1.SupplementalGroupsPolicy"),
            _nil("FSGroup", "*int64"),
            _nil("Sysctls", "[]v1.Sysctl"),
            _nil("FSGroupChangePolicy", "*v1.PodFSGroupChangePolicy"),
            _nil("SeccompProfile", "*v1.SeccompProfile"),
            _nil("AppArmorProfile", "*v1.AppArmorProfile"),
            _nil("SELinuxChangePolicy", "*v1.PodSELinuxChangePolicy"),
        )

    def last_of_spec(self) -> tuple[str, ...]:
        return (
            *super().last_of_spec(),
            _nil("DNSConfig", "*v1.PodDNSConfig"),
            _nil("ReadinessGates", "[]v1.PodReadinessGate"),
            _nil("RuntimeClassName", "*string"),
            _nil("EnableServiceLinks", "*bool"),
            _nil("PreemptionPolicy", "*v1.PreemptionPolicy"),
            _nil("Overhead", "v1.ResourceList"),
            _nil("TopologySpreadConstraints", "[]v1.TopologySpreadConstraint"),
            _nil("SetHostnameAsFQDN", "*bool"),
            _nil("OS", "*v1.PodOS"),
            _nil("HostUsers", "*bool"),
            _nil("SchedulingGates", "[]v1.PodSchedulingGate"),
            _nil("ResourceClaims", "[]v1.PodResourceClaim"),
            _nil("Resources", "*v1.ResourceRequirements"),
            _nil("HostnameOverride", "*string"),
            _nil("SchedulingGroup", "*v1.PodSchedulingGroup"),
        )

    def after_requests(self) -> tuple[str, ...]:
        return (_nil("Claims", "[]v1.ResourceClaim"),)

    def after_resources(self) -> tuple[str, ...]:
        return (
            _nil("ResizePolicy", "[]v1.ContainerResizePolicy"),
            _nil("RestartPolicy", "*v1.ContainerRestartPolicy"),
            _nil("RestartPolicyRules", "[]v1.ContainerRestartRule"),
        )

    def after_mounts(self) -> tuple[str, ...]:
        return (_nil("VolumeDevices", "[]v1.VolumeDevice"),)

    def after_probes(self, container: Container) -> tuple[str, ...]:
        return (_nil("StartupProbe", "*v1.Probe"),)

    def handler(self, get: str) -> str:
        handler = _struct(
            "v1.ProbeHandler",
            _nil("Exec", "*v1.ExecAction"),
            get,
            _nil("TCPSocket", "*v1.TCPSocketAction"),
            _nil("GRPC", "*v1.GRPCAction"),
        )
        return f"ProbeHandler:{handler}"

    def after_threshold(self) -> tuple[str, ...]:
        return (_nil("TerminationGracePeriodSeconds", "*int64"),)


# --- how values look ------------------------------------------------------------------------------------


def _struct(kind: str, *fields: str) -> str:
    return f"({kind}){{{' '.join(fields)}}}" if kind else f"{{{' '.join(fields)}}}"


def _text(name: str, value: str = "", kind: str = "string") -> str:
    return f"{name}:({kind}){value}"


def _nil(name: str, kind: str) -> str:
    return f"{name}:({kind})<nil>"


def _number(name: str, value: int, kind: str = "int32") -> str:
    return f"{name}:({kind}){value}"


def _flag(name: str, value: bool = False) -> str:
    return f"{name}:(bool){str(value).lower()}"


def _list(name: str, kind: str, items: Iterable[str]) -> str:
    found = " ".join(items)
    return f"{name}:([]{kind})[{found}]" if found else _nil(name, f"[]{kind}")


def _map(name: str, values: dict[str, str]) -> str:
    if not values:
        return _nil(name, "map[string]string")
    inside = " ".join(f"{key}:{values[key]}" for key in sorted(values))
    return f"{name}:(map[string]string)map[{inside}]"


def _quantities(name: str, values: dict[str, str]) -> str:
    if not values:
        return _nil(name, "v1.ResourceList")
    inside = " ".join(f"{key}:{values[key]}" for key in sorted(values))
    return f"{name}:(v1.ResourceList)map[{inside}]"


def _port(port: ContainerPort) -> str:
    return _struct(
        "",
        _text("Name", port.name),
        _number("HostPort", 0),
        _number("ContainerPort", port.container_port),
        _text("Protocol", port.protocol, "v1.Protocol"),
        _text("HostIP"),
    )


def _toleration(toleration: Toleration) -> str:
    seconds = toleration.toleration_seconds
    return _struct(
        "",
        _text("Key", toleration.key),
        _text("Operator", toleration.operator, "v1.TolerationOperator"),
        _text("Value", toleration.value),
        _text("Effect", toleration.effect, "v1.TaintEffect"),
        _nil("TolerationSeconds", "*int64")
        if seconds is None
        else _number("TolerationSeconds", seconds, "*int64"),
    )
