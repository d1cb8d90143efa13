"""A pod template as Go prints it for hashing, so that ReplicaSets are called as they were in life.

The real hash runs over `%#v` of github.com/davecgh/go-spew with sorted keys and without methods, over every
field of the struct, whether set or not; `time.Time` as of Go 1.9. What the model adds (what programs do) is
left out. Checked against the names in recordings of v1.7.5 and v1.8.0; of the quantities in requests and
limits no recording tells.
Source: v1.7.5, v1.8.0 pkg/util/hash/hash.go DeepHashObject, pkg/controller/controller_utils.go ComputeHash.
"""

from collections.abc import Iterable

from clustersim.api.core_v1 import Container, ContainerPort, PodSpec, PodTemplateSpec, Probe, Toleration
from clustersim.api.meta import ObjectMeta
from clustersim.images import PROGRAM


def go_print(template: PodTemplateSpec, *, priorities: bool) -> str:
    """The template. priorities: pods have the two fields of pod priority (of v1.8 on)."""
    meta, spec = _meta(template.metadata), _spec(template.spec, priorities)
    return _struct("v1.PodTemplateSpec", f"ObjectMeta:{meta}", f"Spec:{spec}")


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


def _meta(metadata: ObjectMeta) -> str:
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
        _nil("Initializers", "*v1.Initializers"),
        _nil("Finalizers", "[]string"),
        _text("ClusterName"),
    )


def _spec(spec: PodSpec, priorities: bool) -> str:
    security = _struct(
        "*v1.PodSecurityContext",
        _nil("SELinuxOptions", "*v1.SELinuxOptions"),
        _nil("RunAsUser", "*int64"),
        _nil("RunAsNonRoot", "*bool"),
        _nil("SupplementalGroups", "[]int64"),
        _nil("FSGroup", "*int64"),
    )
    fields = [
        _nil("Volumes", "[]v1.Volume"),
        _list("InitContainers", "v1.Container", map(_container, spec.init_containers)),
        _list("Containers", "v1.Container", map(_container, spec.containers)),
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
        f"SecurityContext:{security}",
        _nil("ImagePullSecrets", "[]v1.LocalObjectReference"),
        _text("Hostname"),
        _text("Subdomain"),
        _nil("Affinity", "*v1.Affinity"),
        _text("SchedulerName", spec.scheduler_name),
        _list("Tolerations", "v1.Toleration", map(_toleration, spec.tolerations)),
        _nil("HostAliases", "[]v1.HostAlias"),
    ]
    if priorities:
        fields += [_text("PriorityClassName"), _nil("Priority", "*int32")]
    return _struct("v1.PodSpec", *fields)


def _container(container: Container) -> str:
    resources = _struct(
        "v1.ResourceRequirements",
        _quantities("Limits", container.resources.limits),
        _quantities("Requests", container.resources.requests),
    )
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
        f"Resources:{resources}",
        _nil("VolumeMounts", "[]v1.VolumeMount"),
        _probe("LivenessProbe", container.liveness_probe),
        _probe("ReadinessProbe", container.readiness_probe),
        _nil("Lifecycle", "*v1.Lifecycle"),
        _text("TerminationMessagePath", "/dev/termination-log"),
        _text("TerminationMessagePolicy", "File", "v1.TerminationMessagePolicy"),
        _text("ImagePullPolicy", container.image_pull_policy, "v1.PullPolicy"),
        _nil("SecurityContext", "*v1.SecurityContext"),
        _flag("Stdin"),
        _flag("StdinOnce"),
        _flag("TTY"),
    )


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


def _probe(name: str, probe: Probe | None) -> str:
    if probe is None:
        return _nil(name, "*v1.Probe")
    get = _nil("HTTPGet", "*v1.HTTPGetAction")
    if probe.http_get is not None:
        port = _struct(
            "intstr.IntOrString",
            _number("Type", 0, "intstr.Type"),
            _number("IntVal", probe.http_get.port),
            _text("StrVal"),
        )
        get = "HTTPGet:" + _struct(
            "*v1.HTTPGetAction",
            _text("Path", probe.http_get.path),
            f"Port:{port}",
            _text("Host"),
            _text("Scheme", "HTTP", "v1.URIScheme"),
            _nil("HTTPHeaders", "[]v1.HTTPHeader"),
        )
    handler = _struct(
        "v1.Handler", _nil("Exec", "*v1.ExecAction"), get, _nil("TCPSocket", "*v1.TCPSocketAction")
    )
    inside = _struct(
        "*v1.Probe",
        f"Handler:{handler}",
        _number("InitialDelaySeconds", probe.initial_delay_seconds),
        _number("TimeoutSeconds", probe.timeout_seconds),
        _number("PeriodSeconds", probe.period_seconds),
        _number("SuccessThreshold", probe.success_threshold),
        _number("FailureThreshold", probe.failure_threshold),
    )
    return f"{name}:{inside}"
