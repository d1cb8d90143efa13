"""kubectl logs: what scripts write, and when.

Sources: v1.36 test/e2e/kubectl/logs.go, test/e2e/common/node/{expansion,configmap,kubelet}.go,
kubernetes.io/docs/concepts/cluster-administration/logging (the counter).
"""

import pytest

from clustersim import Cluster
from clustersim.console import go_on, run
from tests.model.reports.typed import ALL, at, create, empty, typed

COUNTER = """i=0
while true; do echo "$i: $(date)"; i=$((i+1)); sleep 1; done"""


def pod(
    script: str, release: str = "v1.36", more: str = "", policy: str = "Never", image: str = "busybox"
) -> Cluster:
    cluster = empty(release)
    lines = "\n".join(f"      {line}" for line in script.splitlines())
    told = create(
        cluster,
        "Pod",
        f"metadata: {{name: p}}\nspec:\n  restartPolicy: {policy}\n  containers:\n  - name: c\n    "
        f"image: {image}\n    command: [/bin/sh, -c]\n    args:\n    - |\n{lines}\n{more}",
    )
    assert "created" in told, told
    return cluster


def logs(cluster: Cluster, flags: str = "") -> list[str]:
    return typed(cluster, f"kubectl logs p {flags}").splitlines()


@ALL
def test_a_counter_counts_with_the_clock_of_its_container(release: str) -> None:
    cluster = pod(COUNTER, release)
    at(cluster, "30s")
    lines = logs(cluster)
    day = "Sun Nov 22" if release == "v1.36" else "Tue Sep 26"
    assert lines[0].startswith(f"0: {day} 07:00:0")
    assert len(lines) >= 25
    assert [line.split(":")[0] for line in lines] == [str(number) for number in range(len(lines))]
    assert logs(cluster, "--tail=2") == lines[-2:]
    assert len(logs(cluster, "--since=5s")) in (5, 6)
    stamped = logs(cluster, "--timestamps --tail=1")[0]
    assert stamped.startswith(("2026-11-22" if release == "v1.36" else "2017-09-26") + "T07:00:")
    assert stamped.split("Z ", 1)[1] == logs(cluster, "--tail=1")[0]


def test_what_has_been_written_comes_again_when_somebody_asks_later() -> None:
    cluster = pod(COUNTER)
    at(cluster, "10s")
    before = logs(cluster)
    at(cluster, "20s")
    assert logs(cluster)[: len(before)] == before


def test_following_goes_on_as_time_passes_until_the_container_ends() -> None:
    cluster = pod("for i in 1 2 3 4; do echo $i; sleep 5; done")
    at(cluster, "8s")
    line = "kubectl logs -f p"
    first = run(cluster, line)
    assert first.text == "1\n2"
    assert first.follow is not None
    at(cluster, "14s")
    more = go_on(cluster, line, first.follow)
    assert more.text == "3"
    assert more.follow is not None
    typed(cluster, "kubectl delete pod p --force --grace-period=0")
    at(cluster, "16s")
    assert go_on(cluster, line, more.follow).follow is None


def test_a_program_sees_its_environment_and_the_files_of_its_volumes() -> None:
    cluster = empty("v1.36")
    create(cluster, "ConfigMap", "metadata: {name: m}\ndata: {level: info, file.txt: 'one line'}")
    told = create(
        cluster,
        "Pod",
        "metadata: {name: p}\nspec: {restartPolicy: Never, containers: [{name: c, image: busybox, "
        "command: [sh, -c, 'echo $(FOO) $LEVEL; cat /etc/m/file.txt'], env: [{name: FOO, value: foo}, "
        "{name: LEVEL, valueFrom: {configMapKeyRef: {name: m, key: level}}}], "
        "volumeMounts: [{name: v, mountPath: /etc/m}]}], volumes: [{name: v, configMap: {name: m}}]}",
    )
    assert "created" in told
    at(cluster, "20s")
    assert typed(cluster, "kubectl get pod p -o jsonpath={.status.phase}") == "Succeeded"
    assert logs(cluster) == ["foo info", "one line"]


