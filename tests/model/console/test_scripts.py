"""Lines with variables, loops, conditions and pauses."""

import pytest

from clustersim import Cluster, default_scenario, seconds
from clustersim.console import Answer, go_on, run


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario())


def do(cluster: Cluster, line: str, where: str = "", variables: dict[str, str] | None = None) -> Answer:
    answer = run(cluster, line, where, None, variables)
    for command in answer.commands:
        cluster.apply(command)
    return answer


def later(cluster: Cluster, line: str, answer: Answer, after: float) -> Answer:
    """What the line prints so many seconds later."""
    cluster.run_until(cluster.now + seconds(after))
    assert answer.follow is not None
    answer = go_on(cluster, line, answer.follow)
    for command in answer.commands:
        cluster.apply(command)
    return answer


def whole(cluster: Cluster, line: str, where: str = "") -> str:
    """All that a line prints; what it asks for is done before it goes on, and its pauses pass."""
    answer = do(cluster, line, where)
    told = answer.text
    while answer.follow is not None:
        cluster.run_until(max(cluster.now, answer.follow.since))
        answer = go_on(cluster, line, answer.follow, answer.where)
        for command in answer.commands:
            cluster.apply(command)
        told += f"\n{answer.text}" if answer.text else ""
    return told.strip()


@pytest.mark.parametrize(
    ("braces", "told"),
    [
        ("${P#pod/}", "a-b-c"),
        ("${P##*-}", "c"),
        ("${P%-*}", "pod/a-b"),
        ("${P%%-*}", "pod/a"),
        ("${P#nope}", "pod/a-b-c"),
        ("${P%[a-b]}", "pod/a-b-c"),
        ("${P%[!a-b]}", "pod/a-b-"),
        ("${P#p?d}", "/a-b-c"),
        ("${P/-/+}", "pod/a+b-c"),
        ("${P//-/+}", "pod/a+b+c"),
        ("${P//[a-c]}", "pod/--"),
        ("${P:4}", "a-b-c"),
        ("${P:0:3}", "pod"),
        ("${#P}", "9"),
        ('"${P%$S}"', "pod/a-b"),
    ],
)
def test_braces_take_parts_of_a_variable(cluster: Cluster, braces: str, told: str) -> None:
    assert whole(cluster, f"P=pod/a-b-c; S=-c; echo {braces}") == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('f() { echo "a $1 $#"; return 3; }; f x y; echo "$? [$1] $#"', "a x 2\n3 [] 0"),
        ('f() { for x in "$@"; do echo "<$x>"; done; shift; echo $1; }; f "a b" c', "<a b>\n<c>\nc"),
        ("function g { local v=1 w=2; echo $v$w; }; v=9; g; echo $v$w", "12\n9"),
        ("f() {\n  echo in > /tmp/f\n}\nf\ncat /tmp/f", "in"),
        ("count() { wc -l; }; seq 3 | count", "3"),
        ("f() { [ $1 -gt 0 ] || return; echo $1; f $(($1 - 1)); }; f 3", "3\n2\n1"),
        ("f() { echo $(g $1); }; g() { echo got $1; }; f it", "got it"),
        (
            "f() { kubectl get nodes $1 -o name; sleep 5; echo after $1 $v; }; v=1; f n1; f n2; echo end $1",
            "nodes/n1\nafter n1 1\nnodes/n2\nafter n2 1\nend",
        ),
        ("f() { local v=in; sleep 1; echo $v; }; v=out; f; echo $v", "in\nout"),
        ("f() { f; }; f; echo no", ""),
    ],
)
def test_a_function_has_words_and_variables_of_its_own(cluster: Cluster, line: str, told: str) -> None:
    assert whole(cluster, line) == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("case web-0 in *-0) echo master;; *) echo other;; esac", "master"),
        ("case web-1 in\n  *-0)\n    echo master\n    ;;\n  *)\n    echo other\nesac", "other"),
        ("X=b; case $X in (a|b) echo ab ;; esac; echo $?", "ab\n0"),
        ("false; case x in y) echo no;; esac; echo $?", "0"),
        ('case "*" in "?") echo no;; [*]) echo star;; esac', "star"),
        ('case ab in "a*") echo no;; a\\*) echo no;; a?) echo two;; esac', "two"),
        ("case a in a) sleep 1; echo a;; *) echo no;; esac; echo end", "a\nend"),
        (
            "for n in n1 n2; do case $n in n1) kubectl get no $n -o name; sleep 2;; n2) echo $n; esac; done",
            "nodes/n1\nn2",
        ),
    ],
)
def test_a_case_takes_the_first_pattern_that_fits(cluster: Cluster, line: str, told: str) -> None:
    assert whole(cluster, line) == told


