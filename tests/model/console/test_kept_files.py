"""Files on the workstation: written, read, changed and copied as in a shell, and part of the run."""

import pytest

from clustersim import Cluster, Command, CommandError, default_scenario, seconds
from clustersim.bounds import MOST_KEPT_FILES, MOST_OF_KEPT_FILE
from clustersim.console import Answer, run
from clustersim.releases import RELEASES

POD = """cat <<EOF > pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: mine}
spec:
  nodeName: n1
  containers:
  - {name: c, image: nginx}
EOF
"""


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario("v1.36"))


def typed(cluster: Cluster, line: str) -> Answer:
    """What a line answers, once it is done."""
    answer = run(cluster, line)
    for command in answer.commands:
        cluster.apply(command)
    return answer


@pytest.mark.parametrize("release", RELEASES)
def test_a_manifest_that_is_written_can_be_applied_later(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    typed(cluster, POD)
    assert typed(cluster, "kubectl apply -f pod.yaml").ok
    assert "mine" in run(cluster, "kubectl get pods").text


def test_later_commands_of_a_line_see_the_file(cluster: Cluster) -> None:
    assert typed(cluster, POD + "kubectl create -f pod.yaml").text == "pod/mine created"


def test_what_is_exported_changed_and_applied_changes_the_object(cluster: Cluster) -> None:
    typed(cluster, "kubectl get rc tomcat -o yaml > rc.yaml")
    typed(cluster, "sed -i 's/replicas: 3/replicas: 5/' rc.yaml && kubectl replace -f rc.yaml")
    assert cluster.object("replicationcontrollers", "default/tomcat").spec.replicas == 5


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("kubectl get pods > /dev/null", ""),
        ("kubectl get podz > /dev/null", 'error: the server doesn\'t have a resource type "podz"'),
        ("kubectl get podz 2>/dev/null", ""),
        ("kubectl get podz &> /dev/null; echo $?", "1"),
        ("kubectl get podz > said 2>&1; cat said", 'error: the server doesn\'t have a resource type "podz"'),
        ("echo one > a; echo two >> a; cat a", "one\ntwo"),
        ("echo one > a; echo two > a; cat a", "two"),
        ("echo b > 'my file'; cat 'my file'", "b"),
        ("echo a '>' b", "a > b"),
        ("kubectl get nodes -o name | tee n | wc -l; tail -1 n", "3\nnode/n3"),
        ("echo hello > a; grep -c l < a", "1"),
        ("cat <<< hello", "hello"),
        (
            "echo 1 > d/a; echo 2 > d/b; ls d; rm -r d; ls d",
            "a\nb\nls: cannot access 'd': No such file or directory",
        ),
        ("echo a > a; rm a; cat a", "cat: a: No such file or directory"),
        ("echo a > a; cp a b; cat a b", "a\na"),
        ("echo a > a; echo b > d/b; mv a d; ls d; cat a", "a\nb\ncat: a: No such file or directory"),
        ("echo b > d/b; [ -d d ] && echo folder", "folder"),
        ("rm -r .", "rm: refusing to remove '.' or '..' directory: skipping '.'"),
        ("rm", "rm: missing operand\nTry 'rm --help' for more information."),
        ("cat nothing", "cat: nothing: No such file or directory"),
        ("kubectl get pods >", "-bash: syntax error near unexpected token `newline'"),
        (
            "rm -rf /",
            "rm: it is dangerous to operate recursively on '/'\n"
            "rm: use --no-preserve-root to override this failsafe",
        ),
    ],
)
def test_lines_write_and_read_as_a_shell_does(cluster: Cluster, line: str, shown: str) -> None:
    assert typed(cluster, line).text == shown


def test_an_editor_shows_a_file_and_keeps_what_was_made_of_it(cluster: Cluster) -> None:
    typed(cluster, "echo 'kind: Pod' > a.yaml")
    assert run(cluster, "vi a.yaml").edit == "kind: Pod\n"
    typed(cluster, "vi a.yaml\nkind: Node")
    assert run(cluster, "cat a.yaml").text == "kind: Node"


