"""What people type at kubectl, from its own help and the tasks of kubernetes.io, and what it prints."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, typed


@pytest.fixture
def cluster() -> Cluster:
    cluster = cluster_of("release: v1.36\nnodes: 2\nobjects: []\n")
    at(cluster, "10s")
    return cluster


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_binding_names_a_user(release: str) -> None:
    """kubectl create rolebinding -h: --user is the subject here, not an entry of the kubeconfig."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl create role reader --verb=get --resource=pods")
    told = typed(cluster, "kubectl create rolebinding read --role=reader --user=jane --group=devs")
    assert "created" in told
    names = typed(cluster, "kubectl get rolebinding read -o jsonpath={.subjects[*].name}")
    assert names == "jane devs"
    assert 'auth info "jane" does not exist' in typed(cluster, "kubectl get pods --user=jane")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("list pods --as=jane", "yes"),
        ("delete pods --as=jane", "no"),
        ("list pods --as=jane -n kube-system", "no"),
        ("list deployments --as=bob --as-group=devs", "yes"),
        ("get secrets --as=bob --as-group=devs", "no"),
        ("create deployments --as=system:serviceaccount:default:robot", "yes"),
        ("create roles --as=system:serviceaccount:default:robot", "no"),
        ("'*' '*' --as=root --as-group=system:masters", "yes"),
        ("delete nodes", "Warning: resource 'nodes' is not namespace scoped\n\nyes"),
        ("create pods --subresource=eviction --as=system:serviceaccount:default:robot", "yes"),
        ("get /healthz --as=jane", "yes"),
        ("get /metrics --as=jane", "no"),
        ("get /metrics --as=jane --as-group=system:monitoring", "yes"),
        ("watch leases --as=system:kube-scheduler -n kube-system", "yes"),
        ("eat pods --as=jane", "Warning: verb 'eat' is not a known verb\n\nno"),
        ("get pods --as=tim", 'no - RBAC: clusterrole.rbac.authorization.k8s.io "nosuch" not found'),
    ],
)
def test_can_i_looks_at_roles_and_bindings(cluster: Cluster, question: str, answer: str) -> None:
    """kubernetes.io, "Using RBAC Authorization"; kubectl auth can-i -h."""
    typed(cluster, "kubectl create role reader --verb=get,list --resource=pods")
    typed(cluster, "kubectl create rolebinding read --role=reader --user=jane")
    typed(cluster, "kubectl create clusterrolebinding view --clusterrole=view --group=devs")
    typed(cluster, "kubectl create rolebinding robot --clusterrole=edit --serviceaccount=default:robot")
    typed(cluster, "kubectl create rolebinding lost --clusterrole=nosuch --user=tim")
    code = 0 if answer.endswith("yes") else 1
    told = typed(cluster, f"kubectl auth can-i {question}; echo $?")
    assert told.startswith(f"{answer}\n{code}")


def test_can_i_lists_what_one_may_do(cluster: Cluster) -> None:
    typed(cluster, "kubectl create role reader --verb=get,list --resource=pods")
    typed(cluster, "kubectl create rolebinding read --role=reader --user=jane")
    head, *rows = typed(cluster, "kubectl auth can-i --list --as=jane").splitlines()
    assert head.split() == ["Resources", "Non-Resource", "URLs", "Resource", "Names", "Verbs"]
    assert rows[0].split() == ["selfsubjectreviews.authentication.k8s.io", "[]", "[]", "[create]"]
    assert rows[3].split() == ["pods", "[]", "[]", "[get", "list]"]
    assert rows[-1].split() == ["[/version]", "[]", "[get]"]
    assert "*.*" in typed(cluster, "kubectl auth can-i --list")


