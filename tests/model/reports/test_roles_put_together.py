"""ClusterRoles that are put together from others (kubernetes.io, "Using RBAC Authorization", aggregated
ClusterRoles)."""

from tests.model.reports.typed import at, cluster_of, typed

LABEL = "rbac.example.com/aggregate-to-monitoring=true"


def test_a_role_has_the_rules_of_those_that_it_is_put_together_from() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, f"kubectl create clusterrole monitoring --aggregation-rule={LABEL}")
    typed(cluster, "kubectl create clusterrole endpoints --verb=get --resource=endpoints")
    typed(cluster, "kubectl create clusterrole machines --verb=list --resource=nodes")
    typed(cluster, f"kubectl label clusterrole endpoints {LABEL}")
    typed(cluster, "kubectl label clusterrole machines rbac.authorization.k8s.io/aggregate-to-view=true")
    typed(cluster, "kubectl create clusterrolebinding ann --clusterrole=monitoring --user=ann")
    typed(cluster, "kubectl create clusterrolebinding bob --clusterrole=admin --user=bob")
    at(cluster, "5s")
    assert typed(cluster, "kubectl auth can-i get endpoints --as=ann") == "yes"
    assert typed(cluster, "kubectl auth can-i delete deployments --as=bob") == "yes"
    rules = typed(
        cluster, "kubectl get clusterroles view edit admin -o jsonpath={.items[*].rules[*].resources}"
    )
    assert rules.count('"nodes"') == 3, "view is part of edit, and edit of admin"
    typed(cluster, "kubectl delete clusterrole endpoints machines")
    at(cluster, "10s")
    assert typed(cluster, "kubectl auth can-i get endpoints --as=ann") == "no"
    rules = typed(
        cluster, "kubectl get clusterroles view edit admin -o jsonpath={.items[*].rules[*].resources}"
    )
    assert "nodes" not in rules
