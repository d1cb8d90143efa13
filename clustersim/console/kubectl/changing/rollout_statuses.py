"""What `kubectl rollout status` says of an object.

Sources: v1.7, v1.8 pkg/kubectl/rollout_status.go; v1.36 k8s.io/kubectl pkg/polymorphichelpers.
"""

from collections.abc import Callable
from typing import Any, Final

from clustersim.console.answer import Said
from clustersim.console.api import Api


def _of_deployment(api: Api, found: Any) -> tuple[str, bool]:
    name, spec, status = found.metadata.name, found.spec, found.status
    if found.metadata.generation > status.observed_generation:
        return "Waiting for deployment spec update to be observed...", False
    if any(
        one.type == "Progressing" and one.reason == "ProgressDeadlineExceeded" for one in status.conditions
    ):
        raise Said(f'error: deployment "{name}" exceeded its progress deadline')
    waiting = (
        f'Waiting for deployment "{name}" rollout to finish: '
        if api.today
        else "Waiting for rollout to finish: "
    )
    if status.updated_replicas < spec.replicas:
        updated = f"{status.updated_replicas} out of {spec.replicas}"
        return f"{waiting}{updated} new replicas have been updated...", False
    if status.replicas > status.updated_replicas:
        old = status.replicas - status.updated_replicas
        return f"{waiting}{old} old replicas are pending termination...", False
    if status.available_replicas < status.updated_replicas:
        available = f"{status.available_replicas} of {status.updated_replicas}"
        return f"{waiting}{available} updated replicas are available...", False
    return f'deployment "{name}" successfully rolled out', True


def _of_daemon_set(api: Api, found: Any) -> tuple[str, bool]:
    name, status = found.metadata.name, found.status
    if found.spec.update_strategy.type != "RollingUpdate":
        raise Said(
            "error: Status is available only for RollingUpdate strategy type"
            if not api.today
            else "error: rollout status is only available for RollingUpdate strategy type"
        )
    if found.metadata.generation > status.observed_generation:
        return "Waiting for daemon set spec update to be observed...", False
    waiting = (
        f'Waiting for daemon set "{name}" rollout to finish: '
        if api.today
        else "Waiting for rollout to finish: "
    )
    wanted = status.desired_number_scheduled
    if status.updated_number_scheduled < wanted:
        updated = f"{status.updated_number_scheduled} out of {wanted}"
        return f"{waiting}{updated} new pods have been updated...", False
    if status.number_available < wanted:
        return f"{waiting}{status.number_available} of {wanted} updated pods are available...", False
    return f'daemon set "{name}" successfully rolled out', True


def _of_stateful_set(api: Api, found: Any) -> tuple[str, bool]:
    spec, status = found.spec, found.status
    if spec.update_strategy.type != "RollingUpdate":
        raise Said(
            f"error: {spec.update_strategy.type} updateStrategy does not have a Status"
            if not api.today
            else "error: rollout status is only available for RollingUpdate strategy type"
        )
    if found.metadata.generation > (status.observed_generation or 0):
        return "Waiting for statefulset spec update to be observed...", False
    if status.ready_replicas < spec.replicas:
        return f"Waiting for {spec.replicas - status.ready_replicas} pods to be ready...", False
    rolling = spec.update_strategy.rolling_update
    if rolling is not None and (api.today or rolling.partition) and rolling.partition is not None:
        wanted = spec.replicas - rolling.partition
        if status.updated_replicas < wanted:
            updated = f"{status.updated_replicas} out of {wanted}"
            waiting = "Waiting for partitioned roll out to finish: "
            return f"{waiting}{updated} new pods have been updated...", False
        done = f"partitioned roll out complete: {status.updated_replicas} new pods have been updated..."
        return done, True
    if status.update_revision != status.current_revision:
        return (
            f"waiting for statefulset rolling update to complete {status.updated_replicas} pods at "
            f"revision {status.update_revision}..."
        ), False
    return (
        f"statefulset rolling update complete {status.current_replicas} pods at revision "
        f"{status.current_revision}..."
    ), True


STATUS_OF: Final[dict[str, Callable[[Api, Any], tuple[str, bool]]]] = {
    "daemonsets": _of_daemon_set,
    "deployments": _of_deployment,
    "statefulsets": _of_stateful_set,
}
"""What is printed of an object's rollout, and whether it has ended."""
