"""What the kubelet waits for: its own predicates, asked without doing anything, for those who explain."""

from collections.abc import Iterator

from clustersim.api.core_v1 import Pod
from clustersim.engine.rules import Verdict
from clustersim.kubelet import rules
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubelet.pod_status import should_restart


def armed_rules_of_node(kubelet: Kubelet) -> Iterator[Verdict]:
    """Why its node is not NotReady yet though docker does not answer, and its pods not handled yet."""
    if not kubelet.running or not kubelet.state.started:
        return
    asleep = kubelet.sync_loop.state.asleep
    if asleep is not None:
        yield rules.LOOP_AWAKE.holds(
            False, due=asleep, limit=kubelet.flags.runtime_error_sleep, runtime=kubelet.words.runtime
        )
    if not kubelet.runtime_state.well:
        for verdict in (kubelet.runtime_state.runtime_down(), kubelet.runtime_state.pleg_unhealthy()):
            if not verdict.holds:
                yield verdict


def armed_rules_of_pod(kubelet: Kubelet, pod: Pod) -> Iterator[Verdict]:
    """Why a pod is not started, started again, or gone yet."""
    if not kubelet.running or not kubelet.state.started:
        return
    view = kubelet.pleg.view(pod.metadata.uid)
    if pod.metadata.deletion_timestamp:
        status = kubelet.status_manager.status_of(pod.metadata.uid) or pod.status
        verdict = kubelet.status_manager.can_be_deleted(pod, status)
        if not verdict.holds:
            yield verdict
        return
    for spec in pod.spec.containers:
        if should_restart(pod, spec.name, view):
            for verdict in (
                kubelet.runtime_manager.may_restart(pod, spec.name, view),
                kubelet.images.may_pull(pod.metadata.uid, spec.image),
            ):
                if not verdict.holds:
                    yield verdict