@pytest.mark.parametrize("line", ["case a b) echo;; esac", "f() ;; x", "case a in ;; esac", "f() { echo x"])
def test_what_no_shell_takes_is_a_syntax_error(cluster: Cluster, line: str) -> None:
    assert "syntax error" in whole(cluster, line)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("printf 'a 1 x\\nb 2 y z\\n' | while read n i rest; do echo $i:$rest:$n; done", "1:x:a\n2:y z:b"),
        ("kubectl get nodes -o name | while IFS= read -r n; do echo ${n#*/}; done", "n1\nn2\nn3"),
        ("echo one | while read x; do echo $x; done; echo $?", "one\n0"),
        ("while read x; do echo $x; done < nosuch; echo after", None),
        ("seq 2 | (read x; (read y; echo $y $x))", "2 1"),
    ],
)
def test_a_loop_reads_line_after_line(cluster: Cluster, line: str, told: str | None) -> None:
    found = whole(cluster, line)
    assert found == told if told is not None else found.endswith("after")


@pytest.mark.parametrize(
    ("line", "where", "told"),
    [
        ("systemctl stop kubelet; systemctl is-active kubelet", "n1", "inactive"),
        ("systemctl stop kubelet && systemctl is-active kubelet || echo off", "n1", "inactive\noff"),
        ("ssh n1 'systemctl stop kubelet; systemctl is-active kubelet'", "", "inactive"),
        ("ssh n1 systemctl stop kubelet; ssh n1 systemctl is-active kubelet", "", "inactive"),
        ("on n1: systemctl stop kubelet; on n1: systemctl is-active kubelet", "", "inactive"),
        ("ssh n1 'systemctl stop kubelet; systemctl is-active kubelet' | tr a-z A-Z", "", "INACTIVE"),
        ("ssh n1 'systemctl stop kubelet; systemctl is-active kubelet' > x; cat x", "", "inactive"),
        ("ssh n1 <<EOF\nsystemctl stop kubelet\nsystemctl is-active kubelet\nEOF", "", "inactive"),
        (
            "for n in n1 n2; do ssh $n 'systemctl stop kubelet; systemctl is-active kubelet'; done",
            "",
            "inactive\ninactive",
        ),
        ("X=$(ssh n1 systemctl stop kubelet); ssh n1 systemctl is-active kubelet", "", "inactive"),
        ("ssh n1 'for i in 1 2 3; do echo $i; done'", "", "1\n2\n3"),
        (
            "kubectl create ns new; ssh n1 systemctl stop kubelet; kubectl get ns new -o name",
            "",
            'namespace "new" created\nnamespaces/new',
        ),
    ],
)
def test_a_command_sees_what_those_before_it_did_on_machines(
    cluster: Cluster, line: str, where: str, told: str
) -> None:
    assert whole(cluster, line, where) == told


def test_containers_that_a_script_has_killed_run_no_more(cluster: Cluster) -> None:
    line = "ssh n1 'docker ps -q | wc -l; docker kill $(docker ps -q); docker ps -q | wc -l'"
    before, *_ids, after = whole(cluster, line).splitlines()
    assert (before, after) == ("2", "0")


