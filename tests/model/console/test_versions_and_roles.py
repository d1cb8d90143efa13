"""Resources named with their version, `apply edit-last-applied`, `auth reconcile`, long descriptions."""

import pytest

from clustersim import Cluster
from clustersim.console import run
from clustersim.console.kubectl.looking import looks
from tests.model.reports.typed import cluster_of, empty, typed


def with_web(release: str) -> Cluster:
    return cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: Deployment, name: web}}]\n")


@pytest.mark.parametrize(
    "line",
    [
        "get deployments.v1beta2.apps web",
        'patch deploy.v1beta2.apps web -p \'{"spec":{"replicas":2}}\'',
        "label deploy.v1beta2.apps web a=b",
        "annotate deploy.v1beta2.apps/web a=b",
        "set image deploy.v1beta2.apps web *=nginx:2",
    ],
)
def test_the_version_that_was_named_is_shown(line: str) -> None:
    assert typed(with_web("v1.8"), f"kubectl {line} -o yaml").startswith("apiVersion: apps/v1beta2\n")


def test_a_line_that_names_none_shows_what_is_preferred() -> None:
    world = with_web("v1.8")
    assert typed(world, "kubectl get deploy.apps web -o jsonpath={.apiVersion}").startswith("apps/v1beta")
    assert typed(world, "kubectl get deploy web -o jsonpath={.apiVersion}") == "extensions/v1beta1"
    assert 'deployments.apps "no" not found' in typed(world, "kubectl get deploy.apps no")


def test_what_was_applied_last_is_edited_alone() -> None:
    world = empty("v1.36")
    typed(world, "kubectl apply -f -\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n")
    shown = run(world, "kubectl apply edit-last-applied cm a").edit or ""
    assert shown.startswith("# Please edit the 'last-applied-configuration' annotations below.\n")
    line = "kubectl apply edit-last-applied cm a\n"
    assert typed(world, line + shown) == "Edit cancelled, no changes made."
    assert typed(world, line + shown.replace("k: v", "k: w")) == "configmap/a edited"
    assert "k: w" in typed(world, "kubectl apply view-last-applied cm a")
    assert typed(world, "kubectl get cm a -o jsonpath={.data.k}") == "v"


def test_what_was_never_applied_has_nothing_to_edit() -> None:
    world = empty("v1.36")
    typed(world, "kubectl create cm b")
    assert typed(world, "kubectl apply edit-last-applied cm b") == (
        "error: no last-applied-configuration annotation found on resources, to create the annotation, use "
        "command `kubectl apply set-last-applied --create-annotation`"
    )


ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get, list]}
"""
BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: NAME}
"""


def test_rules_that_are_missing_are_added_and_others_stay() -> None:
    world = empty("v1.36")
    typed(world, "kubectl create role r --verb=get --verb=watch --resource=pods")
    told = typed(world, f"kubectl auth reconcile -f -{ROLE}")
    assert told.partition("\n[")[0] == (
        "role.rbac.authorization.k8s.io/r reconciled\n\treconciliation required update\n"
        "\tmissing rules added:\n"
        "\t\t{Verbs:[list] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}"
    )
    assert (
        run(world, f"kubectl auth reconcile -f -{ROLE}").text == "role.rbac.authorization.k8s.io/r reconciled"
    )
    verbs = "kubectl get role r -o jsonpath='{.rules[*].verbs[*]}'"
    assert typed(world, verbs) == "get watch list"
    told = typed(world, f"kubectl auth reconcile --remove-extra-permissions -f -{ROLE}")
    assert "\textra rules removed:\n\t\t{Verbs:[watch]" in told
    assert typed(world, verbs) == "get list"


def test_subjects_join_those_that_are_there() -> None:
    world = empty("v1.36")
    first, second = BINDING.replace("NAME", "ann"), BINDING.replace("NAME", "bob")
    assert "required create" in typed(world, f"kubectl auth reconcile -f -{first}")
    assert "(dry run)" in typed(world, f"kubectl auth reconcile --dry-run=client -f -{second}")
    names = "kubectl get rolebinding b -o jsonpath='{.subjects[*].name}'"
    assert typed(world, names) == "ann"
    assert "\t\t{Kind:User APIGroup:rbac.authorization.k8s.io Name:bob Namespace:}" in typed(
        world, f"kubectl auth reconcile -f -{second}"
    )
    assert typed(world, names) == "ann bob"


def test_it_came_with_v1_8() -> None:
    told = typed(empty("v1.7"), "kubectl auth reconcile -f x")
    assert told.startswith('error: unknown command "reconcile')


def test_sixty_objects_are_described_but_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    world = empty("v1.36")
    text = "".join(f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{one}}}\n" for one in range(60))
    typed(world, f"kubectl create -f -\n{text}")
    assert typed(world, "kubectl describe cm").count("Name:") >= 60
    monkeypatch.setattr(looks, "MOST_DESCRIBED", 1000)
    assert "more than 1000 characters" in typed(world, "kubectl describe cm")
