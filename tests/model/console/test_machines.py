"""What one types on a node and on the master."""

import json

import pytest
from msgspec.structs import replace

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.console import go_on, run
from clustersim.flags import FlagError
from tests.model.reports.typed import ALL, at, cluster_of, typed


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario())


def do(cluster: Cluster, line: str, where: str = "n1") -> str:
    answer = run(cluster, line, where)
    for command in answer.commands:
        cluster.apply(command)
    return answer.text


def test_a_service_is_asked_as_traffic_would_go(cluster: Cluster) -> None:
    service = cluster.object("services", "default/tomcat")
    line = f"curl {service.spec.cluster_ip}:8080"
    assert do(cluster, line).startswith("tomcat-")
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 0}))
    cluster.run_until(seconds(60))
    assert "Connection refused" in do(cluster, line)
    assert "No route to host" in run(cluster, line).text


def test_docker_stop_ends_a_container_and_the_kubelet_starts_it_again(cluster: Cluster) -> None:
    ids = [row.split()[0] for row in do(cluster, "docker ps --filter name=k8s_tomcat").splitlines()[1:]]
    do(cluster, f"docker stop {ids[0]}")
    assert ids[0] not in do(cluster, "docker ps -q")
    assert "Exited (143)" in do(cluster, "docker ps -a")
    cluster.run_until(seconds(60))
    assert any(row.split()[3] == "1" for row in run(cluster, "kubectl get pods").text.splitlines()[1:])


def test_units_are_stopped_started_and_told_of(cluster: Cluster) -> None:
    do(cluster, "systemctl stop kubelet")
    assert do(cluster, "systemctl is-active kubelet") == "inactive"
    assert "kubelet" not in do(cluster, "ps -ef | grep kubelet | grep -v grep")
    do(cluster, "service kubelet start")
    assert "active (running)" in do(cluster, "systemctl status kubelet")
    assert "ExecStart=/usr/bin/kubelet" in do(cluster, "systemctl cat kubelet")


def test_a_journal_goes_on(cluster: Cluster) -> None:
    first = run(cluster, "journalctl -fu kubelet", "n1")
    assert first.follow is not None
    do(cluster, "systemctl restart kubelet")
    cluster.run_until(seconds(30))
    more = go_on(cluster, "journalctl -fu kubelet", first.follow, "n1")
    assert "Successfully registered node n1" in more.text
    assert more.follow is not None


def test_signals_reach_services_by_their_process_id(cluster: Cluster) -> None:
    pid = do(cluster, "ps -ef | grep /usr/bin/kubelet | awk '{print $2}'").split()[0]
    do(cluster, f"kill -STOP {pid}")
    assert cluster.process("kubelet", "n1").status.phase == "hung"
    do(cluster, f"kill -CONT {pid}")
    assert cluster.process("kubelet", "n1").running


def test_a_node_is_rebooted(cluster: Cluster) -> None:
    before = cluster.machines["n1"].boot_id
    answer = run(cluster, "reboot", "n1")
    for command in answer.commands:
        cluster.apply(command)
    assert answer.where == ""
    assert cluster.machines["n1"].boot_id != before


def test_the_master_has_the_control_plane_and_etcd(cluster: Cluster) -> None:
    assert "kube-apiserver.service" in do(cluster, "systemctl", "master")
    assert "/registry/minions/n1" in do(
        cluster, "etcdctl get /registry/minions --prefix --keys-only", "master"
    )
    do(cluster, "systemctl stop kube-scheduler", "master")
    assert "Unhealthy" in run(cluster, "kubectl get cs scheduler").text
    assert "command not found" in do(cluster, "docker ps", "master")


def test_today_containers_are_those_of_containerd() -> None:
    cluster = Cluster(default_scenario("v1.36"))
    assert "tomcat" in do(cluster, "crictl ps")
    assert "Ready" in do(cluster, "crictl pods")
    assert do(cluster, "docker ps") == "-bash: docker: command not found"
    note = run(cluster, "docker ps", "n1").note
    assert note is not None
    assert "crictl" in note.text()


def test_a_ping_is_lost_where_the_network_is_cut(cluster: Cluster) -> None:
    assert "0% packet loss" in do(cluster, "ping -c 1 n2")
    cluster.apply(Command("cut-network", "n2"))
    assert "100% packet loss" in do(cluster, "ping -c 1 n2")