def test_what_is_done_is_not_asked_again_after_a_pause(cluster: Cluster) -> None:
    line = (
        "POD=$(kubectl get pods -o name | head -1); kubectl delete $POD; sleep 40; echo $POD; "
        "if ssh n1 systemctl is-active kubelet; then ssh n1 systemctl stop kubelet; sleep 1; echo stopped; "
        "else echo it was off; fi"
    )
    pod = do(cluster, "kubectl get pods -o name").text.splitlines()[0]
    assert whole(cluster, line).splitlines()[1:] == [pod, "active", "stopped"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("for i in 1 2; do sleep 1; echo $i; done | wc -l", "2"),
        ("(for i in 1 2; do echo $i; sleep 1; done) > x; cat x", "1\n2"),
        ("for i in 1 2; do echo $i; sleep 1; done > x; cat x", "1\n2"),
        ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); sleep 1; done; echo $i", "3"),
        ("until sleep 1; do echo no; done; echo yes", "yes"),
        ("if sleep 1; then echo a; sleep 1; echo b; else echo c; fi; echo d", "a\nb\nd"),
        ("if false; then echo a; elif sleep 1; then echo b; fi", "b"),
        ("if false; then echo a; else sleep 1; echo b; fi", "b"),
        ("for a in 1 2; do for b in x y; do sleep 1; echo $a$b; done; done", "1x\n1y\n2x\n2y"),
        ("for a in 1 2 3; do sleep 1; [ $a = 2 ] && break; echo $a; done; echo end", "1\nend"),
        ("echo $(sleep 5; echo late); echo then", "late\nthen"),
        ("seq 3 | while read x; do echo =$x; sleep 1; done; echo end", "=1\n=2\n=3\nend"),
        ("seq 2 | while read x; do sleep 1; echo a$x; sleep 1; done | wc -l", "2"),
        ("seq 3 > f; while read -r x; do sleep 1; echo $x; done < f; echo end", "1\n2\n3\nend"),
        ("seq 4 | { read a; sleep 1; read b; echo $b$a; }", "21"),
        ("ssh n1 'seq 2 | while read x; do sleep 1; echo $x; done'", "1\n2"),
        ("X=1; ! sleep 1 && echo no || echo yes", "yes"),
        ("ssh n1 'X=5; sleep 1; echo $X; exit 3' || echo $?", "5\n3"),
        ("for i in {1..3}; do echo $i; done", "1\n2\n3"),
        ("for n in n{1,3}; do echo $n; done", "n1\nn3"),
        ("if [[ $USER == root ]]; then echo yes; fi", "yes"),
    ],
)
def test_a_script_goes_on_where_it_stood(cluster: Cluster, line: str, told: str) -> None:
    assert whole(cluster, line) == told


def test_a_long_script_does_as_much_again_after_each_pause(cluster: Cluster) -> None:
    line = "for i in $(seq 1 100); do kubectl get rc -o name; sleep 1; done"
    assert len(whole(cluster, line).splitlines()) == 200


def test_a_loop_that_only_acts_has_an_end(cluster: Cluster) -> None:
    line = "while true; do ssh n1 systemctl restart kubelet; done"
    answer, turns = do(cluster, line), 0
    while answer.follow is not None:
        assert answer.follow.at_once
        answer, turns = go_on(cluster, line, answer.follow), turns + 1
    assert 20 < turns < 1000
    assert answer.note is not None
    assert "cut off" in answer.note.text()


def test_what_would_have_to_be_remembered_is_bounded(cluster: Cluster) -> None:
    note = do(cluster, "X=$(seq 1 9000); sleep 1; echo $X | wc -w").note
    assert note is not None
    assert "remember" in note.text()


def test_a_loop_goes_over_the_machines(cluster: Cluster) -> None:
    told = do(cluster, "for n in n1 n2 n3; do echo $n; ssh $n docker ps -q | wc -l; done").text.split()
    assert told[::2] == ["n1", "n2", "n3"]
    assert sum(map(int, told[1::2])) == 8, "four pods, each with its sandbox"


def test_a_variable_is_remembered_for_the_next_line(cluster: Cluster) -> None:
    line = "IP=$(kubectl get svc tomcat -o jsonpath='{.spec.clusterIP}'); echo $IP"
    first = do(cluster, line)
    assert first.text == cluster.object("services", "default/tomcat").spec.cluster_ip
    assert do(cluster, "curl -s $IP:8080", "n1", first.variables).text.startswith("tomcat-")
    assert do(cluster, "kubectl get rc", "", first.variables).variables == first.variables


def test_single_quotes_keep_a_dollar(cluster: Cluster) -> None:
    assert do(cluster, "echo $USER '$USER'").text == "root $USER"


def test_a_condition_asks_what_a_command_came_to(cluster: Cluster) -> None:
    line = "if kubectl get pod nope 2>/dev/null; then echo yes; else echo no; fi"
    assert do(cluster, line).text == "no"


