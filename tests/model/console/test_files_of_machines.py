"""Files of machines: those that somebody writes, static pods above all, and those of containers' logs."""

import json

import pytest

from clustersim import Cluster, seconds
from tests.model.reports.typed import ALL, at, cluster_of, typed

MANIFESTS = "/etc/kubernetes/manifests"
WEB = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx:1.13
"""


def two_nodes(release: str = "v1.8") -> Cluster:
    return cluster_of(f"release: {release}\nnodes: 2\nobjects: []\n")


def pods(cluster: Cluster) -> str:
    return typed(cluster, "kubectl get pods -o jsonpath='{.items[*].metadata.name}'")


def image(cluster: Cluster) -> str:
    return typed(cluster, "kubectl get pod web-n1 -o jsonpath='{.spec.containers[0].image}'")


@ALL
def test_a_static_pod_is_written_changed_moved_and_removed(release: str) -> None:
    cluster = two_nodes(release)
    assert typed(cluster, f"ls {MANIFESTS}", "n1") == ""
    typed(cluster, f"cat > {MANIFESTS}/static.yaml <<EOF\n{WEB}EOF", "n1")
    assert typed(cluster, f"ls {MANIFESTS}", "n1") == "static.yaml"
    assert typed(cluster, f"cat {MANIFESTS}/static.yaml", "n1") == WEB.strip()
    at(cluster, "20s")
    assert (pods(cluster), image(cluster)) == ("web-n1", "nginx:1.13")
    typed(cluster, f"sed -i 's/nginx:1.13/nginx:1.14/' {MANIFESTS}/static.yaml", "n1")
    at(cluster, "80s")
    assert image(cluster) == "nginx:1.14"
    typed(cluster, f"mv {MANIFESTS}/static.yaml /tmp/", "n1")
    assert typed(cluster, f"ls {MANIFESTS}; ls /tmp", "n1") == "static.yaml"
    at(cluster, "140s")
    assert pods(cluster) == ""
    typed(cluster, f"mv /tmp/static.yaml {MANIFESTS}", "n1")
    at(cluster, "160s")
    assert pods(cluster) == "web-n1"
    typed(cluster, f"rm {MANIFESTS}/static.yaml", "n1")
    at(cluster, "220s")
    assert pods(cluster) == ""


def test_what_kubectl_prints_becomes_a_static_pod_of_another_machine() -> None:
    cluster = two_nodes("v1.36")
    line = f"kubectl run tmp --image=nginx --dry-run=client -o yaml | ssh n2 'cat > {MANIFESTS}/t.yaml'"
    typed(cluster, line)
    at(cluster, "20s")
    assert pods(cluster) == "tmp-n2"


def test_a_kubelet_takes_no_pod_from_what_is_none() -> None:
    cluster = two_nodes()
    told = typed(cluster, f"vi {MANIFESTS}/x.yaml\nkind: Service\napiVersion: v1", "n1")
    assert "takes no pod from this file" in told
    assert typed(cluster, f"ls {MANIFESTS}", "n1") == "x.yaml"
    typed(cluster, f"cat > {MANIFESTS}/.hidden.yaml <<EOF\n{WEB}EOF", "n1")
    at(cluster, "20s")
    assert pods(cluster) == ""


def test_a_manifest_that_was_put_by_a_click_is_read_and_removed() -> None:
    cluster = two_nodes()
    typed(cluster, f"cat > {MANIFESTS}/web.yaml <<EOF\n{WEB}EOF", "n1")
    for name in [name for name in cluster.kubectl.files.kept if "web.yaml" in name]:
        cluster.kubectl.files.keep(name, None)
    assert "name: web" in typed(cluster, f"cat {MANIFESTS}/web.yaml", "n1")
    typed(cluster, f"rm {MANIFESTS}/web.yaml", "n1")
    assert typed(cluster, f"ls {MANIFESTS}", "n1") == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("echo a > x; echo b >> x; cat x", "a\nb"),
        ("echo a | tee x; cat x", "a\na"),
        ("echo a > x; cp x y; mv y z; ls", "x\nz"),
        ("echo a > x; rm x; ls", ""),
        ("echo a > /tmp/d/x; rm /tmp/d", "rm: cannot remove '/tmp/d': Is a directory"),
        ("echo a > /tmp/d/x; rm -r /tmp/d; ls /tmp", ""),
        ("for i in 1 2; do echo $i >> x; done; wc -l < x", "2"),
        ("echo a > x; wc -l x", "1 x"),
        ("echo one two > x; awk '{print $2}' x", "two"),
        ("cat nope", "cat: nope: No such file or directory"),
        ("ls /nope", "ls: cannot access '/nope': No such file or directory"),
        ("rm nope", "rm: cannot remove 'nope': No such file or directory"),
        ("cp nope x", "cp: cannot stat 'nope': No such file or directory"),
        ("mv x", "mv: missing destination file operand after 'x'"),
        ("echo x > /etc/hostname; cat /etc/hostname", "n1"),
    ],
)
def test_files_of_a_machine_are_written_as_in_any_shell(line: str, told: str) -> None:
    cluster = two_nodes()
    text = typed(cluster, line, "n1")
    assert told in text if told else not text
    assert "machines" not in typed(cluster, "ls"), "the workstation shows none of them"


@ALL
def test_logs_of_containers_are_where_their_runtime_puts_them(release: str) -> None:
    cluster = two_nodes(release)
    typed(cluster, "kubectl run talk --image=busybox --restart=Never -- sh -c 'echo hello; sleep 1000'")
    cluster.run_until(seconds(20))
    node = typed(cluster, "kubectl get pod talk -o jsonpath='{.spec.nodeName}'")
    [name] = [one for one in typed(cluster, "ls /var/log/containers", node).split() if "talk" in one]
    assert name.startswith("talk_default_talk-")
    line = typed(cluster, f"tail -n 1 /var/log/containers/{name}", node)
    [folder] = typed(cluster, "ls /var/log/pods", node).split()
    uid = typed(cluster, "kubectl get pod talk -o jsonpath='{.metadata.uid}'")
    if release == "v1.36":
        assert (folder, line.split()[1:]) == (f"default_talk_{uid}", ["stdout", "F", "hello"])
        assert typed(cluster, f"cat /var/log/pods/{folder}/talk/0.log", node) == line
    else:
        assert (folder, json.loads(line)["log"]) == (uid, "hello\n")
        assert typed(cluster, f"cat /var/log/pods/{folder}/talk_0.log", node) == line


@ALL
def test_a_kubelet_of_docker_s_years_has_no_file_of_settings(release: str) -> None:
    told = typed(two_nodes(release), "cat /var/lib/kubelet/config.yaml", "n1")
    assert ("kind: KubeletConfiguration" in told) is (release == "v1.36")
