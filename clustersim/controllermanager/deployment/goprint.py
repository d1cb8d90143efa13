"""A pod template as Go prints it for hashing, so that ReplicaSets are called as they were in life.

The real hash runs over `%#v` of github.com/davecgh/go-spew with sorted keys and without methods, over every
field of the struct, whether set or not; `time.Time` as of Go 1.9. What the model adds (what programs do) is
left out. Checked against the names in recordings of each release.
Source: pkg/util/hash/hash.go DeepHashObject, pkg/controller/controller_utils.go ComputeHash; the fields are
those of staging/src/k8s.io/api/core/v1/types.go, in their order.
"""

from clustersim.api.core_v1 import (
    Container,
    ContainerPort,
    EnvVar,
    PodSecurityContext,
    PodSpec,
    PodTemplateSpec,
    Probe,
    ResourceRequirements,
    Toleration,
)
from clustersim.api.meta import ObjectMeta
from clustersim.controllermanager.deployment.gospew import (
    field,
    flag,
    items,
    mapping,
    nil,
    number,
    quantities,
    struct,
    text,
)
from clustersim.programs import PROGRAM


class GoPrinterV17:
    """Templates with the fields of v1.7.5. Other releases have more."""

    def template(self, template: PodTemplateSpec) -> str:
        """The whole template."""
        meta, spec = self.meta(template.metadata), self.spec(template.spec)
        return struct("v1.PodTemplateSpec", f"ObjectMeta:{meta}", f"Spec:{spec}")

    def meta(self, metadata: ObjectMeta) -> str:
        """Its metadata."""
        annotations = {k: v for k, v in metadata.annotations.items() if not k.startswith(PROGRAM)}
        never = "{wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}"
        return struct(
            "v1.ObjectMeta",
            text("Name", metadata.name),
            text("GenerateName"),
            text("Namespace"),
            text("SelfLink"),
            text("UID", kind="types.UID"),
            text("ResourceVersion"),
            number("Generation", 0, "int64"),
            f"CreationTimestamp:(v1.Time){{Time:(time.Time){never}}}",
            nil("DeletionTimestamp", "*v1.Time"),
            nil("DeletionGracePeriodSeconds", "*int64"),
            mapping("Labels", metadata.labels),
            mapping("Annotations", annotations),
            nil("OwnerReferences", "[]v1.OwnerReference"),
            *self.last_of_meta(),
        )

    def last_of_meta(self) -> tuple[str, ...]:
        """The fields after the owners."""
        return (
            nil("Initializers", "*v1.Initializers"),
            nil("Finalizers", "[]string"),
            text("ClusterName"),
        )

    def spec(self, spec: PodSpec) -> str:
        """What the pod should be."""
        return struct(
            "v1.PodSpec",
            field(spec, "Volumes", "[]v1.Volume"),
            items("InitContainers", "v1.Container", map(self.container, spec.init_containers)),
            items("Containers", "v1.Container", map(self.container, spec.containers)),
            *self.before_restart_policy(spec),
            text("RestartPolicy", spec.restart_policy, "v1.RestartPolicy"),
            number("TerminationGracePeriodSeconds", spec.termination_grace_period_seconds, "*int64"),
            field(spec, "ActiveDeadlineSeconds", "*int64"),
            text("DNSPolicy", spec.dns_policy, "v1.DNSPolicy"),
            mapping("NodeSelector", spec.node_selector),
            text("ServiceAccountName", spec.service_account_name),
            text("DeprecatedServiceAccount", spec.service_account),
            field(spec, "AutomountServiceAccountToken", "*bool"),
            text("NodeName", spec.node_name),
            flag("HostNetwork", spec.host_network),
            flag("HostPID", spec.host_pid),
            flag("HostIPC", spec.host_ipc),
            *self.before_security(spec),
            f"SecurityContext:{self.security(spec.security_context)}",
            field(spec, "ImagePullSecrets", "[]v1.LocalObjectReference"),
            text("Hostname", spec.hostname),
            text("Subdomain", spec.subdomain),
            field(spec, "Affinity", "*v1.Affinity"),
            text("SchedulerName", spec.scheduler_name),
            items("Tolerations", "v1.Toleration", map(_toleration, spec.tolerations)),
            field(spec, "HostAliases", "[]v1.HostAlias"),
            *self.last_of_spec(spec),
        )

    def before_restart_policy(self, spec: PodSpec) -> tuple[str, ...]:
        """Fields between the containers and the restart policy."""
        return ()

    def before_security(self, spec: PodSpec) -> tuple[str, ...]:
        """Fields between those about the host and the security context."""
        return ()

    def security(self, context: PodSecurityContext) -> str:
        """The security context, which is empty unless asked for."""
        return struct(
            "*v1.PodSecurityContext",
            field(context, "SELinuxOptions", "*v1.SELinuxOptions"),
            field(context, "RunAsUser", "*int64"),
            field(context, "RunAsNonRoot", "*bool"),
            field(context, "SupplementalGroups", "[]int64"),
            field(context, "FSGroup", "*int64"),
        )

    def last_of_spec(self, spec: PodSpec) -> tuple[str, ...]:
        """What other releases have at the end."""
        return ()

    def container(self, container: Container) -> str:
        """One container."""
        return struct(
            "",
            text("Name", container.name),
            text("Image", container.image),
            field(container, "Command", "[]string"),
            field(container, "Args", "[]string"),
            text("WorkingDir", container.working_dir),
            items("Ports", "v1.ContainerPort", map(_port, container.ports)),
            field(container, "EnvFrom", "[]v1.EnvFromSource"),
            items("Env", "v1.EnvVar", map(_variable, container.env)),
            f"Resources:{self.resources(container)}",
            *self.after_resources(container),
            field(container, "VolumeMounts", "[]v1.VolumeMount"),
            *self.after_mounts(container),
            self.probe("LivenessProbe", container.liveness_probe),
            self.probe("ReadinessProbe", container.readiness_probe),
            *self.after_probes(container),
            field(container, "Lifecycle", "*v1.Lifecycle"),
            text("TerminationMessagePath", container.termination_message_path),
            text(
                "TerminationMessagePolicy",
                container.termination_message_policy,
                "v1.TerminationMessagePolicy",
            ),
            text("ImagePullPolicy", container.image_pull_policy, "v1.PullPolicy"),
            field(container, "SecurityContext", "*v1.SecurityContext"),
            flag("Stdin", container.stdin),
            flag("StdinOnce", container.stdin_once),
            flag("TTY", container.tty),
        )

    def resources(self, container: Container) -> str:
        """Its limits and requests."""
        return struct(
            "v1.ResourceRequirements",
            quantities("Limits", container.resources.limits),
            quantities("Requests", container.resources.requests),
            *self.after_requests(container.resources),
        )

    def after_requests(self, resources: ResourceRequirements) -> tuple[str, ...]:
        """What other releases have besides limits and requests."""
        return ()

    def after_resources(self, container: Container) -> tuple[str, ...]:
        """Fields between resources and mounts."""
        return ()

    def after_mounts(self, container: Container) -> tuple[str, ...]:
        """Fields between mounts and probes."""
        return ()

    def after_probes(self, container: Container) -> tuple[str, ...]:
        """A third probe, where there is one."""
        return ()

    def probe(self, name: str, probe: Probe | None) -> str:
        """A probe, or none."""
        if probe is None:
            return nil(name, "*v1.Probe")
        get = nil("HTTPGet", "*v1.HTTPGetAction")
        if probe.http_get is not None:
            asked = probe.http_get.port
            port = struct(
                "intstr.IntOrString",
                number("Type", int(isinstance(asked, str)), "intstr.Type"),
                number("IntVal", 0 if isinstance(asked, str) else asked),
                text("StrVal", asked if isinstance(asked, str) else ""),
            )
            get = "HTTPGet:" + struct(
                "*v1.HTTPGetAction",
                text("Path", probe.http_get.path),
                f"Port:{port}",
                text("Host", probe.http_get.host),
                text("Scheme", probe.http_get.scheme, "v1.URIScheme"),
                field(probe.http_get, "HTTPHeaders", "[]v1.HTTPHeader"),
            )
        inside = struct(
            "*v1.Probe",
            self.handler(probe, get),
            number("InitialDelaySeconds", probe.initial_delay_seconds),
            number("TimeoutSeconds", probe.timeout_seconds),
            number("PeriodSeconds", probe.period_seconds),
            number("SuccessThreshold", probe.success_threshold),
            number("FailureThreshold", probe.failure_threshold),
            *self.after_threshold(probe),
        )
        return f"{name}:{inside}"

    def handler(self, probe: Probe, get: str) -> str:
        """How it asks."""
        handler = struct(
            "v1.Handler",
            field(probe, "Exec", "*v1.ExecAction"),
            get,
            field(probe, "TCPSocket", "*v1.TCPSocketAction"),
        )
        return f"Handler:{handler}"

    def after_threshold(self, probe: Probe) -> tuple[str, ...]:
        """What other releases have at the end of a probe."""
        return ()


