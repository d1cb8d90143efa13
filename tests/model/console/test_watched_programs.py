"""kubectl run -it of a program that goes on: it is watched, and Ctrl-C ends it."""

from clustersim import Cluster, load_scenario, seconds
from clustersim.console import Answer, go_on, interrupt, run

LINE = (
    "kubectl run -i --tty talker --rm --image=busybox:1.28 --restart=Never -- "
    '/bin/sh -c "while true; do echo hello; sleep 1; done"'
)


def done(cluster: Cluster, answer: Answer) -> Answer:
    return answer.done([cluster.apply(command) for command in answer.commands])


def watched() -> tuple[Cluster, Answer]:
    """Its first lines, five seconds after it was typed."""
    cluster = Cluster(load_scenario("release: v1.36\n"))
    answer = done(cluster, run(cluster, LINE))
    cluster.run_until(seconds(5))
    assert answer.follow is not None
    return cluster, go_on(cluster, LINE, answer.follow)


def test_what_it_writes_is_printed_as_time_passes() -> None:
    cluster, answer = watched()
    assert "If you don't see a command prompt, try pressing enter.\nhello" in answer.text
    assert answer.follow is not None
    cluster.run_until(seconds(8))
    later = go_on(cluster, LINE, answer.follow)
    assert later.text == "hello\nhello\nhello"
    assert later.follow is not None


def test_ctrl_c_ends_it_and_takes_its_pod_away() -> None:
    cluster, answer = watched()
    assert answer.follow is not None
    ended = done(cluster, interrupt(cluster, LINE, answer.follow))
    assert ended.text.splitlines() == [
        'pod "talker" deleted from default namespace',
        "pod default/talker terminated (Error)",
    ]
    cluster.run_until(seconds(12))
    assert cluster.object("pods", "default/talker") is None


def test_ctrl_c_before_it_runs_takes_its_pod_away_too() -> None:
    cluster = Cluster(load_scenario("release: v1.36\n"))
    answer = done(cluster, run(cluster, LINE))
    assert answer.follow is not None
    assert done(cluster, interrupt(cluster, LINE, answer.follow)).text.startswith('pod "talker" deleted')
    cluster.run_until(seconds(30))
    assert cluster.object("pods", "default/talker") is None


TYPED = "while true; do wget -q -O- http://tomcat:8080; done"


def typed_loop() -> tuple[Cluster, Answer]:
    """Somebody typed a loop into a shell of a container, three seconds ago."""
    cluster = Cluster(load_scenario("release: v1.8\n"))
    line = "kubectl run -i --tty box --image=busybox /bin/sh"
    entered = done(cluster, run(cluster, line))
    while entered.follow is not None:
        cluster.run_until(cluster.now + seconds(1))
        entered = done(cluster, go_on(cluster, line, entered.follow))
    begun = done(cluster, run(cluster, TYPED, entered.where))
    cluster.run_until(cluster.now + seconds(3))
    assert begun.follow is not None
    return cluster, go_on(cluster, TYPED, begun.follow, begun.where)


def test_a_loop_that_is_typed_into_a_container_asks_until_ctrl_c() -> None:
    cluster, answer = typed_loop()
    assert answer.follow is not None
    assert {line[:6] for line in answer.text.splitlines()} == {"tomcat"}, "pods say their names"
    ended = done(cluster, interrupt(cluster, TYPED, answer.follow, answer.where))
    cluster.run_until(cluster.now + seconds(1))
    logs = f"kubectl logs {answer.where.split('/')[1]}"
    before = run(cluster, logs).text
    cluster.run_until(cluster.now + seconds(10))
    assert run(cluster, logs).text == before, "it asks no more"
    assert run(cluster, "hostname", ended.where).text.startswith("box-"), "one is in the shell again"


def test_a_loop_ends_with_its_container() -> None:
    cluster, answer = typed_loop()
    assert answer.follow is not None
    done(cluster, run(cluster, "kubectl delete pod -l run=box --now"))
    cluster.run_until(cluster.now + seconds(20))
    assert go_on(cluster, TYPED, answer.follow, answer.where).where == ""