def test_files_are_copied_into_a_container_and_out_of_it(cluster: Cluster) -> None:
    typed(cluster, POD + "kubectl apply -f pod.yaml")
    cluster.run_until(seconds(20))
    typed(cluster, "kubectl cp pod.yaml mine:/tmp/there.yaml")
    assert "kind: Pod" in run(cluster, "kubectl exec mine -- cat /tmp/there.yaml").text
    typed(cluster, "kubectl cp mine:/etc/hostname name")
    assert run(cluster, "cat name").text == "mine"
    assert (
        run(cluster, "kubectl cp nothing mine:/tmp").text
        == "error: nothing doesn't exist in local filesystem"
    )
    assert not run(cluster, "kubectl cp mine:/tmp/nothing here").ok


def test_looking_at_files_changes_nothing(cluster: Cluster) -> None:
    before = cluster.state_hash()
    for line in ("ls", "cat nothing", "kubectl get pods > /dev/null"):
        typed(cluster, line)
    assert cluster.state_hash() == before


def test_a_node_keeps_its_own_files(cluster: Cluster) -> None:
    for command in run(cluster, "hostname > list", "n1").commands:
        cluster.apply(command)
    assert run(cluster, "cat list", "n1").text == "n1"
    assert not run(cluster, "cat list").ok
    assert not run(cluster, "cat list", "n2").ok


def test_more_than_the_workstation_holds_is_refused(cluster: Cluster) -> None:
    with pytest.raises(CommandError, match="the workstation keeps"):
        cluster.apply(Command("save-file", "large", {"text": "x" * (MOST_OF_KEPT_FILE + 1)}))
    for number in range(MOST_KEPT_FILES):
        cluster.apply(Command("save-file", f"f{number}", {"text": ""}))
    with pytest.raises(CommandError, match="the workstation keeps"):
        cluster.apply(Command("save-file", "one more", {"text": ""}))
    assert not run(cluster, "echo a > again").ok
    assert typed(cluster, "echo a > f1; cat f1").text == "a"


@pytest.mark.parametrize("release", RELEASES)
def test_the_namespace_of_the_context_is_meant_where_a_line_names_none(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    pods = typed(cluster, "kubectl get pods --no-headers").text
    assert "No resources" in typed(cluster, "kubectl config get-contexts; kubectl get rc -n away").text
    name = "admin@kubernetes" if release != "v1.36" else "--current"
    told = typed(cluster, f"kubectl config set-context {name} --namespace=away").text
    assert told == 'Context "admin@kubernetes" modified.'
    assert "away" in typed(cluster, "kubectl config get-contexts").text
    assert "namespace: away" in typed(cluster, "cat ~/.kube/config").text
    assert "No resources" in typed(cluster, "kubectl get pods").text
    assert typed(cluster, "kubectl get pods --no-headers -n default").text == pods
    typed(cluster, "kubectl create ns away")
    typed(cluster, "kubectl create configmap here --from-literal=a=b")
    assert "here" in typed(cluster, "kubectl get cm -n away").text
    both = "kubectl create -f -\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: there, namespace: default}"
    assert "created" in typed(cluster, both).text
    typed(cluster, "kubectl config set-context admin@kubernetes --namespace=default")
    assert typed(cluster, "kubectl get pods --no-headers").text == pods


def test_a_context_needs_a_name() -> None:
    cluster = Cluster(default_scenario("v1.36"))
    assert typed(cluster, "kubectl config set-context").text.startswith("error: you must specify")


@pytest.mark.parametrize(
    ("text", "output", "printed"),
    [
        ("{.items[*].metadata.name}", "jsonpath-file=t", "n1 n2 n3"),
        ("{{range .items}}{{.metadata.name}};{{end}}", "go-template-file=t", "n1;n2;n3;"),
        ("{{range .items}}{{.metadata.name}};{{end}}", "templatefile=~/t", "n1;n2;n3;"),
        (
            "N  K\n.metadata.name  .kind",
            "custom-columns-file=t --no-headers",
            "n1    Node\nn2    Node\nn3    Node",
        ),
    ],
)
def test_a_template_may_be_in_a_file(cluster: Cluster, text: str, output: str, printed: str) -> None:
    typed(cluster, f"cat > t <<'EOF'\n{text}\nEOF")
    assert typed(cluster, f"kubectl get nodes -o {output}").text.strip() == printed


def test_a_template_in_a_file_that_is_not_there(cluster: Cluster) -> None:
    told = typed(cluster, "kubectl get nodes -o jsonpath-file=no").text
    assert told == "error: error reading --template no, open no: no such file or directory"
