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
