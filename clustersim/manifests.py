"""API objects from the specs of a scenario."""

from typing import Any

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ApiObject, ObjectMeta
from clustersim.images import Exits, program_annotation
from clustersim.scenario.schema import ContainerSpec, ObjectSpec


def build_object(spec: ObjectSpec) -> ApiObject:
    """The object as a client would post it. Raises ValueError for a kind that the model does not have."""
    metadata = ObjectMeta(name=spec.name, namespace=spec.namespace, labels=spec.labels)
    match spec.kind:
        case "ReplicationController":
            labels = spec.labels or spec.selector or {"app": spec.name}
            template = v1.PodTemplateSpec(metadata=_pod_metadata(spec, labels), spec=_pod_spec(spec))
            replicas = 1 if spec.replicas is None else spec.replicas
            controller = v1.ReplicationControllerSpec(
                replicas=replicas, selector=spec.selector or labels, template=template
            )
            return v1.ReplicationController(metadata=metadata, spec=controller)
        case "Pod":
            pod_metadata = _pod_metadata(spec, spec.labels)
            return v1.Pod(metadata=_named(pod_metadata, spec), spec=_pod_spec(spec))
        case "Service":
            port = spec.port or 80
            ports = (v1.ServicePort(port=port, target_port=spec.target_port or port),)
            service = v1.ServiceSpec(ports=ports, selector=spec.selector, cluster_ip=spec.cluster_ip)
            return v1.Service(metadata=metadata, spec=service)
        case "Namespace":
            return v1.Namespace(metadata=ObjectMeta(name=spec.name))
        case _:
            raise ValueError(f"the model has no {spec.kind}")


def _named(metadata: ObjectMeta, spec: ObjectSpec) -> ObjectMeta:
    return ObjectMeta(
        name=spec.name, namespace=spec.namespace, labels=metadata.labels, annotations=metadata.annotations
    )


def _pod_metadata(spec: ObjectSpec, labels: dict[str, str]) -> ObjectMeta:
    annotations: dict[str, str] = {}
    for container in spec.containers:
        if container.exits is not None:
            exits = Exits(container.exits.after_ms, container.exits.code)
            annotations.update(program_annotation(container.name, exits))
    return ObjectMeta(labels=labels, annotations=annotations)


def _pod_spec(spec: ObjectSpec) -> v1.PodSpec:
    optional: dict[str, Any] = {}
    if spec.termination_grace_period_s is not None:
        optional["termination_grace_period_seconds"] = spec.termination_grace_period_s
    tolerations = tuple(
        v1.Toleration(
            key=t.key, operator=t.operator, value=t.value, effect=t.effect, toleration_seconds=t.seconds
        )
        for t in spec.tolerations
    )
    return v1.PodSpec(
        containers=tuple(_container(container) for container in spec.containers),
        restart_policy=spec.restart_policy,
        node_name=spec.node_name,
        node_selector=spec.node_selector,
        tolerations=tolerations,
        **optional,
    )


def _container(spec: ContainerSpec) -> v1.Container:
    ports = (v1.ContainerPort(container_port=spec.port),) if spec.port else ()
    resources = v1.ResourceRequirements(requests=spec.requests)
    policy = "IfNotPresent" if ":" in spec.image and not spec.image.endswith(":latest") else "Always"
    return v1.Container(
        name=spec.name, image=spec.image, ports=ports, resources=resources, image_pull_policy=policy
    )
