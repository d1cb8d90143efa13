"""API objects from the specs of a scenario."""

from typing import Any

from clustersim.api import apps, batch
from clustersim.api import core_v1 as v1
from clustersim.api.meta import ApiObject, LabelSelector, ObjectMeta
from clustersim.programs import PROGRAM, Exits, program_annotation, pull_annotation
from clustersim.scenario_schema import ContainerSpec, ObjectSpec


def build_object(spec: ObjectSpec) -> ApiObject:
    """The object as a client would post it. Raises ValueError for a kind that the model does not have."""
    metadata = ObjectMeta(name=spec.name, namespace=spec.namespace, labels=spec.labels)
    match spec.kind:
        case "ReplicationController" | "ReplicaSet" | "Deployment" | "StatefulSet" | "DaemonSet" | "Job":
            return _workload(spec, metadata)
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


def _workload(spec: ObjectSpec, metadata: ObjectMeta) -> ApiObject:
    labels = spec.labels or spec.selector or {"app": spec.name}
    template = v1.PodTemplateSpec(metadata=_pod_metadata(spec, labels), spec=_pod_spec(spec))
    replicas = 1 if spec.replicas is None else spec.replicas
    chosen = spec.selector or labels
    selector = LabelSelector(match_labels=chosen)
    match spec.kind:
        case "ReplicationController":
            wanted = v1.ReplicationControllerSpec(replicas=replicas, selector=chosen, template=template)
            return v1.ReplicationController(metadata=metadata, spec=wanted)
        case "ReplicaSet":
            copies = apps.ReplicaSetSpec(replicas=replicas, selector=selector, template=template)
            return apps.ReplicaSet(metadata=metadata, spec=copies)
        case "Deployment":
            rollout = apps.DeploymentSpec(
                replicas=replicas,
                selector=selector,
                template=template,
                strategy=_deployment_strategy(spec),
                revision_history_limit=spec.history_limit,
                progress_deadline_seconds=spec.progress_deadline_s,
            )
            return apps.Deployment(metadata=metadata, spec=rollout)
        case "StatefulSet":
            ordered = apps.StatefulSetSpec(
                replicas=replicas,
                selector=selector,
                template=template,
                service_name=spec.service_name or spec.name,
                pod_management_policy=spec.pod_management,
                update_strategy=apps.StatefulSetUpdateStrategy(type=spec.strategy.type),
            )
            return apps.StatefulSet(metadata=metadata, spec=ordered)
        case "DaemonSet":
            daemons = apps.DaemonSetSpec(
                selector=selector, template=template, update_strategy=_daemon_strategy(spec)
            )
            return apps.DaemonSet(metadata=metadata, spec=daemons)
        case _:
            job = batch.JobSpec(
                template=template,
                parallelism=spec.parallelism,
                completions=spec.completions,
                backoff_limit=spec.backoff_limit,
            )
            return batch.Job(metadata=metadata, spec=job)


def _deployment_strategy(spec: ObjectSpec) -> apps.DeploymentStrategy:
    told = spec.strategy
    rolling = apps.RollingUpdateDeployment(max_unavailable=told.max_unavailable, max_surge=told.max_surge)
    return apps.DeploymentStrategy(
        type=told.type, rolling_update=None if told.type == "Recreate" else rolling
    )


def _daemon_strategy(spec: ObjectSpec) -> apps.DaemonSetUpdateStrategy:
    told = spec.strategy
    rolling = apps.RollingUpdateDaemonSet(max_unavailable=told.max_unavailable)
    return apps.DaemonSetUpdateStrategy(
        type=told.type, rolling_update=rolling if told.max_unavailable is not None else None
    )


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
        if container.program:
            annotations[f"{PROGRAM}{container.name}"] = container.program
        annotations |= pull_annotation(container.name, container.pull_fails_on)
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
