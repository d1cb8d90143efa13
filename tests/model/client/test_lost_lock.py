"""Somebody else takes the lock of the controller-manager: who led ends, and acts again when the other has
been silent for a whole lease."""

from tests.model.reports.typed import ALL, at, cluster_of, typed

WORLD = "nodes: 2\nobjects:\n- {kind: ReplicationController, name: web, replicas: 2}\n"
SUPERVISED = "supervisor: {components: [controller-manager], after: 5s}\n"
RECORD = (
    '{"holderIdentity":"other","leaseDurationSeconds":15,"acquireTime":"2017-09-26T07:00:05Z",'
    '"renewTime":"2017-09-26T07:00:05Z","leaderTransitions":1}'
)


@ALL
def test_who_lost_the_lock_ends_within_its_deadline_and_nobody_acts_until_the_lease_of_the_other_is_over(
    release: str,
) -> None:
    cluster = cluster_of(f"release: {release}\n{WORLD}{SUPERVISED}")
    at(cluster, "5s")
    if release == "v1.36":
        patch = '{"spec":{"holderIdentity":"other"}}'
        typed(
            cluster, f"kubectl -n kube-system patch lease kube-controller-manager --type=merge -p '{patch}'"
        )
    else:
        key = "control-plane.alpha.kubernetes.io/leader"
        lock = "endpoints kube-controller-manager"
        typed(cluster, f"kubectl -n kube-system annotate {lock} --overwrite {key}='{RECORD}'")
    ended, led = 0, 0
    for second in range(6, 60):
        at(cluster, f"{second}s")
        if not ended and typed(cluster, "systemctl is-active kube-controller-manager", "master") == "failed":
            ended = second
            typed(cluster, "kubectl scale rc web --replicas=4")
        if ended and typed(cluster, "kubectl get pods | wc -l") == "5":
            led = second
            break
    assert 12 <= ended <= 18, "the renew deadline of ten seconds, from the renewal that failed"
    assert 5 + 15 <= led - ended <= 5 + 15 + 6, "its new life waits for a lease, and looks every 2 to 4.4 s"
    at(cluster, "90s")
    assert typed(cluster, "kubectl get pods | wc -l") == "5", "nothing was created twice"