@pytest.mark.parametrize(
    ("release", "number", "binding"),
    [("v1.7", 39, "system:node"), ("v1.8", 41, "system:basic-user"), ("v1.36", 69, "system:monitoring")],
)
def test_a_server_has_its_roles_from_the_beginning(release: str, number: int, binding: str) -> None:
    """plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata of each release."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    assert len(typed(cluster, "kubectl get clusterroles -o name").splitlines()) == number
    assert binding in typed(cluster, "kubectl get clusterrolebindings -o name")
    locks = typed(cluster, "kubectl get role -n kube-system -o name")
    assert "extension-apiserver-authentication-reader" in locks
    node = "--as=system:node:n1 --as-group=system:nodes"
    told = typed(cluster, f"kubectl auth can-i create pods/eviction {node}")
    assert told.startswith("no" if release == "v1.8" else "yes")


def test_whoami_tells_in_whose_name_one_asks(cluster: Cluster) -> None:
    assert "Groups      [devs system:authenticated]" in typed(
        cluster, "kubectl auth whoami --as=jane --as-group=devs"
    )


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_pod_that_is_run_can_be_overridden(release: str) -> None:
    """kubectl run -h: --overrides."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    line = """kubectl run a --image=nginx --restart=Never --overrides='{"spec":{"hostNetwork":true}}'"""
    assert "created" in typed(cluster, line)
    assert typed(cluster, "kubectl get pod a -o jsonpath={.spec.hostNetwork}") == "true"


def test_overrides_replace_lists_unless_they_are_strategic(cluster: Cluster) -> None:
    patch = """'{"spec":{"containers":[{"name":"a","resources":{"limits":{"cpu":"1"}}}]}}'"""
    dry = "--dry-run=client -o jsonpath={.spec.containers[0].image}"
    assert typed(cluster, f"kubectl run a --image=nginx {dry} --overrides={patch}") == ""
    strategic = f"kubectl run a --image=nginx {dry} --override-type=strategic --overrides={patch}"
    assert typed(cluster, strategic) == "nginx"


def test_a_kind_alone_restarts_all_of_it(cluster: Cluster) -> None:
    """kubectl rollout restart -h: "Restart all deployments in the test-namespace namespace"."""
    typed(cluster, "kubectl create deploy a --image=nginx; kubectl create deploy b --image=nginx")
    assert typed(cluster, "kubectl rollout restart deploy") == (
        "deployment.apps/a restarted\ndeployment.apps/b restarted"
    )
    assert typed(cluster, "kubectl rollout restart ds") == "No resources found in default namespace."


def test_paths_are_printed_as_json(cluster: Cluster) -> None:
    printed = typed(cluster, "kubectl get nodes -o jsonpath-as-json='{.items[*].metadata.name}'")
    assert printed == '[\n    "n1",\n    "n2"\n]'


def test_a_secret_is_decoded_behind_a_pipe(cluster: Cluster) -> None:
    """kubernetes.io, "Managing Secrets using kubectl"."""
    typed(cluster, "kubectl create secret generic s --from-literal=password=opensesame")
    assert (
        typed(cluster, "kubectl get secret s -o jsonpath={.data.password} | base64 --decode") == "opensesame"
    )


@pytest.mark.parametrize(
    ("script", "lines"),
    [("2,/four/p", [2, 3, 4]), ("/two/,/three/p", [2, 3]), ("/four/,$p", [4, 5]), ("/two/,3p", [2, 3])],
)
def test_sed_prints_from_one_line_to_another(cluster: Cluster, script: str, lines: list[int]) -> None:
    words = ["one", "two", "three", "four", "five"]
    text = " ".join(words)
    printed = typed(cluster, f"echo {text} | tr ' ' '\\n' | sed -n '{script}'")
    assert printed.split() == [words[index - 1] for index in lines]


def test_a_message_of_several_lines_ends_with_its_text(cluster: Cluster) -> None:
    """k8s.io/kubectl pkg/describe DescribeEvents trims messages."""
    manifest = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: nginx, "
        "livenessProbe: {exec: {command: [cat, /tmp/none]}, periodSeconds: 2}}]}\n"
    )
    typed(cluster, f"kubectl apply -f -\n{manifest}")
    at(cluster, "30s")
    assert "" not in typed(cluster, "kubectl describe pod a | sed -n '/Events/,$p'").splitlines()


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_an_old_drain_is_of_one_node_and_says_why_it_stops(release: str) -> None:
    """kk#37592; several nodes, and a list of those that are left, came with v1.9 (kk#52917)."""
    cluster = cluster_of(f"release: {release}\nnodes: 2\nobjects: [{{kind: Pod, name: p, node_name: n1}}]")
    usage = "error: USAGE: {0} NODE [flags]\nSee 'kubectl {0} -h' for help and examples."
    for verb in ("drain", "cordon", "uncordon"):
        assert typed(cluster, f"kubectl {verb} n1 n2") == usage.format(verb)
    assert typed(cluster, "kubectl drain n1") == (
        'node "n1" cordoned\nerror: pods not managed by ReplicationController, ReplicaSet, Job, DaemonSet or '
        "StatefulSet (use --force to override): p"
    )
    assert "unknown flag: --selector" in typed(cluster, "kubectl drain --selector=a=b")


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_what_is_not_there_sorts_nothing(release: str) -> None:
    told = typed(cluster_of(f"release: {release}\nnodes: 1"), "kubectl get pods --sort-by=.metadata.nope")
    old = 'error: couldn\'t find any field with path "{.metadata.nope}" in the list of objects'
    assert told == (old if release == "v1.7" else "No resources found in default namespace.")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("kubectl config --kubeconfig=demo set-cluster dev --server=https://1.2.3.4", 'Cluster "dev" set.'),
        ("kubectl config --kubeconfig demo view -o jsonpath={.kind}", "Config"),
        ("kubectl create -n default quota q --hard=pods=1 --dry-run=client -o name", "resourcequota/q"),
        ("kubectl create --dry-run=client deployment x --image=nginx -o name", "deployment.apps/x"),
    ],
)
def test_flags_may_stand_before_a_subcommand(cluster: Cluster, line: str, told: str) -> None:
    """tasks/access-application-cluster/configure-access-multiple-clusters"""
    assert typed(cluster, line) == told


