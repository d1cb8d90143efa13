"""Shells in containers that one stays in: exec, run, attach and debug with -it, or on a node."""

import pytest

from clustersim import Cluster, seconds
from clustersim.console import Answer, complete, go_on, run
from tests.model.reports.typed import at, cluster_of


class Typist:
    """Somebody at the console, who is where the last answer said."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.where = ""
        self.variables: dict[str, str] = {}
        self.answer = Answer()

    def __call__(self, line: str, within: float = 60) -> str:
        cluster, texts = self.cluster, list[str]()
        answer, until = run(cluster, line, self.where, None, self.variables), cluster.now + seconds(within)
        while True:
            texts.append(answer.text)
            for command in answer.commands:
                cluster.apply(command)
            if answer.follow is None or cluster.now >= until:
                break
            cluster.run_until(cluster.now + seconds(1))
            answer = go_on(cluster, line, answer.follow, answer.where, self.variables)
        cluster.run_until(cluster.now + seconds(0.1))
        self.where, self.variables, self.answer = answer.where, answer.variables, answer
        return "\n".join(text for text in texts if text)

    @property
    def pod(self) -> str:
        """The pod in whose container one is."""
        return self.where.split("/")[1] if self.where else ""


@pytest.fixture
def typist() -> Typist:
    typist = Typist(cluster_of("release: v1.36\nnodes: 1\nobjects: []\n"))
    at(typist.cluster, "5s")
    typist("kubectl run web --image=nginx")
    typist("kubectl run box --image=busybox --command -- sleep 3600")
    at(typist.cluster, "15s")
    return typist


def test_a_shell_remembers_its_folder_its_variables_and_its_code(typist: Typist) -> None:
    typist("OUTSIDE=1")
    assert typist("kubectl exec -it box -- sh") == ""
    assert typist.pod == "box"
    assert typist("hostname") == "box"
    typist("cd /tmp; mkdir inner")
    typist("echo hello > x; NAME=there")
    assert typist("cat x; pwd; echo $NAME; ls") == "hello\n/tmp\nthere\nx"
    assert typist("echo -$OUTSIDE-") == "--"
    typist("false")
    assert typist("echo $?") == "1"
    assert typist("cd nosuch") == "sh: cd: can't cd to nosuch: No such file or directory"
    assert typist("cd ..; pwd; cd -") == "/\n/tmp"
    assert typist("exit") == ""
    assert typist.where == ""
    assert typist("echo -$OUTSIDE-$NAME-") == "-1--"


def test_the_code_of_a_shell_is_told_when_it_is_left(typist: Typist) -> None:
    typist("kubectl exec -i -t web -c web -- /bin/bash")
    assert typist("exit 3") == "command terminated with exit code 3"
    assert not typist.answer.ok
    assert typist.where == ""


def test_one_is_thrown_out_when_the_container_ends(typist: Typist) -> None:
    typist("kubectl exec -it box -- sh")
    at(typist.cluster, "20s")
    typist.cluster.apply(next(iter(run(typist.cluster, "kubectl delete pod box --now").commands)))
    at(typist.cluster, "60s")
    assert typist("hostname") == 'Error from server (NotFound): pods "box" not found'
    assert typist.where == ""


def test_another_container_of_the_same_name_is_another_place(typist: Typist) -> None:
    typist("kubectl exec -it web -- sh")
    inside = typist.where
    typist("kill 1")
    at(typist.cluster, "40s")
    assert typist("hostname") == "command terminated with exit code 137"
    typist("kubectl exec -it web -- sh")
    assert typist.pod == "web"
    assert typist.where != inside


def test_what_stands_behind_a_shell_is_not_done_when_it_opens(typist: Typist) -> None:
    typist("kubectl exec -it box -- sh; kubectl delete pod web --now")
    assert typist.pod == "box"
    assert typist.cluster.object("pods", "default/web").metadata.deletion_timestamp == ""


@pytest.mark.parametrize("image", ["registry.k8s.io/pause:3.9", "busybox --command -- sleep 3600"])
def test_an_image_without_that_shell_says_so(typist: Typist, image: str) -> None:
    typist(f"kubectl run bare --image={image}")
    typist.cluster.run_until(typist.cluster.now + seconds(10))
    told = typist("kubectl exec -it bare -- bash")
    assert told.endswith('exec: "bash": executable file not found in $PATH: unknown')
    assert typist.where == ""


def test_a_script_is_read_from_what_is_sent(typist: Typist) -> None:
    assert typist("kubectl exec -i box -- sh <<EOF\ncd /tmp\npwd\nEOF") == "/tmp"
    assert typist("kubectl exec box -- sh") == ""
    assert typist.where == ""


def test_run_stays_in_its_shell_and_removes_it_afterwards(typist: Typist) -> None:
    told = typist("kubectl run -it --rm probe --image=busybox:1.28 --restart=Never")
    assert told.endswith("If you don't see a command prompt, try pressing enter.")
    assert "recorded in container logs" in told
    assert typist("nslookup kubernetes").splitlines()[-1].startswith("Address 1: 10.0.0.1")
    assert typist("exit").splitlines() == [
        "Session ended, resume using 'kubectl attach probe -c probe -n default -i -t' command",
        'pod "probe" deleted from default namespace',
    ]
    typist.cluster.run_until(typist.cluster.now + seconds(35))
    assert typist.cluster.object("pods", "default/probe") is None


def test_a_pod_that_was_left_begins_again_and_is_attached_to(typist: Typist) -> None:
    typist("kubectl run -it probe --image=busybox -- sh")
    container = typist.cluster.object("pods", "default/probe").spec.containers[0]
    assert (container.stdin, container.stdin_once, container.tty) == (True, True, True)
    typist("exit")
    typist.cluster.run_until(typist.cluster.now + seconds(5))
    assert typist.cluster.object("pods", "default/probe").status.container_statuses[0].restart_count == 1
    typist("kubectl attach probe -i -t")
    assert typist.pod == "probe"


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_old_kubectl_makes_a_deployment_and_removes_it(release: str) -> None:
    typist = Typist(cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n"))
    at(typist.cluster, "5s")
    assert typist("kubectl run -it --rm probe --image=busybox") == (
        "If you don't see a command prompt, try pressing enter."
    )
    pod = typist.pod
    assert typist("exit").splitlines() == [
        f"Session ended, resume using 'kubectl attach {pod} -c probe -i -t' command when the pod is running",
        'deployment "probe" deleted',
    ]


def test_debug_stays_beside_a_pod_and_on_a_node(typist: Typist) -> None:
    told = typist("kubectl debug -it web --image=busybox --target=web")
    name = told.partition("container name to ")[2].partition(".")[0]
    assert typist("hostname") == "web"
    assert typist("exit") == (
        "Session ended, the ephemeral container will not be restarted but may be reattached using "
        f"'kubectl attach web -c {name} -n default -i -t' if it is still running"
    )
    typist("kubectl debug node/n1 -it --image=ubuntu")
    assert typist.pod.startswith("node-debugger-n1-")


def test_from_a_pod_on_a_node_chroot_leads_to_the_machine(typist: Typist) -> None:
    typist("kubectl debug node/n1 -it --image=ubuntu")
    assert "chroot" not in typist("hostname")
    assert "kubelet.service" in typist("chroot /host systemctl status kubelet")
    assert typist.pod.startswith("node-debugger-n1-")
    missing = "chroot: cannot change root directory to '/nowhere': No such file or directory"
    assert typist("chroot /nowhere") == missing
    assert typist("chroot /host bash") == ""
    assert typist.where == "n1"
    assert "kubelet" in typist("ps aux")


def test_a_pod_on_a_node_whose_program_is_chroot_takes_lines_for_the_machine(typist: Typist) -> None:
    typist("kubectl debug node/n1 -it --image=ubuntu -- chroot /host")
    assert typist.pod.startswith("node-debugger-n1-")
    assert "box" in typist("crictl ps")
    assert typist("hostname") == "n1"
    typist("exit")
    assert typist.where == ""


def test_one_comes_back_to_the_node_where_one_was(typist: Typist) -> None:
    typist("ssh n1")
    typist("crictl exec -it $(crictl ps -q --name box) sh")
    assert typist("hostname") == "box"
    assert typist("exit 1") == ""
    assert typist.where == "n1"


def test_attached_to_a_program_one_sees_what_it_writes(typist: Typist) -> None:
    script = "while true; do date; sleep 1; done"
    typist(f"kubectl run clock --image=busybox -- sh -c '{script}'")
    typist.cluster.run_until(typist.cluster.now + seconds(10))
    told = typist("kubectl attach clock", 5).splitlines()
    assert len(told) >= 6
    assert told[-1].endswith("UTC 2026")


def test_programs_are_completed_inside(typist: Typist) -> None:
    typist("kubectl exec -it box -- sh")
    assert complete(typist.cluster, "hostn", typist.where) == ("hostname",)


def test_a_place_that_nobody_was_given_leads_nowhere(typist: Typist) -> None:
    typist.where = "default/nosuch/c/0123/exec///"
    assert "not found" in typist("hostname")
    typist.where = "a/b/c/d/removed/x/y/"
    assert typist("exit").endswith("not found")
    assert typist.where == ""