@ALL
def test_etcdctl_speaks_as_the_etcd_of_its_release(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    today = release == "v1.36"
    assert ("3.6" if today else "3.0.17") in typed(cluster, "etcdctl version", "master")
    members = typed(cluster, "ETCDCTL_API=3 etcdctl --endpoints=127.0.0.1:2379 member list", "master")
    assert members.endswith("http://127.0.0.1:2379, false" if today else "http://127.0.0.1:2379")
    lines = typed(cluster, "etcdctl endpoint status -w table", "master").splitlines()
    assert [line.count("|") for line in lines] == [
        0,
        *((17,) if today else (8,)),
        0,
        *((17,) if today else (8,)),
        0,
    ]
    assert len({len(line) for line in lines}) == 1
    assert "one member" in typed(cluster, "etcdctl member add two", "master")


@ALL
def test_a_node_whose_kube_proxy_is_down_does_not_reach_a_new_service_until_it_is_back(release: str) -> None:
    web = "kind: ReplicationController, name: web, replicas: 2, containers: [{name: a, image: nginx}]"
    cluster = cluster_of(f"release: {release}\nnodes: 2\nobjects:\n- {{{web}}}\n")
    typed(cluster, "systemctl stop kube-proxy", "n1")
    typed(cluster, "kubectl expose rc web --port=80")
    at(cluster, "10s")
    address = typed(cluster, "kubectl get svc web -o jsonpath='{.spec.clusterIP}'")
    told = typed(cluster, f"curl http://{address}/", "n1")
    assert "timed out" in told
    assert "default/web" in told
    assert "n1 has no rule for it" in told
    assert "has no port 81" in typed(cluster, f"curl http://{address}:81/", "n2")
    assert "web-" in typed(cluster, f"curl http://{address}/", "n2")
    typed(cluster, "systemctl start kube-proxy", "n1")
    at(cluster, "20s")
    assert "web-" in typed(cluster, f"curl http://{address}/", "n1")


@ALL
def test_a_frozen_etcd_is_unhealthy(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    assert "is healthy" in typed(cluster, "etcdctl endpoint health", "master")
    typed(cluster, "kill -STOP $(pidof etcd)", "master")
    told = typed(cluster, "etcdctl endpoint health", "master")
    assert "is unhealthy: failed to commit proposal: context deadline exceeded" in told
    assert typed(cluster, "etcdctl member list", "master") == "Error: context deadline exceeded"


def test_files_say_what_matters(cluster: Cluster) -> None:
    assert '"storage-driver"' in do(cluster, "cat /etc/docker/daemon.json")
    assert "overlay" in do(cluster, "cat /proc/filesystems")
    assert "No such file" in do(cluster, "cat /etc/shadow")


# --- who listens where, and says what of its health


def today() -> Cluster:
    return Cluster(default_scenario("v1.36"))


def test_controller_manager_and_scheduler_of_old_serve_plain_ports(cluster: Cluster) -> None:
    assert do(cluster, "curl 127.0.0.1:10251/healthz", "master") == "ok"
    assert do(cluster, "curl 127.0.0.1:10252/healthz?verbose", "master") == "[+]ping ok\nhealthz check passed"
    assert "wrong version number" in do(cluster, "curl -k https://127.0.0.1:10252/healthz", "master")
    assert "10257" not in do(cluster, "ss -tnlp", "master")


def test_controller_manager_and_scheduler_of_today_serve_tls_alone() -> None:
    cluster = today()
    assert do(cluster, "curl -k https://127.0.0.1:10257/healthz", "master") == "ok"
    assert do(cluster, "curl -k https://127.0.0.1:10259/readyz?verbose", "master").splitlines() == [
        "[+]leaderElection ok",
        "[+]shutdown ok",
        "[+]sched-handler-sync ok",
        "readyz check passed",
    ]
    assert "to an HTTPS server" in do(cluster, "curl 127.0.0.1:10257/healthz", "master")
    assert "certificate problem" in do(cluster, "curl https://127.0.0.1:10257/healthz", "master")
    assert "Connection refused" in do(cluster, "curl 127.0.0.1:10252/healthz", "master")
    assert do(cluster, "curl -k https://127.0.0.1:10257/livez", "master") == "404 page not found"
    listening = do(cluster, "ss -tnlp", "master")
    assert "*:10257" in listening
    assert "*:10259" in listening
    assert ":10251" not in listening
    assert ":8080" not in listening


def test_the_secure_port_is_where_its_flag_says() -> None:
    scenario = default_scenario("v1.36")
    texts = {"scheduler": {"secure-port": "0"}, "controller-manager": {"secure-port": "10300"}}
    cluster = Cluster(replace(scenario, flags=scenario.flags.with_texts(texts, "v1.36")))
    assert do(cluster, "curl -k https://127.0.0.1:10300/healthz", "master") == "ok"
    assert "10259" not in do(cluster, "ss -tnlp", "master")


def test_flags_of_the_other_era_are_unknown() -> None:
    with pytest.raises(FlagError):
        default_scenario("v1.36").flags.with_texts({"scheduler": {"port": "10251"}}, "v1.36")
    with pytest.raises(FlagError):
        default_scenario().flags.with_texts({"scheduler": {"secure-port": "10259"}}, "v1.7")


def test_an_api_server_whose_etcd_is_away_is_neither_live_nor_ready() -> None:
    cluster = today()
    assert do(cluster, "curl -k https://127.0.0.1:6443/livez/etcd", "master") == "ok"
    cluster.apply(Command("stop-etcd", "etcd"))
    assert "[-]etcd failed: reason withheld" in do(cluster, "curl -k https://127.0.0.1:6443/livez", "master")
    ready = do(cluster, "curl -k https://127.0.0.1:6443/readyz", "master")
    assert "[-]etcd-readiness failed: reason withheld" in ready
    assert ready.endswith("readyz check failed")
    assert do(cluster, "curl -k https://127.0.0.1:6443/livez/ping", "master") == "ok"


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_kube_proxy_tells_everybody_its_health_and_its_own_machine_how_it_writes(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    cluster.run_until(seconds(100))
    told = json.loads(do(cluster, "curl n1:10256/healthz", "n2"))
    assert told.get("nodeEligible", True)
    ages = [told[name].partition(".")[0] for name in ("lastUpdated", "currentTime")]
    day = "2026-11-22" if release == "v1.36" else "2017-09-26"
    assert f"{day} 07:01" < ages[0] <= ages[1] < f"{day} 07:02"
    assert do(cluster, "curl 127.0.0.1:10249/proxyMode", "n1") == "iptables"
    assert "Connection refused" in do(cluster, "curl n1:10249/proxyMode", "n2")
    cluster.apply(Command("stop-kube-proxy", "n1"))
    assert "Connection refused" in do(cluster, "curl 127.0.0.1:10256/healthz", "n1")


def test_a_node_that_is_to_go_is_not_eligible_but_its_kube_proxy_lives() -> None:
    cluster = today()
    do(cluster, "kubectl taint node n1 ToBeDeletedByClusterAutoscaler=1:NoSchedule", "")
    cluster.run_until(cluster.now + seconds(1))
    assert '"nodeEligible": false}' in do(cluster, "curl 127.0.0.1:10256/healthz", "n1")
    assert "nodeEligible" not in do(cluster, "curl 127.0.0.1:10256/livez", "n1")


def test_the_insecure_port_of_old_is_there_on_the_master_alone(cluster: Cluster) -> None:
    assert do(cluster, "curl 127.0.0.1:8080/healthz", "master") == "ok"
    assert "Connection refused" in do(cluster, "curl master:8080/healthz", "n1")
    assert do(cluster, "curl 127.0.0.1:8080/livez", "master") == "404 page not found"


def test_the_read_only_port_gives_pods_and_figures_until_v18_and_is_closed_today() -> None:
    old, today = Cluster(default_scenario("v1.7")), Cluster(default_scenario("v1.36"))
    pods = json.loads(run(old, "curl -s localhost:10255/pods", "n1").text)
    assert [pod["metadata"]["name"].startswith("tomcat-") for pod in pods["items"]] == [True]
    stats = json.loads(run(old, "curl -s http://localhost:10255/stats/summary", "n1").text)
    assert stats["node"]["nodeName"] == "n1"
    assert stats["pods"][0]["containers"][0]["memory"]["workingSetBytes"] == 8 << 20
    assert run(today, "curl -s localhost:10255/pods", "n1").text == (
        "curl: (7) Failed to connect to localhost port 10255: Connection refused"
    )


def test_port_10250_takes_anybody_until_v18_and_asks_who_one_is_today() -> None:
    for release, first in (("v1.7", "{"), ("v1.36", "Unauthorized")):
        cluster = Cluster(default_scenario(release))
        assert run(cluster, "curl -sk https://n1:10250/pods", "n2").text.splitlines()[0] == first


def test_a_pulled_image_is_there_for_the_next_container() -> None:
    for release, line, look in (
        ("v1.7", "docker pull redis:3", "docker images"),
        ("v1.36", "crictl pull redis:3", "crictl images"),
    ):
        cluster = Cluster(default_scenario(release))
        answer = run(cluster, line, "n1")
        assert [command.do for command in answer.commands] == ["pull-image"]
        cluster.apply(answer.commands[0])
        cluster.run_until(seconds(30))
        assert "redis" in run(cluster, look, "n1").text
        assert not run(cluster, line, "n1").commands


def test_a_refused_image_is_not_pulled_by_hand_either() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    cluster.apply(Command("refuse-image", "redis:3"))
    answer = run(cluster, "docker pull redis:3", "n1")
    assert answer.text == "Error response from daemon: manifest for redis:3 not found"
    assert not answer.commands


def test_files_are_read_by_tail_and_grep_and_tail_goes_on() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    assert run(cluster, "grep n2 /etc/hosts", "n1").text == "10.0.0.12   n2"
    begun = run(cluster, "tail -n 1 -f /var/log/kubelet.log", "n1")
    assert begun.follow is not None
    cluster.apply(Command("stop-docker", "n1"))
    cluster.run_until(seconds(30))
    more = go_on(cluster, "tail -n 1 -f /var/log/kubelet.log", begun.follow, "n1")
    assert more.text
    assert run(cluster, "head /nothing", "n1").text == "head: /nothing: No such file or directory"


def test_a_node_knows_the_names_of_machines_and_a_pod_those_of_services() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    assert run(cluster, "nslookup n2", "n1").text.endswith("Address: 10.0.0.12")
    assert "NXDOMAIN" in run(cluster, "nslookup tomcat", "n1").text
    pod = run(cluster, "kubectl get pods -o name | grep mysql").text.removeprefix("pods/")
    answer = run(cluster, f"kubectl exec {pod} -- nslookup tomcat.default.svc.cluster.local")
    assert "Address 1: 10.0.0.173 tomcat.default.svc.cluster.local" in answer.text
    assert run(cluster, f"kubectl exec {pod} -- curl -s http://tomcat:8080/").text.startswith("tomcat-")


def test_ifconfig_shows_the_bridge_of_the_pods() -> None:
    text = run(Cluster(default_scenario("v1.7")), "ifconfig docker0", "n1").text
    assert "inet 172.17.1.1  netmask 255.255.255.0" in text


def test_free_counts_memory_as_the_kubelet_does() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    cluster.apply(Command("use-memory", "n1", {"mib": 1000}))
    cluster.run_until(seconds(1))
    assert run(cluster, "free -m | awk 'NR==2{print $3}'", "n1").text == "1008"


# --- the shell of a machine


def test_what_stands_behind_on_or_ssh_runs_there_as_a_whole(cluster: Cluster) -> None:
    assert do(cluster, "on n3: docker ps -q | wc -l", "") == "4"
    assert do(cluster, "ssh root@n3 docker ps -q", "") == do(cluster, "docker ps -q", "n3")
    inspected = "'docker inspect -f {{.State.Status}} $(docker ps -q | head -1)'"
    assert do(cluster, f"ssh -o StrictHostKeyChecking=no n3 {inspected}", "") == "running"
    assert do(cluster, "on n3: docker inspect -f '{{.Name}}' $(docker ps -q | head -1)", "").startswith(
        "/k8s_"
    )


def test_root_needs_no_sudo(cluster: Cluster) -> None:
    assert do(cluster, "sudo docker ps -q") == do(cluster, "docker ps -q")
    assert do(cluster, "sudo su -") == do(cluster, "sudo -i") == ""
    assert do(cluster, "sudo -u root id").startswith("uid=0(root)")


def test_a_process_is_found_by_its_name(cluster: Cluster) -> None:
    pid = do(cluster, "pidof kubelet")
    assert pid == do(cluster, "pgrep kubelet")
    do(cluster, "kill -STOP $(pidof kubelet)")
    assert cluster.process("kubelet", "n1").status.phase == "hung"
    assert do(cluster, "pgrep -l nope") == ""


def test_the_process_of_a_container_is_killed_like_any_other(cluster: Cluster) -> None:
    pid = do(cluster, "docker inspect -f '{{.State.Pid}}' $(docker ps -qf name=k8s_tomcat)")
    assert pid == do(cluster, "pidof tomcat")
    do(cluster, f"kill -9 {pid}")
    assert "Exited (137)" in do(cluster, "docker ps -a")


def test_a_container_that_the_api_server_has_given_up_is_killed_by_hand(cluster: Cluster) -> None:
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.apply(Command("delete-pod", "tomcat@n1", {"force": True}))
    cluster.run_until(seconds(10))
    assert do(cluster, "docker ps -q | wc -l") == "2"
    do(cluster, "docker kill $(docker ps -qf name=k8s_tomcat)")
    do(cluster, "docker kill $(docker ps -q)")
    assert do(cluster, "docker ps -q") == ""


def test_docker_lists_what_is_asked_for_in_the_form_that_is_asked_for(cluster: Cluster) -> None:
    pods = "docker ps --filter label=io.kubernetes.docker.type=podsandbox --format '{{.Image}}'"
    assert do(cluster, pods) == "gcr.io/google_containers/pause-amd64:3.0"
    heads = do(cluster, "docker ps --format 'table {{.ID}}\\t{{.Status}}'").splitlines()[0]
    assert heads.split() == ["CONTAINER", "ID", "STATUS"]
    assert len(do(cluster, "docker ps --no-trunc -lq")) == 64
    assert do(cluster, "docker ps -q -f ancestor=tomcat") == do(cluster, "docker ps -q -f name=k8s_tomcat")
    assert "Invalid filter 'colour'" in do(cluster, "docker ps -f colour=red")
    assert "can't evaluate field Nope" in do(cluster, "docker ps --format '{{.Nope}}'")
    assert "error calling join" in do(cluster, "docker ps --format '{{join .ID 5}}'")
    assert "invalid value" in do(cluster, "docker ps -n many")


def test_docker_says_what_it_knows_of_one_container(cluster: Cluster) -> None:
    one = "$(docker ps -qf name=k8s_tomcat)"
    label = do(cluster, f"docker inspect -f '{{{{index .Config.Labels \"io.kubernetes.pod.name\"}}}}' {one}")
    assert label in do(cluster, "kubectl get pods -o name", "")
    state = json.loads(do(cluster, f"docker inspect -f '{{{{json .State}}}}' {one}"))
    assert state["Running"] is True
    assert "No such image, container or task: nope" in do(cluster, "docker inspect nope")
    assert do(cluster, f"docker exec -it {one} hostname") == label
    assert "8 MiB / 2 GiB" in do(cluster, "docker stats --no-stream")


def test_a_command_of_nothing_but_spaces_stops_no_listing(cluster: Cluster) -> None:
    manifest = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: blank}\nspec: {nodeName: n1, containers: [{name: c, "
    )
    do(cluster, f"kubectl create -f -\n{manifest}image: 'tomcat:8', command: [' ']}}]}}", "")
    cluster.run_until(seconds(20))
    assert "blank" in do(cluster, "docker ps")
    assert do(cluster, "docker inspect -f '{{.Path}}' $(docker ps -qf name=k8s_c_blank)") == "tomcat"
    assert "Tasks:" in do(cluster, "top -b -n 1")
    assert "tomcat" in do(cluster, "ps aux")


def test_a_machine_has_been_up_since_it_booted(cluster: Cluster) -> None:
    assert "up 2 min" in do(cluster, "uptime")
    cluster.apply(Command("power-off", "n1"))
    cluster.apply(Command("power-on", "n1"))
    cluster.run_until(seconds(90))
    assert "up 1 min" in do(cluster, "uptime")


def test_machines_are_of_the_time_of_their_release(cluster: Cluster) -> None:
    assert do(cluster, "uname -r") == "4.4.0-96-generic"
    assert do(today(), "uname -r") == "6.8.0-60-generic"
    assert "Ubuntu 24.04" in do(today(), "cat /etc/os-release")


def test_crictl_chooses_and_shows_as_it_is_asked() -> None:
    cluster = today()
    one = do(cluster, "crictl ps -q --name '^tom'")
    assert len(one) == 64
    assert do(cluster, "crictl exec -it $(crictl ps -q --name tomcat) hostname").startswith("tomcat-")
    told = do(cluster, f"crictl inspect -o go-template --template '{{{{.info.pid}}}}' {one}")
    assert told == do(cluster, "pidof tomcat")
    assert do(cluster, "crictl stats | grep -c tomcat") == "1"
    do(cluster, "crictl stopp $(crictl pods -q --name tomcat)")
    assert do(cluster, "crictl pods -q --state notready | wc -l") == "1"


# --- its network


def test_ss_shows_what_tcp_keeps_while_the_network_is_cut(cluster: Cluster) -> None:
    assert do(cluster, "ss -tno | grep -c keepalive") == "5", "a connection for each watch, and for requests"
    cluster.apply(Command("cut-network", "n1"))
    cluster.run_until(seconds(20))
    (kept,) = do(cluster, "ss -tnop | grep 'timer:(on'").splitlines()
    assert "208    10.0.0.11" in kept
    assert "kubelet" in kept
    assert kept.endswith(",6)"), "sent again six times in the first 13 s, as recorded after 20 s"
    assert "timer:(on" in do(cluster, "ss -tno | grep 10.0.0.11", "master"), "and the watches"


def test_netstat_says_the_same_in_its_own_way(cluster: Cluster) -> None:
    told = do(cluster, "netstat -tnp").splitlines()
    assert told[0] == "Active Internet connections (w/o servers)"
    assert told[2].split()[-2:] == ["ESTABLISHED", f"{do(cluster, 'pidof kubelet')}/kubelet"]
    assert "0.0.0.0:10250" in do(cluster, "netstat -tnlp")


def test_a_client_that_speaks_http2_has_one_connection() -> None:
    assert do(today(), "ss -tnp | grep -c kubelet") == "1"


def test_the_card_of_a_machine_goes_down_and_up(cluster: Cluster) -> None:
    do(cluster, "ip link set eth0 down")
    assert cluster.network.is_away("n1")
    do(cluster, "ifconfig eth0 up")
    assert not cluster.network.is_disturbed("n1")


def test_a_link_is_slowed_by_tc(cluster: Cluster) -> None:
    do(cluster, "tc qdisc add dev eth0 root netem delay 1.5s")
    assert "delay 1500.0ms" in do(cluster, "tc qdisc show dev eth0")
    do(cluster, "tc qdisc del dev eth0 root")
    assert "netem" not in do(cluster, "tc qdisc show dev eth0")


def test_a_wall_is_built_with_iptables_and_torn_down(cluster: Cluster) -> None:
    do(cluster, "iptables -A OUTPUT -d 10.0.0.1 -j DROP")
    assert cluster.network.state.walls == {"n1": "to-apiserver"}
    do(cluster, "iptables -F")
    assert cluster.network.state.walls == {}
    note = run(cluster, "iptables -A INPUT -s 1.2.3.4 -j DROP", "n1").note
    assert note is not None


def test_iptables_lists_the_rules_of_kube_proxy(cluster: Cluster) -> None:
    services = do(cluster, "iptables -t nat -L KUBE-SERVICES -n").splitlines()
    assert services[0] == "Chain KUBE-SERVICES (2 references)"
    assert any("/* default/tomcat: cluster IP */ tcp dpt:8080" in line for line in services)
    assert "-P OUTPUT ACCEPT" in do(cluster, "iptables -t nat -S").splitlines()
    assert do(cluster, "iptables -t nat -L NOPE") == "iptables: No chain/target/match by that name."


# --- its disk, memory and clock


def test_a_disk_is_filled_and_memory_taken_by_hand(cluster: Cluster) -> None:
    assert "30%" in do(cluster, "df -h")
    do(cluster, "fallocate -l 26G /big")
    assert "95%" in do(cluster, "df -h")
    assert "No space left" in do(cluster, "dd if=/dev/zero of=/more bs=1M count=9000")
    do(cluster, "stress --vm 2 --vm-bytes 512M")
    assert cluster.machines["n1"].state.memory_taken == 1024
    do(cluster, "pkill stress")
    assert cluster.machines["n1"].state.memory_taken == 0


def test_a_clock_is_set(cluster: Cluster) -> None:
    do(cluster, "date -s '+10 min'")
    assert cluster.machines["n1"].state.clock_skew == seconds(600)
    do(cluster, "date -s '2017-09-26 07:00:00'")
    assert cluster.machines["n1"].state.clock_skew == 0
    assert do(cluster, "date -s never") == "date: invalid date 'never'"
