"""What containers know of themselves and of their machine, and how they are probed."""

from typing import Any

import pytest

from tests.web.kubeapi.asking import Client
from tests.web.kubeapi.pods import V1, after, log_of, made, pod, printed, script
from visualizer.rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"args": ["entrypoint-tester"]}, "[/agnhost entrypoint-tester]"),
        ({"command": ["/agnhost-2", "entrypoint-tester"], "args": ["a"]}, "[/agnhost-2 entrypoint-tester a]"),
    ],
)
async def test_what_a_container_leaves_out_its_image_says(
    room: Room, client: Client, container: dict[str, Any], said: str
) -> None:
    await made(client, "pods", pod("p", container))
    await after(room, 30)
    assert await log_of(client, "p") == f"{said}\n"


async def test_what_metadata_say_is_known_to_a_program_beforehand(room: Room, client: Client) -> None:
    odd = "if [ $(expr ${JOB_COMPLETION_INDEX} % 2) -ne 0 ]; then exit 1; else exit 0; fi"
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", **script(odd)}]}}
    spec = {"completions": 2, "parallelism": 2, "completionMode": "Indexed", "backoffLimitPerIndex": 0,
            "template": template}  # fmt: skip
    jobs = "/apis/batch/v1/namespaces/default/jobs"
    assert (await client.send("POST", jobs, {"metadata": {"name": "j"}, "spec": spec})).code == 201
    await after(room, 60)
    status = (await client.get(f"{jobs}/j")).json["status"]
    assert (status["completedIndexes"], status["failedIndexes"]) == ("0", "1")


async def test_a_probe_may_name_a_file_with_variables(room: Room, client: Client) -> None:
    field = {"fieldRef": {"fieldPath": "metadata.name"}}
    env = [{"name": "OWN", "valueFrom": field}, {"name": "WORD", "value": "up"}]
    for name, asked in (("p", "/tmp/$WORD-${OWN}"), ("q", "/tmp/down-$OWN")):
        probe = {"exec": {"command": ["sh", "-c", f"cat {asked}"]}, "periodSeconds": 1}
        container = script("touch /tmp/up-$OWN; sleep 1000000", env=env, readinessProbe=probe)
        await made(client, "pods", pod(name, container))
    await after(room, 30)
    for name, ready in (("p", True), ("q", False)):
        status = (await client.get(f"{V1}/pods/{name}")).json["status"]["containerStatuses"][0]
        assert status["ready"] is ready


async def test_a_server_that_answers_badly_takes_connections_still(room: Room, client: Client) -> None:
    for name, asked in (("p", {"tcpSocket": {"port": 8080}}), ("q", {"httpGet": {"port": 8080}})):
        probe = {**asked, "periodSeconds": 2, "failureThreshold": 1}
        await made(
            client, "pods", pod(name, {"args": ["liveness"], "livenessProbe": probe}, restartPolicy="Always")
        )
    await after(room, 60)
    for name, restarted in (("p", False), ("q", True)):
        status = (await client.get(f"{V1}/pods/{name}")).json["status"]["containerStatuses"][0]
        assert (status["restartCount"] > 0) is restarted


async def test_what_may_only_be_read_is_not_written(room: Room, client: Client) -> None:
    security = {"readOnlyRootFilesystem": True, "runAsUser": 1001, "runAsGroup": 2002}
    container = script("echo test > /file; id -u; sleep 1000", securityContext=security)
    await made(client, "pods", pod("p", container))
    asks = script("test $(id -u) -eq 1001 && test $(id -g) -eq 2002", securityContext=security)
    await made(client, "pods", pod("r", asks))
    ends = script("echo test > /file", securityContext=security)
    await made(client, "pods", pod("q", ends))
    await after(room, 30)
    told = "/bin/sh: can't create /file: Read-only file system"
    assert (await log_of(client, "p")).splitlines() == [told, "1001"]
    assert await printed(client, "p", "id -g") == "2002\n"
    assert (await client.get(f"{V1}/pods/q")).json["status"]["phase"] == "Failed"
    assert (await client.get(f"{V1}/pods/r")).json["status"]["phase"] == "Succeeded"


async def test_the_kernel_tells_a_container_its_limits(room: Room, client: Client) -> None:
    resources = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "250m", "memory": "128Mi"}}
    await made(client, "pods", pod("p", script("sleep 100000", resources=resources)))
    await after(room, 30)
    asked = "cd /sys/fs/cgroup; cat cpu.max cpu.weight memory.max; mount -t cgroup2"
    assert (await printed(client, "p", asked)).splitlines() == [
        "25000 100000", "4", str(128 << 20),
        "cgroup2 on /sys/fs/cgroup type cgroup2 (ro,nosuid,nodev,noexec,relatime)",
    ]  # fmt: skip
    smaller = {"spec": {"containers": [{"name": "c", "resources": {"limits": {"cpu": "200m"}}}]}}
    media = "application/strategic-merge-patch+json"
    assert (await client.send("PATCH", f"{V1}/pods/p/resize", smaller, type_=media)).code == 200
    await after(room, 60)
    assert await printed(client, "p", "cat /sys/fs/cgroup/cpu.max") == "20000 100000\n"


async def test_the_hosts_file_is_the_kubelets(room: Room, client: Client) -> None:
    aliases = [{"ip": "123.45.67.89", "hostnames": ["foo", "bar"]}]
    await made(client, "pods", pod("p", {"args": ["etc-hosts"]}, hostAliases=aliases))
    await after(room, 30)
    lines = (await log_of(client, "p")).splitlines()
    own = (await client.get(f"{V1}/pods/p")).json["status"]["podIP"]
    assert lines[0] == "# Kubernetes-managed hosts file."
    assert lines[-5:] == [f"{own}\tp", "", "# Entries added by HostAliases.", "123.45.67.89\tfoo\tbar", ""]


async def test_a_pod_may_say_whom_it_asks_for_names(room: Room, client: Client) -> None:
    config = {"nameservers": ["1.1.1.1"], "searches": ["own.local"], "options": [{"name": "edns0"}]}
    vessel = script("sleep 100000")
    await made(client, "pods", pod("p", vessel, dnsPolicy="None", dnsConfig=config))
    await made(client, "pods", pod("q", vessel, dnsConfig=config))
    await made(client, "pods", pod("r", {"args": ["dns-server-list"]}, dnsPolicy="None", dnsConfig=config))
    await after(room, 30)
    lines = "search own.local\nnameserver 1.1.1.1\noptions edns0\n"
    assert await printed(client, "p", "cat /etc/resolv.conf") == lines
    both = (await printed(client, "q", "cat /etc/resolv.conf")).splitlines()
    assert both[0] == "search default.svc.cluster.local svc.cluster.local cluster.local own.local"
    assert both[-1] == "options ndots:5 edns0"
    assert await log_of(client, "r") == "1.1.1.1\n"


@pytest.mark.parametrize(
    ("image", "pulled"), [("webserver:404", False), ("foo:non-existent", False), ("foo:40", True)]
)
async def test_an_image_whose_tag_says_that_there_is_none_is_not_pulled(
    room: Room, client: Client, image: str, pulled: bool
) -> None:
    await made(client, "pods", pod("p", {"image": image}))
    await after(room, 30)
    status = (await client.get(f"{V1}/pods/p")).json["status"]["containerStatuses"][0]["state"]
    assert ("running" in status) is pulled
    if not pulled:
        assert status["waiting"]["reason"] in ("ErrImagePull", "ImagePullBackOff")