def test_more_lines_than_there_are_may_be_asked_for(cluster: Cluster) -> None:
    """concepts/configuration/manage-resources-containers: grep -A 9999999999 Events"""
    assert len(typed(cluster, "kubectl get nodes | grep -A 9999999999 n1").splitlines()) == 2


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_who_asks_in_anothers_name_may_do_what_the_roles_of_the_other_say(release: str) -> None:
    """kubernetes.io, "Using RBAC Authorization": `--as` tries a binding out."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    what = {"v1.36": 'resource "{0}" in API group ""'}.get(release, "{0}")
    named = "" if release == "v1.7" else "pods is forbidden: "
    refused = f'{named}User "jane" cannot list {what.format("pods")} in the namespace "default"'
    assert typed(cluster, "kubectl get pods --as=jane").startswith(
        f"Error from server (Forbidden): {refused}"
    )
    typed(cluster, "kubectl create clusterrolebinding look --clusterrole=view --group=devs")
    assert typed(cluster, "kubectl get pods --as jane --as-group devs").startswith("No resources found")
    told = typed(cluster, "kubectl delete pod x --as=jane --as-group=devs")
    assert f"cannot delete {what.format('pods')}" in told
    told = typed(cluster, "kubectl create configmap c --as=jane --as-group=devs")
    assert f"cannot create {what.format('configmaps')}" in told
    assert "c" not in typed(cluster, "kubectl get configmaps -o name").replace("kube-root-ca.crt", "").split(
        "/"
    )
    assert typed(cluster, "kubectl get nodes --as=root --as-group=system:masters").startswith("NAME")
    told = typed(cluster, "kubectl get --raw /logs/ --as=jane")
    assert told.startswith("Error from server (Forbidden): ")
    assert 'User "jane" cannot get path "/logs/"' in told
    assert typed(cluster, "kubectl get --raw /healthz --as=jane") == "ok"


def test_a_token_lets_its_service_account_do_what_its_roles_say(cluster: Cluster) -> None:
    """kubernetes.io, "Configure Service Accounts for Pods"."""
    typed(cluster, "kubectl create serviceaccount robot")
    with_token = "kubectl --token=$(kubectl create token robot)"
    user = "system:serviceaccount:default:robot"
    told = typed(cluster, f"{with_token} get pods")
    assert f'User "{user}" cannot list resource "pods"' in told
    typed(cluster, "kubectl create rolebinding look --clusterrole=view --serviceaccount=default:robot")
    assert typed(cluster, f"{with_token} get pods").startswith("No resources found")
    assert f"Username    {user}" in typed(cluster, f"{with_token} auth whoami")
    told = typed(cluster, f"{with_token} get pods --as=jane")
    assert 'users "jane" is forbidden' in told
    assert "must be logged in" in typed(cluster, "kubectl --token=x get pods")
    typed(cluster, "kubectl config set-credentials robot --token=$(kubectl create token robot)")
    assert "cannot list" in typed(cluster, "kubectl --user=robot get secrets")


def test_nobody_gives_away_what_they_may_not_do(cluster: Cluster) -> None:
    """kubernetes.io, "Using RBAC Authorization", privilege escalation prevention."""
    typed(cluster, "kubectl create rolebinding own --clusterrole=admin --user=jane")
    told = typed(cluster, "kubectl create rolebinding more --clusterrole=cluster-admin --user=jane --as=jane")
    assert told.splitlines()[-2:] == [
        '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}',
        '{NonResourceURLs:["*"], Verbs:["*"]}',
    ]
    told = typed(cluster, "kubectl create role r --verb=get,list --resource=nodes --as=jane")
    assert told.endswith(
        'roles.rbac.authorization.k8s.io "r" is forbidden: user "jane" (groups=["system:authenticated"]) is '
        "attempting to grant RBAC permissions not currently held:\n"
        '{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}'
    )
    assert "created" in typed(
        cluster, "kubectl create rolebinding less --clusterrole=view --user=bob --as=jane"
    )
    typed(cluster, "kubectl create clusterrole binder --verb=bind --resource=clusterroles")
    typed(cluster, "kubectl create clusterrolebinding binder --clusterrole=binder --user=jane")
    told = typed(cluster, "kubectl create rolebinding more --clusterrole=cluster-admin --user=jane --as=jane")
    assert "created" in told


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("get nodes", "no - node 'n1' cannot read all nodes, only its own Node object"),
        ("get nodes/n1", "yes"),
        ("get nodes/n2", "no - node 'n1' cannot read 'n2', only its own Node object"),
        ("list pods", "no - can only list/watch pods with spec.nodeName field selector"),
        ("create pods --subresource=eviction", "yes"),
        ("get secrets/wanted", "yes"),
        ("get secrets/other", "no - no relationship found between node 'n1' and this object"),
        ("get configmaps/kube-root-ca.crt", "yes"),
        ("update leases/n1 -n kube-node-lease", "yes"),
        ("update leases/n1", 'no - can only access leases in the "kube-node-lease" system namespace'),
        ("list services", "yes"),
        ("delete services", "no"),
    ],
)
def test_a_node_may_do_what_is_its_own(cluster: Cluster, question: str, answer: str) -> None:
    """v1.36 plugin/pkg/auth/authorizer/node."""
    env = '{"name":"A","valueFrom":{"secretKeyRef":{"name":"wanted","key":"a"}}}'
    spec = f'{{"spec":{{"nodeName":"n1","containers":[{{"name":"p","image":"x","env":[{env}]}}]}}}}'
    typed(cluster, f"kubectl run p --image=x --overrides='{spec}'")
    told = typed(cluster, f"kubectl auth can-i {question} --as=system:node:n1 --as-group=system:nodes")
    assert told.splitlines()[-1] == answer
