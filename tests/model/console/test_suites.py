"""Lines of Kubernetes' own tests of kubectl, and what they expect to be printed.

Sources: v1.7 hack/make-rules/test-cmd-util.sh; v1.36 test/cmd/*.sh.
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, typed

RELEASES = ("v1.7", "v1.8", "v1.36")


def cluster(release: str) -> Cluster:
    return cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: Deployment, name: web}}]\n")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("delete --all pods -l 'name in (x)'", "setting 'all' parameter but found a non empty selector. "),
        (
            "run test2 --image=InvalidImageName",
            'Invalid image name "InvalidImageName": invalid reference format',
        ),
        ("get pod --user=missing-user", 'auth info "missing-user" does not exist'),
        ("replace --grace-period=1 -f x.yaml", "--grace-period must have --force specified"),
        ("replace --timeout=1s -f x.yaml", "--timeout must have --force specified"),
    ],
)
def test_what_cannot_be_meant_is_refused(release: str, line: str, told: str) -> None:
    assert typed(cluster(release), f"kubectl {line}") == f"error: {told}"


@pytest.mark.parametrize("release", RELEASES)
def test_a_timeout_of_no_known_unit_is_invalid(release: str) -> None:
    world = cluster(release)
    assert "Invalid timeout value" in typed(world, "kubectl get pods --request-timeout=1p")
    for good in ("1", "1s", "2m30s"):
        assert "web" in typed(world, f"kubectl get pods --request-timeout={good}")


@pytest.mark.parametrize("release", RELEASES)
def test_an_image_may_come_from_a_registry_with_a_port_or_have_a_digest(release: str) -> None:
    world = cluster(release)
    for number, image in enumerate(
        ("nginx", "k8s.gcr.io/pause:3.1", "localhost:5000/a/b_c:x", "me/app@sha256:" + "a" * 64)
    ):
        assert "created" in typed(world, f"kubectl run r{number} --image={image}")


@pytest.mark.parametrize(
    ("release", "config_map", "secret"),
    [
        ("v1.7", "key a, another key by that name already exists: map[a:b].", "exists: map[a:[98]]."),
        (
            "v1.36",
            'key "a", another key by that name already exists in Data for ConfigMap "c"',
            "key a, another",
        ),
    ],
)
def test_a_key_is_given_once(release: str, config_map: str, secret: str) -> None:
    world, twice = cluster(release), "--from-literal=a=b --from-literal=a=c"
    assert config_map in typed(world, f"kubectl create cm c {twice}")
    assert secret in typed(world, f"kubectl create secret generic s {twice}")


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("v1.7", "skipped rollback (DeploymentRollbackRevisionNotFound: Unable to find the revision"),
        ("v1.36", "error: unable to find specified revision 1000000 in history"),
    ],
)
def test_a_revision_that_never_was_is_not_rolled_back_to(release: str, told: str) -> None:
    assert told in typed(cluster(release), "kubectl rollout undo deploy web --to-revision=1000000")


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("v1.7", "skipped rollback (DeploymentRollbackTemplateUnchanged: The rollback revision contains the"),
        ("v1.36", "deployment.apps/web skipped rollback (current template already matches revision 1)"),
    ],
)
def test_the_revision_that_is_there_is_not_rolled_back_to(release: str, told: str) -> None:
    world = cluster(release)
    assert told in typed(world, "kubectl rollout undo deploy web --to-revision=1")
    at(world, "10s")
    assert "web" in typed(world, "kubectl get pods")


def test_a_role_of_a_verb_that_does_not_exist_was_refused() -> None:
    line = "kubectl create clusterrole x --verb=foo --resource=pods"
    assert typed(cluster("v1.7"), line) == "error: invalid verb: 'foo'"
    assert "created" in typed(cluster("v1.36"), line)


def test_who_asks_of_a_resource_that_is_not_there_is_warned() -> None:
    world = cluster("v1.36")
    warning = "Warning: the server doesn't have a resource type 'foo'\n\nyes"
    assert typed(world, "kubectl auth can-i get foo").startswith(warning)
    for known in ("pods", "po", "deployments.apps", "'*'", "/logs/"):
        assert "Warning" not in typed(world, f"kubectl auth can-i get {known}")


@pytest.mark.parametrize(
    ("patch", "shown", "why"),
    [
        ('{"metadata":{"labels":"x"}}', "map[metadata:map[labels:x]]", "cannot restore map from string"),
        ('{"spec":{"replicas":"3"}}', "map[spec:map[replicas:3]]", "unrecognized type: int32"),
        ('{"spec":{"template":"x"}}', "map[spec:map[template:x]]", "cannot restore struct from: string"),
        ('{"spec":{"paused":"x"}}', "map[spec:map[paused:x]]", "unrecognized type: bool"),
    ],
)
def test_a_patch_that_leaves_no_such_object_is_refused(patch: str, shown: str, why: str) -> None:
    line = f"kubectl patch deploy web -p '{patch}'"
    told = f'The request is invalid: patch: Invalid value: "{shown}": {why}'
    assert typed(cluster("v1.36"), line) == told
    assert typed(cluster("v1.8"), line) == f"Error from server: {why}"


@pytest.mark.parametrize(
    ("release", "doing"), [("v1.7", "stopping"), ("v1.8", "stopping"), ("v1.36", "deleting")]
)
def test_a_file_that_describes_nothing_that_is_there_is_named(release: str, doing: str) -> None:
    world = cluster(release)
    typed(world, "cat > a.yaml <<'EOF'\n{apiVersion: v1, kind: Pod, metadata: {name: a}}\nEOF")
    told = f'Error from server (NotFound): error when {doing} "a.yaml": pods "a" not found'
    assert typed(world, "kubectl delete -f a.yaml") == told


def test_what_is_deleted_at_once_is_warned_of_as_a_sentence() -> None:
    told = typed(cluster("v1.36"), "kubectl delete pods --all --force")
    assert told.startswith("Warning: Immediate deletion does not wait for confirmation that the running")


@pytest.mark.parametrize("release", RELEASES)
def test_a_template_needs_no_blank_behind_its_words(release: str) -> None:
    world = cluster(release)
    template = '{{range.items}}{{if eq .metadata.name "n1"}}found{{else}}not{{end}}{{end}}:'
    assert typed(world, f"kubectl get nodes -o go-template='{template}'") == "found:"


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("flag", "today"),
    [
        ("context", "Error in configuration: context was not found for specified context: missing"),
        ("cluster", 'error: no server found for cluster "missing"'),
    ],
)
def test_an_entry_of_the_kubeconfig_that_is_not_there(release: str, flag: str, today: str) -> None:
    told = typed(cluster(release), f"kubectl get pod --{flag}=missing")
    assert told == (today if release == "v1.36" else f'error: {flag} "missing" does not exist')


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("patch deploy web -p '{}'", "web"),
        ("label deploy web a=b", "web"),
        ("annotate deploy web a=b", "web"),
        ("autoscale deploy web --max=2", "web"),
        ("expose deploy web --port=80", "web"),
        ("run pi --image=perl", "pi"),
        ("taint node n1 a=b:NoSchedule", "n1"),
        ("create configmap cm", "cm"),
        ("create deployment d --image=nginx", "d"),
        ("rollout pause deploy/web", "web"),
    ],
)
def test_a_template_alone_is_a_format(line: str, name: str) -> None:
    template = "--template='{{ .metadata.name }}:'"
    assert typed(cluster("v1.36"), f"kubectl {line} {template}") == f"{name}:"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("set env pod/p A=B", "pod/p env updated (dry run)"),
        ("set resources pod/p --limits=memory=256Mi", "pod/p resource requirements updated (dry run)"),
        ("set serviceaccount pod/p deployer", "pod/p serviceaccount updated (dry run)"),
    ],
)
def test_a_dry_run_of_the_client_asks_no_server(line: str, told: str) -> None:
    world = cluster("v1.36")
    typed(world, "kubectl run p --image=nginx")
    assert typed(world, f"kubectl {line} --dry-run=client") == told
    assert "pod updates may not change" in typed(world, f"kubectl {line} --dry-run=server")
