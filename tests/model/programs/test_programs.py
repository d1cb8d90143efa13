"""What programs do by themselves, by their annotations, commands and images."""

import pytest

from clustersim.api.core_v1 import Container
from clustersim.programs import Program, Step, asked_file, failing_nodes, listens, stop_code, told_by
from clustersim.programs.known import of_image
from clustersim.programs.program import LONGEST_MS
from clustersim.programs.script import of_command


def ends(program: Program | None) -> tuple[int, int] | None:
    end = None if program is None else program.ends
    return None if end is None else (end.after_ms, end.code)


@pytest.mark.parametrize(
    ("words", "end"),
    [
        (("sleep", "5"), (5010, 0)),
        (("sh", "-c", "exit 3"), (10, 3)),
        (("/bin/sh", "-ec", "echo a; sleep 2; false"), (2010, 1)),
        (("/bin/false",), (10, 1)),
        (("sh", "-c", "echo 'a; b' && date"), (10, 0)),
        (("perl", "-wle", "print bpi(2000)"), (5000, 0)),
        (("sh", "-c", "while true; do date; sleep 1; done"), None),
        (("sleep", "infinity"), None),
        (("sh", "-c", "echo up; nginx -g 'daemon off;'"), None),
        (("java", "-jar", "app.jar"), None),
    ],
)
def test_a_command_ends_as_it_is_written(words: tuple[str, ...], end: tuple[int, int] | None) -> None:
    assert ends(of_command(words)) == end


def test_what_is_told_to_stop_ends_by_the_signal_or_as_its_annotation_says() -> None:
    assert stop_code(Container(name="a", image="nobody-knows-it"), Program()) == 143
    assert told_by("runs") == Program(stop_code=143), "whatever its image is"
    assert told_by("runs; stops with 0") == Program(stop_code=0)
    assert told_by("exit 1 after 5m; stops with 3") == Program((Step(300_000, "exit", "1"),), stop_code=3)
    assert told_by("stops with 1000") is None
    assert told_by("stops") is None


@pytest.mark.parametrize(
    ("image", "command", "code"),
    [
        ("nginx:1.29", (), 0),
        ("docker.io/library/httpd:2.4", (), 0),
        ("redis", ("redis-server", "/redis-master/redis.conf"), 0),
        ("postgres:17", (), 0),
        ("mysql:9", (), 0),
        ("registry.k8s.io/pause:3.10", (), 0),
        ("tomcat:10", (), 143),
        ("gcr.io/google-samples/hello-app:2.0", (), 2),
        ("registry.k8s.io/e2e-test-images/agnhost:2.45", (), 2),
        ("registry.k8s.io/e2e-test-images/agnhost:2.45", ("/agnhost", "netexec"), 0),
        ("nginx:1.29", ("java", "-jar", "app.jar"), 143),
    ],
)
def test_what_an_image_runs_ends_as_its_program_does(image: str, command: tuple[str, ...], code: int) -> None:
    assert stop_code(Container(name="a", image=image, command=command), None) == code


def test_a_script_makes_and_removes_its_files_in_time() -> None:
    program = of_command(("sh", "-c", "touch /tmp/healthy; sleep 30; rm -rf /tmp/healthy; sleep 600"))
    assert program == Program(
        (
            Step(10, "file", "/tmp/healthy"),
            Step(30_010, "no-file", "/tmp/healthy"),
            Step(630_010, "exit", "0"),
        ),
        scripted=True,
        listens=False,
        stops=False,
    )


def test_a_loop_until_a_name_is_there_waits_for_a_service() -> None:
    script = "until nslookup db.team; do echo waiting; sleep 5; done; echo there"
    program = of_command(("sh", "-c", script))
    assert program is not None
    assert (program.awaits, program.every_ms, ends(program)) == ("db.team", 5000, (10, 0))


@pytest.mark.parametrize(
    ("words", "every"), [("0.5", 500), ("1m", 60_000), ("1m 30", 90_000), ("a while", 2000)]
)
def test_the_pause_of_such_a_loop_is_read_as_any_other_sleep(words: str, every: int) -> None:
    program = of_command(("sh", "-c", f"until nslookup db; do sleep {words}; done"))
    assert program is not None
    assert program.every_ms == every


@pytest.mark.parametrize(("words", "after"), [("1h 30m", 5_400_010), ("9999999d", LONGEST_MS + 10)])
def test_a_sleep_may_have_several_durations_and_a_week_is_the_longest(words: str, after: int) -> None:
    program = of_command(("sleep", *words.split()))
    assert program is not None
    assert ends(program) == (after, 0)


