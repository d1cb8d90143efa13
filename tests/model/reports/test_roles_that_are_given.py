"""What people report of roles and of whom they are given to."""

import pytest

from tests.model.reports.typed import ALL, at, create, empty, typed

VERSION = {"v1.7": "rbac.authorization.k8s.io/v1beta1"}
BINDING = (
    "metadata: {name: b}\nroleRef: {kind: ClusterRole, name: %s, apiGroup: rbac.authorization.k8s.io}\n"
    "subjects: [%s]"
)


def bound(release: str, kind: str, role: str = "view", subject: str = "") -> str:
    version = VERSION.get(release, "rbac.authorization.k8s.io/v1")
    return create(empty(release), kind, BINDING % (role, subject), version)


@ALL
def test_a_role_binding_may_name_an_account_without_its_namespace(release: str) -> None:
    """Kubernetes's csi-hostpath, ContainerSolutions/kubernetes-examples: it is one of its own namespace."""
    assert "created" in bound(release, "RoleBinding", subject="{kind: ServiceAccount, name: app}")
    told = bound(release, "ClusterRoleBinding", subject="{kind: ServiceAccount, name: app}")
    assert told.endswith("subjects[0].namespace: Required value")


@pytest.mark.parametrize(
    ("role", "subject", "told"),
    [
        (
            "view",
            "{kind: ServiceAccount, name: App, namespace: dev}",
            'subjects[0].name: Invalid value: "App": ',
        ),
        (
            "view",
            "{kind: User, name: ann, apiGroup: example.com}",
            'subjects[0].apiGroup: Unsupported value: "example.com": supported values: ',
        ),
        (
            "view",
            "{kind: ServiceAccount, name: a, namespace: dev, apiGroup: rbac.authorization.k8s.io}",
            'subjects[0].apiGroup: Unsupported value: "rbac.authorization.k8s.io": supported values: ',
        ),
        ("a/b", "{kind: User, name: ann}", "roleRef.name: Invalid value: \"a/b\": may not contain '/'"),
    ],
)
@ALL
def test_who_gets_a_role_is_looked_at(release: str, role: str, subject: str, told: str) -> None:
    assert told in bound(release, "RoleBinding", role, subject)


@ALL
def test_users_and_roles_are_of_the_group_of_roles_where_nothing_is_said(release: str) -> None:
    cluster = empty(release)
    manifest = (
        "metadata: {name: b}\nroleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: User, name: ann}]"
    )
    version = VERSION.get(release, "rbac.authorization.k8s.io/v1")
    create(cluster, "RoleBinding", manifest, version, verb="create --validate=false")
    at(cluster, "1s")
    groups = "{.subjects[0].apiGroup} {.roleRef.apiGroup}"
    told = typed(cluster, f"kubectl get rolebinding b -o jsonpath='{groups}'")
    assert told == "rbac.authorization.k8s.io rbac.authorization.k8s.io"


REVIEW = "apiVersion: authorization.k8s.io/v1\nkind: %s\nspec: %s\n"
LISTS = "{user: ann, resourceAttributes: {resource: pods, verb: list, namespace: default}}"


@ALL
def test_reviews_are_answered_and_kept_nowhere(release: str) -> None:
    """As website docs/reference/access-authn-authz/authorization has them."""
    cluster = empty(release)
    review = REVIEW % ("SubjectAccessReview", LISTS)
    asks = f"kubectl create -f - -o jsonpath={{.status.allowed}}\n{review}"
    assert typed(cluster, asks) == "false"
    typed(cluster, "kubectl create rolebinding b --clusterrole=view --user=ann")
    assert typed(cluster, asks) == "true"
    own = REVIEW % ("SelfSubjectAccessReview", "{resourceAttributes: {resource: pods, verb: delete}}")
    assert "status:\n  allowed: true" in typed(cluster, f"kubectl create -o yaml -f -\n{own}")
    today = "selfsubjectaccessreview.authorization.k8s.io/<unknown> created"
    made = today if release == "v1.36" else 'selfsubjectaccessreview "" created'
    assert typed(cluster, f"kubectl create -f -\n{own}") == made


def test_a_review_without_a_question_is_refused() -> None:
    told = typed(empty("v1.36"), "kubectl create -f -\n" + REVIEW % ("SubjectAccessReview", "{groups: [a]}"))
    assert told == (
        'The SubjectAccessReview "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of '
        "nonResourceAttributes or resourceAttributes must be specified"
    )
    rules = REVIEW % ("SelfSubjectRulesReview", "{namespace: dev}")
    assert "resourceRules:" in typed(empty("v1.36"), f"kubectl create -o yaml -f -\n{rules}")


@ALL
def test_a_binding_keeps_its_role_and_is_told_which_it_was_to_get(release: str) -> None:
    """It has to be made anew."""
    cluster = empty(release)
    version = VERSION.get(release, "rbac.authorization.k8s.io/v1")
    subject = "{kind: User, name: ann, apiGroup: rbac.authorization.k8s.io}"
    create(cluster, "RoleBinding", BINDING % ("view", subject), version)
    told = create(cluster, "RoleBinding", BINDING % ("edit", subject), version, verb="replace")
    old = 'rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"ClusterRole", Name:"edit"}'
    today = '{"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"edit"}'
    shown = today if release == "v1.36" else old
    assert told.endswith(f"roleRef: Invalid value: {shown}: cannot change roleRef")


@ALL
def test_resources_of_groups_are_named_before_their_parts(release: str) -> None:
    cluster = empty(release)
    typed(cluster, "kubectl create clusterrole scaler --verb=update --resource=deployments.apps/scale")
    assert "deployments.apps/scale" in typed(cluster, "kubectl describe clusterrole scaler").split()
