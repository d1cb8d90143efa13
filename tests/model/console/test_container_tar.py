"""tar inside a container, by which `kubectl cp` copies files in and out."""

import io
import tarfile

import pytest

from clustersim import Cluster, default_scenario, seconds
from clustersim.console import exec_in
from clustersim.console.nodes.container_programs import decoded, encoded
from clustersim.console.nodes.container_tar import MOST_FILES
from clustersim.console.nodes.inside import Executed, reads_stdin


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    cluster = Cluster(default_scenario("v1.36"))
    cluster.run_until(seconds(5))
    return cluster


def run(cluster: Cluster, command: tuple[str, ...], stdin: bytes = b"") -> Executed:
    pod = next(pod for pod in cluster.objects("pods").values() if pod.metadata.name.startswith("tomcat"))
    name = pod.spec.containers[0].name
    return exec_in(cluster, "default", pod.metadata.name, name, command, stdin=decoded(stdin))


def archive(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, data in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def test_what_comes_in_by_tar_goes_out_by_tar(cluster: Cluster) -> None:
    executed = run(cluster, ("tar", "-xmf", "-", "-C", "/tmp"), archive(("a.txt", b"one\n"), ("d/b", b"two")))
    assert executed.ran.code == 0
    for command in executed.commands:
        cluster.apply(command)
    out = encoded(run(cluster, ("tar", "cf", "-", "/tmp/a.txt")).ran.out)
    with tarfile.open(fileobj=io.BytesIO(out)) as tar:
        (entry,) = tar.getmembers()
        found = tar.extractfile(entry)
        assert found is not None
        assert (entry.name, found.read()) == ("tmp/a.txt", b"one\n")
    assert run(cluster, ("cat", "/tmp/d/b")).ran.out == "two"


@pytest.mark.parametrize(
    "data", [b"", b"no archive at all", archive(("a", b"x" * 600))[:700], archive(("binary", b"\xff\xfe"))]
)
def test_what_is_no_archive_of_texts_changes_nothing(cluster: Cluster, data: bytes) -> None:
    executed = run(cluster, ("tar", "xmf", "-", "-C", "/tmp"), data)
    assert executed.commands == ()
    assert executed.ran.code == 1 or not data


def test_an_archive_has_so_many_files_at_most(cluster: Cluster) -> None:
    many = archive(*((f"f{number}", b"") for number in range(MOST_FILES + 1)))
    assert run(cluster, ("tar", "xf", "-"), many).ran.err == f"tar: more than {MOST_FILES} files\n"


def test_a_sparse_file_is_not_blown_up(cluster: Cluster) -> None:
    packed = io.BytesIO()
    entry = tarfile.TarInfo("sparse")
    entry.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.size": str(1 << 50), "GNU.sparse.map": "0,0"}
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(entry)
    executed = run(cluster, ("tar", "xf", "-"), packed.getvalue())
    assert (executed.ran.code, executed.commands) == (1, ())


def test_a_missing_file_is_told(cluster: Cluster) -> None:
    executed = run(cluster, ("tar", "cf", "-", "/tmp/none"))
    assert (executed.ran.code, executed.ran.out) == (1, "")
    assert "No such file" in executed.ran.err


@pytest.mark.parametrize(
    ("command", "reads"),
    [
        (("cat",), True),
        (("cat", "/etc/hosts"), False),
        (("sh", "-c", "cat > /tmp/x"), True),
        (("tar", "-xmf", "-", "-C", "/tmp"), True),
        (("tar", "cf", "-", "/tmp"), False),
        (("tee", "/tmp/x"), True),
        (("ls",), False),
        (("sh", "-c", "for i in 1; do ls; done"), False),
    ],
)
def test_which_programs_wait_for_what_they_are_sent(command: tuple[str, ...], reads: bool) -> None:
    assert reads_stdin(command) is reads
