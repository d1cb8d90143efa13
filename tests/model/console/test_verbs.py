"""Verbs of kubectl, in the words of each release."""

import pytest

from clustersim import Cluster, default_scenario, seconds
from clustersim.console import Answer, run


def cluster_of(release: str) -> Cluster:
    return Cluster(default_scenario(release))


def do(cluster: Cluster, line: str) -> Answer:
    answer = run(cluster, line)
    for command in answer.commands:
        cluster.apply(command)
    cluster.run_until(cluster.now + seconds(1))
    return answer


WORDS = {
    "v1.7": (
        'deployment "web" created',
        'service "web" exposed',
        'deployment "web" scaled',
        'deployment "web" labeled',
        'deployment "web" annotated',
        'deployment "web" patched',
        'deployment "web" image updated',
        'deployment "web" paused',
        'deployment "web" resumed',
        'deployment "web" autoscaled',
        'service "web" deleted',
    ),
    "v1.36": (
        "deployment.apps/web created",
        "service/web exposed",
        "deployment.apps/web scaled",
        "deployment.apps/web labeled",
        "deployment.apps/web annotated",
        "deployment.apps/web patched",
        "deployment.apps/web image updated",
        "deployment.apps/web paused",
        "deployment.apps/web resumed",
        "horizontalpodautoscaler.autoscaling/web autoscaled",
        'service "web" deleted from default namespace',
    ),
}
LINES = (
    "kubectl create deployment web --image=nginx:1.13",
    "kubectl expose deployment web --port=80",
    "kubectl scale deployment/web --replicas=3",
    "kubectl label deploy web tier=front",
    "kubectl annotate deploy web why=because",
    """kubectl patch deploy web -p '{"spec":{"minReadySeconds":1}}'""",
    "kubectl set image deploy/web nginx=nginx:1.14",
    "kubectl rollout pause deploy/web",
    "kubectl rollout resume deploy/web",
    "kubectl autoscale deploy web --max=5",
    "kubectl delete svc web",
)


@pytest.mark.parametrize("release", list(WORDS))
def test_what_was_done_is_said_in_the_words_of_the_release(release: str) -> None:
    cluster = cluster_of(release)
    assert tuple(do(cluster, line).text for line in LINES) == WORDS[release]
    deployment = cluster.object("deployments", "default/web")
    assert deployment.spec.replicas == 3
    assert deployment.spec.template.spec.containers[0].image == "nginx:1.14"
    assert deployment.metadata.labels["tier"] == "front"


def test_run_makes_what_the_release_makes() -> None:
    assert (
        do(cluster_of("v1.7"), "kubectl run web --image=nginx --replicas=2").text
        == 'deployment "web" created'
    )
    assert do(cluster_of("v1.7"), "kubectl run web --image=x --restart=Never").text == 'pod "web" created'
    assert do(cluster_of("v1.7"), "kubectl run web --image=x --restart=OnFailure").text == 'job "web" created'
    assert do(cluster_of("v1.36"), "kubectl run web --image=nginx").text == "pod/web created"


def test_an_object_is_edited_in_two_steps() -> None:
    cluster = cluster_of("v1.7")
    opened = run(cluster, "kubectl edit rc tomcat")
    assert opened.edit is not None
    assert opened.commands == ()
    changed = opened.edit.replace("replicas: 3", "replicas: 5", 1)
    assert do(cluster, f"kubectl edit rc tomcat\n{changed}").text == 'replicationcontroller "tomcat" edited'
    assert cluster.object("replicationcontrollers", "default/tomcat").spec.replicas == 5
    again = run(cluster, "kubectl edit rc tomcat").edit
    assert run(cluster, f"kubectl edit rc tomcat\n{again}").text == "Edit cancelled, no changes made."
    wrong = run(cluster, f"kubectl edit rc tomcat\n{changed.replace('replicas: 5', 'replicas: -5')}")
    assert not wrong.ok
    assert wrong.edit is not None


def test_commands_of_a_line_see_what_those_before_them_did() -> None:
    cluster = cluster_of("v1.8")
    answer = run(cluster, "kubectl create ns a && kubectl get ns a && kubectl create ns a")
    assert answer.text.splitlines()[0] == 'namespace "a" created'
    assert "Active" in answer.text.splitlines()[2]
    assert "AlreadyExists" in answer.text.splitlines()[3]
    assert len(answer.commands) == 1
    assert run(cluster, "kubectl get pods -o name | wc -l").text == "4"
    names = run(cluster, "kubectl delete $(kubectl get pods -l app=mysql -o name | sed s/pods/pod/)")
    assert names.text.startswith('pod "mysql-')