def test_commands_of_a_loop_see_what_those_before_them_did(cluster: Cluster) -> None:
    line = (
        "for i in 1 2; do kubectl run x$i --image=nginx --restart=Never; done; kubectl get pods | grep -c x"
    )
    assert do(cluster, line).text.splitlines() == ['pod "x1" created', 'pod "x2" created', "2"]


def test_calls_of_a_loop_reach_one_pod_and_then_another(cluster: Cluster) -> None:
    ip = cluster.object("services", "default/tomcat").spec.cluster_ip
    told = do(cluster, f"for i in $(seq 1 12); do curl -s {ip}:8080; done", "n1").text.split()
    assert len(told) == 12
    assert len(set(told)) == 3


def test_a_pause_lets_simulated_time_pass(cluster: Cluster) -> None:
    line = "kubectl scale rc tomcat --replicas=5; sleep 10; kubectl get rc tomcat"
    first = do(cluster, line)
    assert first.text == 'replicationcontroller "tomcat" scaled'
    assert first.follow is not None
    cluster.run_until(cluster.now + seconds(5))
    assert go_on(cluster, line, first.follow).text == "", "five seconds are not ten"
    then = later(cluster, line, first, 6)
    assert then.text.splitlines()[1].split()[1:4] == ["5", "5", "5"]
    assert then.commands == ()
    assert then.follow is None


def test_a_loop_without_end_goes_on_as_long_as_one_looks(cluster: Cluster) -> None:
    line = "while true; do kubectl get pods | grep -c tomcat; sleep 1; done"
    answer = do(cluster, line)
    for _turn in range(200):
        answer = later(cluster, line, answer, 1)
        assert answer.text == "3"


def test_a_loop_does_something_in_each_turn(cluster: Cluster) -> None:
    line = "for n in 5 2; do kubectl scale rc tomcat --replicas=$n; sleep 20; done; kubectl get rc tomcat"
    first = do(cluster, line)
    second = later(cluster, line, first, 21)
    assert [command.args["replicas"] for command in (*first.commands, *second.commands)] == [5, 2]
    assert later(cluster, line, second, 21).text.splitlines()[1].split()[1] == "2"


def test_a_condition_is_looked_at_after_each_pause(cluster: Cluster) -> None:
    line = (
        "until kubectl get pod late 2>/dev/null | grep -q Running; do echo waiting; sleep 2; done; echo there"
    )
    answer = do(cluster, line)
    assert answer.text == "waiting"
    do(cluster, "kubectl run late --image=tomcat:8 --restart=Never")
    told = [answer.text]
    while answer.follow is not None:
        answer = later(cluster, line, answer, 2)
        told.append(answer.text)
    assert told[-1] == "there"
    assert set(told[:-1]) == {"waiting"}


def test_a_loop_runs_on_the_machine_that_stands_before_it(cluster: Cluster) -> None:
    line = "on n1: for i in 1 2; do docker ps -q | wc -l; sleep 1; done"
    first = do(cluster, line)
    assert [first.text, later(cluster, line, first, 1).text] == ["2", "2"]


def test_watch_shows_the_same_place_anew(cluster: Cluster) -> None:
    answer = do(cluster, "watch -n 1 kubectl get pods")
    assert answer.follow is not None
    assert answer.follow.redraws
    assert "tomcat" in later(cluster, "watch -n 1 kubectl get pods", answer, 1).text


@pytest.mark.parametrize(
    "line", ["while true; do echo x; done", "for i in $(seq 1 90); do kubectl get rc; done"]
)
def test_what_goes_on_for_long_is_cut_off(cluster: Cluster, line: str) -> None:
    note = do(cluster, line).note
    assert note is not None
    assert "cut off" in note.text()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("for i in 1 2; do echo", "syntax error: unexpected end of file"),
        ("echo x; done; sleep 1", 'syntax error: unexpected "done"'),
        ("sleep soon", "sleep: invalid time interval 'soon'"),
        ("sleep ", "sleep"),
        ("X=1; cat /nope", "No such file"),
        ("for i in 1; do nope; done", "nope: command not found"),
    ],
)
def test_what_is_wrong_with_a_script_is_said(cluster: Cluster, line: str, said: str) -> None:
    assert said in do(cluster, line).text