def test_what_has_no_newline_is_written_down_when_the_program_ends() -> None:
    cluster = pod("echo -n DONE")
    at(cluster, "20s")
    assert run(cluster, "kubectl logs p").text == "DONE"


def test_the_container_before_has_a_log_of_its_own() -> None:
    cluster = pod('echo "began $(date +%S)"; sleep 3; exit 1', policy="OnFailure")
    at(cluster, "12s")
    now, before = logs(cluster), logs(cluster, "--previous")
    assert len(now) == len(before) == 1
    assert now != before


def test_a_program_that_nobody_knows_is_told_as_such() -> None:
    cluster = pod("echo first; /app/serve --port 80", image="shop")
    at(cluster, "20s")
    answer = run(cluster, "kubectl logs p")
    assert answer.text == "first"
    assert answer.note is not None
    assert "shop" in answer.note.text()


def test_a_program_that_its_image_does_not_have_is_not_found() -> None:
    cluster = pod("echo first; /app/serve --port 80")
    at(cluster, "20s")
    assert logs(cluster) == ["first", "sh: /app/serve: not found"]


def test_a_script_that_has_done_very_much_is_cut_off_with_a_word() -> None:
    cluster = pod(COUNTER)
    at(cluster, "60m")
    answer = run(cluster, "kubectl logs p --tail=1")
    assert answer.note is not None
    assert "5000" in answer.note.text()


@pytest.mark.parametrize(
    ("count", "digits"), [(10, "3.141592654"), (50, "3.1415926535897932384626433832795")]
)
def test_the_job_of_the_documentation_prints_pi(count: int, digits: str) -> None:
    cluster = empty("v1.36")
    create(
        cluster,
        "Job",
        "metadata: {name: pi}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: pi, "
        f"image: 'perl:5.34.0', command: [perl, '-Mbignum=bpi', -wle, 'print bpi({count})']}}]}}}}}}",
        "batch/v1",
    )
    at(cluster, "60s")
    assert typed(cluster, "kubectl logs job/pi").startswith(digits)


@ALL
def test_runtimes_show_the_same_log_on_the_node(release: str) -> None:
    cluster = pod("echo hello; sleep 1d", release)
    at(cluster, "20s")
    if release == "v1.36":
        number = typed(cluster, "crictl ps -q", "n1").split()[0]
        assert typed(cluster, f"crictl logs {number}", "n1") == "hello"
    else:
        number = typed(cluster, "docker ps -q", "n1").split()[0]
        listed = [
            typed(cluster, f"docker logs {one}", "n1") for one in typed(cluster, "docker ps -q", "n1").split()
        ]
        assert "hello" in listed


DEEP = "echo " + "$(" * 600 + "date" + ")" * 600


@pytest.mark.parametrize(
    ("script", "more"),
    [
        ("usleep x; usleep", ""),
        ("exec " * 2000 + "date", ""),
        (DEEP, ""),
        ('sh -c "$X"', "    env: [{name: X, value: 'sh -c \"$X\"'}]"),
    ],
    ids=["words", "exec", "substitution", "environment"],
)
def test_no_script_breaks_the_run_or_whoever_asks_for_its_log(script: str, more: str) -> None:
    cluster = pod(script, more=more)
    at(cluster, "20s")
    assert run(cluster, "kubectl logs p").text.count("\n") < 10


def test_no_depth_breaks_the_shell_that_people_type_into() -> None:
    cluster = pod("sleep 1d")
    at(cluster, "20s")
    for quote in "'\"":
        assert not run(cluster, f"kubectl exec p -- sh -c {quote}{DEEP}{quote}").ok


def test_what_a_script_writes_into_files_is_bounded() -> None:
    grows = "x=$(seq 2000); for i in $(seq 40); do echo $x >> /tmp/all; done"
    cluster = pod(grows)
    at(cluster, "20s")
    runtime = cluster.runtime("n1")
    kept = [file.text or "" for one in runtime.disk.containers.values() for file in one.files]
    assert sum(map(len, kept)) <= 64 * 1024