def test_a_budget_and_the_drain_of_today_are_told() -> None:
    cluster = cluster_of("v1.36")
    printed = do(cluster, "kubectl drain n1 --ignore-daemonsets").text
    assert printed.splitlines()[0] == "node/n1 cordoned"
    assert "evicting pod default/" in printed


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_every_kind_is_listed_and_described(release: str) -> None:
    cluster = cluster_of(release)
    for line in (
        "create cm a --from-literal=x=y",
        "create secret generic a --from-literal=x=y",
        "create ns b",
        "create quota q --hard=pods=10",
        "create sa a",
        "create service clusterip s --tcp=80:8080",
        "create pdb p --selector=a=b --min-available=1",
    ):
        assert do(cluster, f"kubectl {line}").ok, line
    for kind in ("cm", "secret", "ns", "quota", "sa", "svc", "pdb", "ep", "nodes", "pods", "rc", "events"):
        assert run(cluster, f"kubectl get {kind} -o wide").ok
        assert run(cluster, f"kubectl describe {kind}").ok, kind


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_custom_columns_without_headers(release: str) -> None:
    cluster = cluster_of(release)
    line = "kubectl get nodes -o custom-columns=NAME:.metadata.name"
    assert do(cluster, f"{line} --no-headers").text.splitlines() == do(cluster, line).text.splitlines()[1:]


MANIFEST = """
apiVersion: {version}
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: c, image: "nginx:1.13"}}]}}
"""


def test_diff_shows_what_apply_would_change_and_nothing_where_it_would_not() -> None:
    cluster = cluster_of("v1.36")
    do(cluster, "kubectl apply -f -" + MANIFEST.format(version="apps/v1", replicas=2))
    same = do(cluster, "kubectl diff -f -" + MANIFEST.format(version="apps/v1", replicas=2))
    assert (same.ok, same.text) == (True, "")
    other = do(cluster, "kubectl diff -f -" + MANIFEST.format(version="apps/v1", replicas=3))
    changed = [line for line in other.text.splitlines() if line[:1] in "+-" and "last" not in line]
    assert not other.ok
    assert not other.commands
    assert [line for line in changed if "{" not in line][2:] == [
        "-  generation: 1", "+  generation: 2", "-  replicas: 2", "+  replicas: 3",
    ]  # fmt: skip


def test_diff_masks_what_a_secret_holds() -> None:
    cluster = cluster_of("v1.36")
    secret = "\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: %s}\n"
    do(cluster, "kubectl apply -f -" + secret % "YQ==")
    text = do(cluster, "kubectl diff -f -" + secret % "Yg==").text
    assert "-  a: '*** (before)'\n+  a: '*** (after)'" in text.replace('"', "'")


def test_convert_writes_a_manifest_in_another_version() -> None:
    cluster = cluster_of("v1.7")
    line = "kubectl convert --output-version=extensions/v1beta1 -f -"
    text = do(cluster, line + MANIFEST.format(version="apps/v1beta1", replicas=2)).text
    assert text.startswith("apiVersion: extensions/v1beta1\nkind: Deployment\n")
    assert "progressDeadlineSeconds: 600" in text
    assert not do(cluster_of("v1.36"), "kubectl convert -f x").ok


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_a_command_without_its_subcommand_prints_its_help(release: str) -> None:
    answer = do(cluster_of(release), "kubectl rollout")
    assert not answer.ok
    assert "Available Commands:\n  history\n  pause\n" in answer.text
    assert ("restart" in answer.text) == (release == "v1.36")
    unknown = do(cluster_of(release), "kubectl rollout foo").text
    assert unknown.startswith("error: unknown command \"foo\"\nSee 'kubectl rollout -h'")


def test_help_of_a_command_names_its_flags() -> None:
    answer = do(cluster_of("v1.36"), "kubectl get --help")
    assert answer.ok
    assert "    -A, --all-namespaces=false" in answer.text
    assert "--all=" not in answer.text


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_get_and_describe_have_no_flag_all(release: str) -> None:
    for verb in ("get", "describe"):
        assert "unknown flag: --all" in do(cluster_of(release), f"kubectl {verb} pods --all").text


def test_events_come_as_they_are_stored_today_and_by_their_last_time_before() -> None:
    today = do(cluster_of("v1.36"), "kubectl get events -o custom-columns=N:.metadata.name --no-headers")
    table = do(cluster_of("v1.36"), "kubectl get events --no-headers").text.splitlines()
    names = today.text.split()
    assert names == sorted(names)
    assert len(table) == len(names)
    first = do(cluster_of("v1.36"), "kubectl get events").text.splitlines()[1].split()[3]
    assert first == "pod/" + names[0].rpartition(".")[0]


CLAIMS = """
apiVersion: {version}
kind: StatefulSet
metadata: {{name: db}}
spec:
  serviceName: db
  selector: {{matchLabels: {{app: db}}}}
  template:
    metadata: {{labels: {{app: db}}}}
    spec: {{containers: [{{name: c, image: "mysql:5.7"}}]}}
  volumeClaimTemplates:
  - metadata: {{name: data, annotations: {{a: b}}}}
    spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
"""


