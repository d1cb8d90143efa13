"""PodDisruptionBudgets of pods that nothing counts for, of several for one pod, and of pods that do not run.

kk: github.com/kubernetes/kubernetes. Source: pkg/controller/disruption, pkg/registry/core/pod/storage of each
release.
"""

import pytest

from clustersim import Cluster, seconds
from clustersim.api.request import Request
from tests.model.reports.typed import ALL, at, create, empty, typed

OLD = pytest.mark.parametrize("release", ["v1.7", "v1.8"])
SOME = "maxUnavailable: 1, selector: {matchLabels: {app: x}}"
POD = "metadata: {name: %s, labels: {app: x}}\nspec: {containers: [{name: c, image: nginx}]}"


def budget(cluster: Cluster, release: str, spec: str, name: str = "p") -> None:
    version = "policy/v1" if release == "v1.36" else "policy/v1beta1"
    told = create(cluster, "PodDisruptionBudget", f"metadata: {{name: {name}}}\nspec: {{{spec}}}", version)
    assert "created" in told


def with_bare_pods(release: str, *names: str) -> Cluster:
    cluster = empty(release)
    for name in names:
        create(cluster, "Pod", POD % name)
    at(cluster, "20s")
    return cluster


def evicted(cluster: Cluster, name: str) -> str:
    """What the API server says to an eviction."""
    reply = cluster.world.apiserver.handle(Request("evict", "pods", "default", name), "kubectl")
    cluster.run_until(cluster.now + seconds(0.05))
    return reply.message


@OLD
def test_a_share_of_bare_pods_cannot_be_counted_and_nothing_may_go(release: str) -> None:
    """kk#59234, kk#60433: found no controllers for pod."""
    cluster = with_bare_pods(release, "a")
    budget(cluster, release, SOME)
    at(cluster, "25s")
    told = typed(cluster, "kubectl describe pdb p")
    for reason, text in (
        ("NoControllers", 'found no controllers for pod "a"'),
        (
            "CalculateExpectedPodCountFailed",
            'Failed to calculate the number of expected pods: found no controllers for pod "a"',
        ),
    ):
        assert reason in told
        assert text in told
    # It was never counted: also what is healthy is not known.
    assert typed(cluster, "kubectl get pdb p -o jsonpath={.status.currentHealthy}") == "0"
    assert typed(cluster, "kubectl get pdb p -o jsonpath={.status.observedGeneration}") in ("", "0")


def test_today_bare_pods_are_told_of_with_their_selector() -> None:
    """kk#98127."""
    cluster = with_bare_pods("v1.36", "a")
    budget(cluster, "v1.36", SOME)
    at(cluster, "25s")
    assert (
        "Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string"
        "{app: x,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged."
    ) in typed(cluster, "kubectl describe pdb p")


def test_today_a_budget_of_daemon_pods_fails() -> None:
    """kk#108124, kk#84402: daemonsets.apps does not implement the scale subresource."""
    cluster = empty("v1.36")
    template = "template: {metadata: {labels: {app: x}}, spec: {containers: [{name: c, image: nginx}]}}"
    rest = f"metadata: {{name: d}}\nspec: {{selector: {{matchLabels: {{app: x}}}}, {template}}}"
    create(cluster, "DaemonSet", rest, "apps/v1")
    at(cluster, "20s")
    budget(cluster, "v1.36", SOME)
    at(cluster, "25s")
    why = "daemonsets.apps does not implement the scale subresource"
    assert f"Failed to calculate the number of expected pods: {why}" in typed(
        cluster, "kubectl describe pdb p"
    )
    condition = "{.status.conditions[0].status} {.status.conditions[0].reason}"
    told = typed(cluster, f"kubectl get pdb p -o jsonpath='{condition}: {{.status.conditions[0].message}}'")
    assert told == f"False SyncFailed: {why}"


@ALL
def test_of_two_budgets_one_is_chosen_and_the_pod_is_told(release: str) -> None:
    """kk#37953; and such a pod cannot be evicted at all."""
    cluster = with_bare_pods(release, "a")
    for name in ("p", "q"):
        budget(cluster, release, "minAvailable: 0, selector: {matchLabels: {app: x}}", name)
    typed(cluster, "kubectl label pod a more=labels")
    told = typed(cluster, "kubectl describe pod a")
    assert 'Pod "default"/"a" matches multiple PodDisruptionBudgets.  Chose "p" arbitrarily.' in told
    assert "more than one PodDisruptionBudget" in evicted(cluster, "a")


@pytest.mark.parametrize(("release", "goes"), [("v1.7", False), ("v1.8", False), ("v1.36", True)])
def test_only_today_a_pod_that_does_not_run_yet_goes_without_its_budget(release: str, goes: bool) -> None:
    """kk#66872, kk#77383: pending and finished pods held up drains."""
    cluster = empty(release)
    create(cluster, "Pod", (POD % "a").replace("spec: {", "spec: {nodeSelector: {no: node}, "))
    at(cluster, "5s")
    budget(cluster, release, "minAvailable: 1, selector: {matchLabels: {app: x}}")
    at(cluster, "10s")
    assert ("violate the pod's disruption budget" in evicted(cluster, "a")) is not goes


@pytest.mark.parametrize(("release", "pods"), [("v1.7", "0"), ("v1.8", "0"), ("v1.36", "1")])
def test_an_empty_selector_selects_all_pods_only_today(release: str, pods: str) -> None:
    """policy/v1beta1 and policy/v1: "An empty selector"."""
    cluster = with_bare_pods(release, "a")
    budget(cluster, release, "minAvailable: 1, selector: {}")
    at(cluster, "25s")
    assert typed(cluster, "kubectl get pdb p -o jsonpath={.status.expectedPods}") == pods
