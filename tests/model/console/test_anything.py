"""Whatever is typed, at whatever place, is answered; nothing is raised and nothing of the run changes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustersim import Cluster, default_scenario
from clustersim.console import complete, run
from clustersim.console.kubectl.commands import COMMANDS

RELEASES = ("v1.7", "v1.8", "v1.36")
CLUSTERS = {release: Cluster(default_scenario(release)) for release in RELEASES}
WORDS = (
    "pods",
    "po",
    "rc/tomcat",
    "svc",
    "svc/tomcat",
    "nodes",
    "n1",
    "node/n1",
    "deploy",
    "all",
    "ns",
    "events",
    "cs",
    "tomcat",
    "mysql",
    "nope",
    "a=b",
    "a-",
    "a=b:NoSchedule",
    "a:NoExecute-",
    "tomcat=tomcat:9",
    "*=x",
    "generic",
    "clusterip",
    "view",
    "can-i",
    "get",
    "--all",
    "-l",
    "app=tomcat",
    "app in (tomcat,x)",
    "!app",
    "-o",
    "yaml",
    "json",
    "wide",
    "name",
    "jsonpath={.items[*].metadata.name}",
    "jsonpath={.x[",
    "go-template={{.kind}}",
    "custom-columns=A:.metadata.name",
    "custom-columns=A",
    "--sort-by=.metadata.name",
    "--sort-by=x[",
    "-n",
    "default",
    "kube-system",
    "--all-namespaces",
    "-A",
    "-f",
    "-",
    "x.yaml",
    "--replicas=3",
    "--replicas=x",
    "--image=nginx",
    "--port=80",
    "--target-port=http",
    "--dry-run",
    "--dry-run=client",
    "--force",
    "--grace-period=0",
    "--now",
    "--cascade=false",
    "--overwrite",
    "-p",
    '{"spec":{"replicas":2}}',
    "--type=merge",
    "--type=json",
    "[]",
    "-w",
    "--tcp=80:8080",
    "--from-literal=a=b",
    "--schedule=* * * * *",
    "--restart=Never",
    "--hard=pods=1",
    "--selector=a=b",
    "--min-available=1",
    "--max=3",
    "--for=condition=Ready",
    "--for=delete",
    "--limits=cpu=1",
    "--record",
    "--show-labels",
    "-L",
    "app",
    "--field-selector",
    "status.phase=Running",
    "--",
    "hostname",
    "|",
    "grep",
    "wc",
    "-l",
    "&&",
    ";",
    "$(kubectl get pods -o name)",
    "pod.spec",
    "--recursive",
    "--ignore-daemonsets",
    "\nkind: Pod",
)
NODE_WORDS = (
    "docker",
    "ps",
    "-a",
    "inspect",
    "images",
    "info",
    "version",
    "stop",
    "kill",
    "rmi",
    "exec",
    "logs",
    "crictl",
    "pods",
    "ctr",
    "systemctl",
    "status",
    "kubelet",
    "docker",
    "list-units",
    "restart",
    "journalctl",
    "-u",
    "-n",
    "5",
    "-f",
    "service",
    "top",
    "free",
    "-m",
    "df",
    "-h",
    "uname",
    "-a",
    "dmesg",
    "ip",
    "addr",
    "route",
    "ss",
    "-tnlp",
    "netstat",
    "cat",
    "/etc/hosts",
    "/proc/cpuinfo",
    "reboot",
    "iptables-save",
    "nft",
    "list",
    "ruleset",
    "curl",
    "n2:10248/healthz",
    "10.0.0.173:8080",
    "127.0.0.1:10248/healthz",
    "etcdctl",
    "get",
    "/registry/pods",
    "--prefix",
    "--keys-only",
    "ping",
    "n2",
    "hostname",
    "date",
    "uptime",
    "ls",
    "/etc",
    "echo",
    "|",
    "grep",
    "kill",
    "-9",
    "1118",
    "endpoint",
    "health",
)


def _settings(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("release", RELEASES)
@_settings(120)
@given(st.sampled_from(sorted(COMMANDS)), st.lists(st.sampled_from(WORDS), max_size=6))
def test_any_kubectl_line_is_answered(release: str, command: str, words: list[str]) -> None:
    cluster = CLUSTERS[release]
    before = cluster.state_hash()
    line = " ".join(["kubectl", command, *words])
    answer = run(cluster, line)
    assert isinstance(answer.text, str)
    if answer.note is not None:
        answer.note.text("zh")
    complete(cluster, line, "")
    assert cluster.state_hash() == before


@pytest.mark.parametrize("place", ["n1", "master", ""])
@_settings(150)
@given(st.sampled_from(RELEASES), st.lists(st.sampled_from(NODE_WORDS), min_size=1, max_size=5))
def test_any_line_on_a_machine_is_answered(place: str, release: str, words: list[str]) -> None:
    cluster = CLUSTERS[release]
    answer = run(cluster, " ".join(words), place)
    assert answer.ok or answer.text or answer.note or "grep" in words
    complete(cluster, " ".join(words), place)


@_settings(200)
@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    run(CLUSTERS["v1.8"], text)
    run(CLUSTERS["v1.8"], f"kubectl {text}")
    complete(CLUSTERS["v1.8"], text, "n1")