@pytest.mark.parametrize(
    ("command", "name", "code"),
    [
        (("wget", "web:80"), "web", 1),
        (("wget", "-q", "-O-", "http://web.team.svc.cluster.local/x"), "web.team.svc.cluster.local", 1),
        (("sh", "-c", "curl -s http://web/"), "web", 7),
        (("curl", "localhost:8080"), "", 0),
        (("curl", "https://example.com/a"), "", 0),
        (("wget", "10.0.0.1"), "", 0),
    ],
)
def test_a_program_may_ask_a_service_for_a_page(command: tuple[str, ...], name: str, code: int) -> None:
    program = of_command(command)
    asked = ("", 0) if program is None or not program.asks else (program.asks, program.fails_with)
    assert asked == (name, code)


@pytest.mark.parametrize(
    ("command", "path"),
    [
        (("cat", "/tmp/a"), "/tmp/a"),
        (("sh", "-c", "test -f /tmp/a"), "/tmp/a"),
        (("[", "-e", "/a", "]"), "/a"),
        (("mysqladmin", "ping"), None),
    ],
)
def test_a_probe_asks_for_a_file_or_for_something_else(command: tuple[str, ...], path: str | None) -> None:
    assert asked_file(command) == path


def test_an_annotation_tells_what_comes_when() -> None:
    assert told_by("exit 1 after 5m; answers after 30s, memory 300Mi after 1s") == Program(
        (Step(1000, "memory", str(300 << 20)), Step(30_000, "answers"), Step(300_000, "exit", "1"))
    )
    assert told_by("answers soon") is None
    assert told_by("memory lots after 1s") is None


def image(name: str, *args: str, **more: bool) -> Program | None:
    return of_image(Container(name="a", image=name, args=args, **more))


def test_images_are_known_by_what_they_do_where_no_command_is_given() -> None:
    assert ends(image("busybox")) == (10, 0)
    assert ends(image("docker.io/library/ubuntu:22.04")) == (10, 0)
    assert image("busybox", stdin=True, tty=True) is None
    assert image("nginx:1.13") is None
    live = image("registry.k8s.io/e2e-test-images/agnhost:2.40", "liveness")
    assert live == Program((Step(10_000, "silent", "500"),))
    assert image("registry.k8s.io/e2e-test-images/agnhost:2.40", "netexec") is None
    stress = image("polinux/stress", "stress", "--vm", "1", "--vm-bytes", "250M")
    assert stress == Program((Step(100, "memory", "250000000"), Step(100, "cpu", "1000")))
    hangs = image("polinux/stress", "stress", "--vm", "2", "--vm-bytes", "1M", "--vm-hang", "1", "--cpu", "1")
    assert hangs == Program((Step(100, "memory", "2000000"), Step(100, "cpu", "1100")))
    grows = image("vish/stress", "-mem-total", "30Mi", "-mem-alloc-size", "10Mi", "-mem-alloc-sleep", "1s")
    assert grows is not None
    assert [(step.after_ms, int(step.value) >> 20) for step in grows.steps] == [
        (1000, 10),
        (2000, 20),
        (3000, 30),
    ]


@pytest.mark.parametrize(
    ("args", "port"),
    [
        (("netexec",), 8080),
        (("crd-conversion-webhook", "--tls-cert-file=/c/tls.crt", "-v=4", "--port=9444"), 9444),
        (("webhook",), 443),
        (("audit-proxy",), 8080),
    ],
)
def test_servers_of_agnhost_take_connections_at_their_port_alone(args: tuple[str, ...], port: int) -> None:
    spec = Container(name="a", image="registry.k8s.io/e2e-test-images/agnhost:2.63.0", args=args)
    assert [listens(spec, None, one) for one in (port, port + 5)] == [True, False]


def test_memory_that_grows_does_so_evenly() -> None:
    program = told_by("memory from 10Mi to 20Mi in 10s after 1m")
    assert program is not None
    taken = [(step.after_ms, int(step.value) >> 20) for step in program.steps]
    assert taken == [(60_000 + 1000 * number, 10 + number) for number in range(11)]
    assert len(told_by("memory from 1Mi to 2Gi in 2h").steps) == 101  # type: ignore[union-attr]
    assert told_by("memory from x to 20Mi in 10s") is None


@pytest.mark.parametrize(
    ("text", "nodes"),
    [("fails on n2", ("n2",)), ("fails on n2, n3", ("n2", "n3")), ("fails", ()), ("fails on", ())],
)
def test_an_image_may_be_missing_on_some_nodes(text: str, nodes: tuple[str, ...]) -> None:
    assert failing_nodes(text) == nodes