class GoPrinterV18(GoPrinterV17):
    """v1.8.0 has pod priorities."""

    def last_of_spec(self, spec: PodSpec) -> tuple[str, ...]:
        return (text("PriorityClassName"), field(spec, "Priority", "*int32"))


class GoPrinterV136(GoPrinterV18):
    """v1.36: nine years of fields."""

    def last_of_meta(self) -> tuple[str, ...]:
        return (nil("Finalizers", "[]string"), nil("ManagedFields", "[]v1.ManagedFieldsEntry"))

    def before_restart_policy(self, spec: PodSpec) -> tuple[str, ...]:
        return (field(spec, "EphemeralContainers", "[]v1.EphemeralContainer"),)

    def before_security(self, spec: PodSpec) -> tuple[str, ...]:
        return (field(spec, "ShareProcessNamespace", "*bool"),)

    def security(self, context: PodSecurityContext) -> str:
        return struct(
            "*v1.PodSecurityContext",
            field(context, "SELinuxOptions", "*v1.SELinuxOptions"),
            field(context, "WindowsOptions", "*v1.WindowsSecurityContextOptions"),
            field(context, "RunAsUser", "*int64"),
            field(context, "RunAsGroup", "*int64"),
            field(context, "RunAsNonRoot", "*bool"),
            field(context, "SupplementalGroups", "[]int64"),
            field(context, "SupplementalGroupsPolicy", "*v1.SupplementalGroupsPolicy"),
            field(context, "FSGroup", "*int64"),
            field(context, "Sysctls", "[]v1.Sysctl"),
            field(context, "FSGroupChangePolicy", "*v1.PodFSGroupChangePolicy"),
            field(context, "SeccompProfile", "*v1.SeccompProfile"),
            field(context, "AppArmorProfile", "*v1.AppArmorProfile"),
            field(context, "SELinuxChangePolicy", "*v1.PodSELinuxChangePolicy"),
        )

    def last_of_spec(self, spec: PodSpec) -> tuple[str, ...]:
        return (
            *super().last_of_spec(spec),
            field(spec, "DNSConfig", "*v1.PodDNSConfig"),
            field(spec, "ReadinessGates", "[]v1.PodReadinessGate"),
            field(spec, "RuntimeClassName", "*string"),
            field(spec, "EnableServiceLinks", "*bool"),
            field(spec, "PreemptionPolicy", "*v1.PreemptionPolicy"),
            field(spec, "Overhead", "v1.ResourceList"),
            field(spec, "TopologySpreadConstraints", "[]v1.TopologySpreadConstraint"),
            field(spec, "SetHostnameAsFQDN", "*bool"),
            field(spec, "OS", "*v1.PodOS"),
            field(spec, "HostUsers", "*bool"),
            field(spec, "SchedulingGates", "[]v1.PodSchedulingGate"),
            field(spec, "ResourceClaims", "[]v1.PodResourceClaim"),
            field(spec, "Resources", "*v1.ResourceRequirements"),
            field(spec, "HostnameOverride", "*string"),
            field(spec, "SchedulingGroup", "*v1.PodSchedulingGroup"),
        )

    def after_requests(self, resources: ResourceRequirements) -> tuple[str, ...]:
        return (field(resources, "Claims", "[]v1.ResourceClaim"),)

    def after_resources(self, container: Container) -> tuple[str, ...]:
        return (
            field(container, "ResizePolicy", "[]v1.ContainerResizePolicy"),
            field(container, "RestartPolicy", "*v1.ContainerRestartPolicy"),
            field(container, "RestartPolicyRules", "[]v1.ContainerRestartRule"),
        )

    def after_mounts(self, container: Container) -> tuple[str, ...]:
        return (field(container, "VolumeDevices", "[]v1.VolumeDevice"),)

    def after_probes(self, container: Container) -> tuple[str, ...]:
        return (self.probe("StartupProbe", container.startup_probe),)

    def handler(self, probe: Probe, get: str) -> str:
        handler = struct(
            "v1.ProbeHandler",
            field(probe, "Exec", "*v1.ExecAction"),
            get,
            field(probe, "TCPSocket", "*v1.TCPSocketAction"),
            field(probe, "GRPC", "*v1.GRPCAction"),
        )
        return f"ProbeHandler:{handler}"

    def after_threshold(self, probe: Probe) -> tuple[str, ...]:
        return (field(probe, "TerminationGracePeriodSeconds", "*int64"),)


def _port(port: ContainerPort) -> str:
    return struct(
        "",
        text("Name", port.name),
        number("HostPort", port.host_port),
        number("ContainerPort", port.container_port),
        text("Protocol", port.protocol, "v1.Protocol"),
        text("HostIP", port.host_ip),
    )


def _variable(variable: EnvVar) -> str:
    return struct(
        "",
        text("Name", variable.name),
        text("Value", variable.value),
        field(variable, "ValueFrom", "*v1.EnvVarSource"),
    )


def _toleration(toleration: Toleration) -> str:
    return struct(
        "",
        text("Key", toleration.key),
        text("Operator", toleration.operator, "v1.TolerationOperator"),
        text("Value", toleration.value),
        text("Effect", toleration.effect, "v1.TaintEffect"),
        field(toleration, "TolerationSeconds", "*int64"),
    )
