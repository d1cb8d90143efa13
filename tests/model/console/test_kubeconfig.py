"""kubectl config, and where kubectl goes by it: as kubectl v1.36.3 does."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, of_web, typed


def with_dev(world: Cluster) -> None:
    typed(world, "kubectl config set-cluster far --server=https://192.0.2.1")
    typed(world, "kubectl config set-credentials bob --token=x")
    typed(world, "kubectl config set-context dev --cluster=far --user=bob --namespace=team")


@ALL
def test_entries_are_set_and_deleted(release: str) -> None:
    world = of_web(release)
    assert typed(world, "kubectl config set-cluster far --server=https://192.0.2.1") == 'Cluster "far" set.'
    assert typed(world, "kubectl config set-credentials bob --token=x") == 'User "bob" set.'
    told = typed(world, "kubectl config set-context dev --cluster=far --user=bob")
    assert told == 'Context "dev" created.'
    assert typed(world, "kubectl config set-context dev --namespace=n") == 'Context "dev" modified.'
    assert typed(world, "kubectl config rename-context dev test") == 'Context "dev" renamed to "test".'
    assert typed(world, "kubectl config view -o jsonpath='{.contexts[*].name}'") == "admin@kubernetes test"
    told = typed(world, "kubectl config delete-context test")
    assert told == "deleted context test from /root/.kube/config"
    told = typed(world, "kubectl config delete-cluster far")
    assert told == "deleted cluster far from /root/.kube/config"
    told = typed(world, "kubectl config delete-cluster far")
    assert told == "error: cannot delete cluster far, not in /root/.kube/config"


def test_the_context_that_is_used_says_where_one_goes() -> None:
    world = of_web()
    with_dev(world)
    assert typed(world, "kubectl config use-context dev") == 'Switched to context "dev".'
    told = typed(world, "kubectl get pods")
    assert told == "Unable to connect to the server: dial tcp 192.0.2.1:443: i/o timeout"
    assert "web-" in typed(world, "kubectl --context=admin@kubernetes get pods")
    assert typed(world, "kubectl config set-context dev --cluster=kubernetes") != ""
    assert typed(world, "kubectl get pods") == "error: You must be logged in to the server (Unauthorized)"
    typed(world, "kubectl config set-context dev --user=admin")
    assert typed(world, "kubectl get pods") == "No resources found in team namespace."


def test_without_a_context_nobody_is_found() -> None:
    world = of_web()
    typed(world, "kubectl config unset current-context")
    assert typed(world, "kubectl config current-context") == "error: current-context is not set"
    refused = (
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?"
    )
    assert typed(world, "kubectl get pods") == refused
    assert typed(world, "kubectl config view --minify").startswith("error: current-context must exist")
    assert "web-" in typed(world, "kubectl get pods --context admin@kubernetes")


def test_a_file_of_one_s_own() -> None:
    world = of_web()
    assert typed(world, "kubectl get pods --kubeconfig=none") == "error: stat none: no such file or directory"
    assert "contexts: null" in typed(world, "kubectl config view --kubeconfig=none")
    typed(world, "kubectl config view --raw > own")
    assert "web-" in typed(world, "kubectl --kubeconfig own get pods")
    typed(world, "kubectl --kubeconfig own config set-context --current --namespace=team")
    assert typed(world, "kubectl --kubeconfig own get pods") == "No resources found in team namespace."
    assert "web-" in typed(world, "kubectl get pods")
    typed(world, "sed -i 's/apiVersion: v1/apiVersion: v-1/' own")
    assert typed(world, "kubectl --kubeconfig=own get pods").startswith(
        'error: error loading config file "own": no kind "Config" is registered for version "v-1"'
    )


def test_what_is_shown_of_secrets() -> None:
    world = of_web()
    with_dev(world)
    shown = typed(world, "kubectl config view")
    assert "token: REDACTED" in shown
    assert "certificate-authority-data: DATA+OMITTED" in shown
    raw = typed(world, "kubectl config view --raw --minify --context=dev")
    assert "token: x" in raw
    assert "admin" not in raw
    assert typed(world, "kubectl config view --template='{{range .users}}{{.name}} {{end}}'") == "admin bob "


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("set-cluster a b", "error: Unexpected args: [a b]"),
        ("set-cluster a --certificate-authority=none --embed-certs", "could not stat certificate-authority"),
        (
            "set-credentials a --token=x --username=y",
            "you cannot specify more than one authentication method",
        ),
        ("set-context", "error: you must specify a non-empty context name or --current"),
        ("set-context --current x", "error: you cannot specify both a context name and --current"),
        ("use-context none", 'error: no context exists with the name: "none"'),
        ("rename-context none x", 'error: cannot rename the context "none", it\'s not in /root/.kube/config'),
        ("set foo.bar x", "error: unable to parse foo.bar after [] at api.Config"),
        ("set clusters.kubernetes.insecure-skip-tls-verify maybe", 'strconv.ParseBool: parsing "maybe"'),
        ("set users.admin.client-key-data abc", "error: error decoding input value: illegal base64 data"),
        ("view x", "error: unexpected arguments: [x]"),
        ("view --minify --context=none", "error: cannot locate context none"),
        ("none", 'error: unknown command "none"'),
    ],
)
def test_what_is_wrong_is_told(line: str, told: str) -> None:
    assert told in typed(of_web(), f"kubectl config {line}")


def test_single_values() -> None:
    world = of_web()
    typed(world, "kubectl config set contexts.x.namespace team")
    path = "kubectl config view -o jsonpath='{.contexts[?(@.name==\"x\")].context.namespace}'"
    assert typed(world, path) == "team"
    typed(world, "kubectl config set clusters.kubernetes.certificate-authority-data abc --set-raw-bytes")
    raw = "kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}'"
    assert typed(world, raw) == "YWJj"
    assert typed(world, "kubectl config unset contexts.x") == 'Property "contexts.x" unset.'
    assert typed(world, path) == ""