@pytest.mark.parametrize(("release", "version"), [("v1.7", "apps/v1beta1"), ("v1.36", "apps/v1")])
def test_a_stateful_set_with_claims_applies_again_as_it_was_printed(release: str, version: str) -> None:
    cluster = cluster_of(release)
    do(cluster, "kubectl apply -f -" + CLAIMS.format(version=version))
    printed = do(cluster, "kubectl get statefulset db -o yaml").text
    assert "    status:\n      phase: Pending\n" in printed
    assert ("  - apiVersion: v1\n    kind: PersistentVolumeClaim\n" in printed) == (release == "v1.36")
    assert do(cluster, f"kubectl apply -f -\n{printed}").text.endswith("configured")
    assert cluster.objects("statefulsets")["default/db"].metadata.generation == 1


KEPT = {
    "v1.36": (
        "\napiVersion: storage.k8s.io/v1\nkind: VolumeAttributesClass\nmetadata: {name: a}\n"
        "driverName: b.example\nparameters: {iops: '5'}\n",
        "volumeattributesclass.storage.k8s.io/a",
    ),
    "v1.8": (
        "\napiVersion: extensions/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: a}\n"
        "spec: {privileged: false, volumes: ['*']}\n",
        'podsecuritypolicy "a"',
    ),
}


@pytest.mark.parametrize("release", KEPT)
def test_a_kind_that_nothing_acts_on_is_kept_and_said_to_be(release: str) -> None:
    cluster = cluster_of(release)
    manifest, named = KEPT[release]
    answer = do(cluster, "kubectl apply -f -" + manifest)
    assert answer.text == f"{named} created"
    assert answer.note is not None
    assert answer.note.text("en").startswith("Kept, but without effect in this model")
    assert do(cluster, "kubectl apply -f -" + manifest).text == f"{named} unchanged"


def test_what_is_no_object_is_told_by_all_it_lacks_today_and_by_the_first_before() -> None:
    for release, told in (("v1.36", "[apiVersion not set, kind not set]"), ("v1.7", "apiVersion not set")):
        text = do(cluster_of(release), "kubectl apply -f -\na: b\n").text
        assert f"error validating data: {told}; if you choose" in text


def test_a_template_that_was_not_filled_in_is_refused_as_go_says_it() -> None:
    manifest = "\nkind: Service\napiVersion: v1\nmetadata:\n  name: {{cell}}\n"
    assert do(cluster_of("v1.7"), "kubectl create -f -" + manifest).text == (
        "error: error parsing STDIN: error converting YAML to JSON: yaml: invalid map key: "
        'map[interface {}]interface {}{"cell":interface {}(nil)}'
    )


def test_what_is_deprecated_is_warned_of_beside_the_output() -> None:
    cluster = cluster_of("v1.36")
    lines = run(cluster, "kubectl get endpoints,cs,svc -o name; kubectl get ep | wc -l").text.splitlines()
    warning = "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
    assert lines[:2] == [warning, "Warning: v1 ComponentStatus is deprecated in v1.19+"]
    assert lines[-2] == warning
    assert lines[-1].isdecimal()
    assert warning not in run(cluster, "echo $(kubectl get ep -o name)").text.splitlines()[-1]
    assert "deprecated" not in run(cluster_of("v1.8"), "kubectl get ep,cs").text


POD = """apiVersion: v1
kind: Pod
metadata: {name: sized}
spec:
  containers:
  - name: web
    image: nginx:1.27
    resources: {requests: {cpu: 100m}}
"""


def test_a_pod_gets_another_size_by_patch_and_edit() -> None:
    cluster = cluster_of("v1.36")
    assert do(cluster, f"kubectl apply -f -\n{POD}").text == "pod/sized created"
    cluster.run_until(cluster.now + seconds(10))
    body = '{"spec":{"containers":[{"name":"web","resources":{"requests":{"cpu":"200m"}}}]}}'
    patched = do(cluster, f"kubectl patch pod sized --subresource=resize -p '{body}'")
    assert patched.text == "pod/sized patched"
    opened = run(cluster, "kubectl edit pod sized --subresource=resize").edit
    assert opened is not None
    bigger = opened.replace("cpu: 200m", "cpu: 300m")
    edited = do(cluster, f"kubectl edit pod sized --subresource=resize\n{bigger}")
    assert edited.text == "pod/sized edited"
    cluster.run_until(cluster.now + seconds(10))
    asked = run(cluster, "kubectl get pod sized -o jsonpath={.status.containerStatuses[0].resources}")
    assert asked.text == '{"requests":{"cpu":"300m"}}'
    refused = run(cluster, f"kubectl patch pod sized --subresource=size -p '{body}'")
    assert refused.text == "Error from server (NotFound): the server could not find the requested resource"


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_options_are_the_flags_of_every_command(release: str) -> None:
    told = run(Cluster(default_scenario(release)), "kubectl options").text
    head, empty_line, *flags = told.splitlines()
    assert (head, empty_line) == ("The following options can be passed to any command:", "")
    assert "    -n, --namespace=" in flags
    assert "        --request-timeout=" in flags
