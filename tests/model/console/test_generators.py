"""What kubectl makes of its flags, as it prints it with --dry-run -o yaml (kubectl v1.36.4 was asked)."""

import base64
from typing import Any

import pytest
import yaml

from clustersim import Cluster
from tests.model.reports.typed import cluster_of, typed

RELEASES = ("v1.7", "v1.8", "v1.36")
OLD = ("v1.7", "v1.8")


def cluster(release: str = "v1.36") -> Cluster:
    return cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: Deployment, name: web}}]\n")


def told(world: Cluster, line: str) -> str:
    dry = "--dry-run=client" if world.world.release.name == "v1.36" else "--dry-run"
    return typed(world, f"kubectl {line} {dry} -o yaml")


def made(world: Cluster, line: str) -> Any:
    return yaml.safe_load(told(world, line).partition("\n[")[0])


def keep(world: Cluster, name: str, text: str) -> None:
    typed(world, f"cat > {name} <<'EOF'\n{text}\nEOF")


@pytest.mark.parametrize("release", RELEASES)
def test_what_a_registry_is_told_has_the_login_too(release: str) -> None:
    line = "create secret docker-registry r --docker-username=u --docker-password=p --docker-email=e"
    [text] = made(cluster(release), line)["data"].values()
    entry = yaml.safe_load(base64.b64decode(text))
    entry = entry.get("auths", entry)["https://index.docker.io/v1/"]
    assert entry == {"username": "u", "password": "p", "email": "e", "auth": "dTpw"}


def test_a_registry_may_be_told_by_a_file_today() -> None:
    world = cluster()
    keep(world, "config.json", '{"auths":{}}')
    found = made(world, "create secret docker-registry r --from-file=.dockerconfigjson=config.json")
    assert base64.b64decode(found["data"][".dockerconfigjson"]) == b'{"auths":{}}\n'
    assert "either --from-file or the combination of" in told(world, "create secret docker-registry r")


def test_a_certificate_comes_from_two_files() -> None:
    world = cluster()
    keep(world, "a.crt", "-----BEGIN CERTIFICATE-----")
    keep(world, "a.key", "-----BEGIN PRIVATE KEY-----")
    found = made(world, "create secret tls t --cert=a.crt --key=a.key")
    assert (found["type"], sorted(found["data"])) == ("kubernetes.io/tls", ["tls.crt", "tls.key"])


@pytest.mark.parametrize(
    ("line", "name"),
    [("configmap c", "c-m4h6ctkgb2"), ("secret generic s", "s-7fd2tm89d8")],
)
def test_a_hash_is_that_of_kubectl(line: str, name: str) -> None:
    found = made(cluster(), f"create {line} --from-literal=a=b --append-hash")
    assert found["metadata"]["name"] == name


def test_a_config_map_may_hold_the_files_of_a_directory() -> None:
    world = cluster()
    keep(world, "conf/a.txt", "A")
    keep(world, "conf/b.txt", "B")
    found = made(world, "create configmap c --from-file=conf")
    assert found["data"] == {"a.txt": "A\n", "b.txt": "B\n"}
    assert told(world, "create configmap c --from-file=x=conf") == (
        "error: cannot give a key name for a directory path"
    )


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("configmap c --from-literal=a", "invalid literal source a, expected key=value"),
        ("configmap c --from-literal=a/b=c", '"a/b" is not a valid key name for a ConfigMap: a valid config'),
        ("secret generic s --from-literal=a/b=c", '"a/b" is not valid key name for a Secret a valid config'),
        ("quota q --hard=cpu", "Invalid argument syntax cpu, expected <resource>=<value>"),
        ("quota q --hard=cpu=x", "quantities must match the regular expression"),
        ("pdb p --min-available=1", "a selector must be specified"),
        ("pdb p --selector=a=b", "one of min-available or max-unavailable must be specified"),
        ("pdb p --selector=a=b --min-available=1x", "invalid format specified for min-available"),
    ],
)
def test_flags_that_say_nothing_are_refused_in_the_words_of_kubectl(line: str, wrong: str) -> None:
    for release in RELEASES:
        assert told(cluster(release), f"create {line}").startswith(f"error: {wrong}")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("create configmap c --from-env-file=e --from-literal=a=b", "from-env-file cannot be combined"),
        ("create pdb p --selector=a=b --min-available=1 --max-unavailable=1", "min-available and max-unava"),
        ("create job j --image=a --from=cronjob/b", "either --image or --from must be specified"),
        ("create cronjob c", 'required flag(s) "image", "schedule" not set'),
        ("create deployment", 'required flag(s) "image" not set'),
        ("create deployment a --image=b --image=c -- date", "cannot specify multiple --image options and"),
        ("create service clusterip s --tcp=70000", 'strconv.ParseUint: parsing "70000": value out of range'),
        ("create service clusterip s --tcp=a:b", 'strconv.ParseUint: parsing "a": invalid syntax'),
        ("create ingress i --rule=foo.com", "rule foo.com is invalid and should be in format host/path=svc"),
        ("create clusterrole r --verb=fly --non-resource-url=/a", "invalid verb: 'fly' for nonResourceURL"),
        ("create clusterrolebinding b --user=u", 'required flag(s) "clusterrole" not set'),
        ("run p --image=nginx --env=bad", "invalid env: bad"),
        ("run p --image=nginx --labels=bad", "unexpected label spec: bad"),
        ("autoscale deploy web --min=5 --max=2", "--max=MAXPODS must be larger or equal to --min=MINPODS,"),
        ("autoscale deploy web --max=5 --cpu=x", "invalid resource cpu value: x"),
    ],
)
def test_kubectl_of_today_says_what_flags_do_not_fit(line: str, wrong: str) -> None:
    assert told(cluster(), line).startswith(f"error: {wrong}")


def test_an_unusual_verb_of_a_role_is_warned_of_today() -> None:
    text = told(cluster(), "create role r --verb=fly --resource=pods")
    assert text.startswith("Warning: 'fly' is not a standard resource verb\n")


def test_a_role_may_be_made_of_others() -> None:
    found = made(cluster(), "create clusterrole r --aggregation-rule=a/b=true")
    assert found["aggregationRule"] == {"clusterRoleSelectors": [{"matchLabels": {"a/b": "true"}}]}


def test_a_budget_takes_every_selector() -> None:
    spec = made(cluster(), "create pdb p --selector='app in (a,b)' --max-unavailable=50%")["spec"]
    expected = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["a", "b"]}]}
    assert spec == {"maxUnavailable": "50%", "selector": expected}


def test_an_ingress_has_its_certificates_annotations_and_default() -> None:
    line = "create ingress i --default-backend=d:http --annotation a=b --rule='foo.com/x*=s:80,tls=cert'"
    found = made(cluster(), line)
    assert found["metadata"]["annotations"] == {"a": "b"}
    assert found["spec"]["defaultBackend"] == {"service": {"name": "d", "port": {"name": "http"}}}
    assert found["spec"]["tls"] == [{"hosts": ["foo.com"], "secretName": "cert"}]
    [path] = found["spec"]["rules"][0]["http"]["paths"]
    assert (path["path"], path["pathType"]) == ("/x", "Prefix")


def test_an_autoscaler_of_today_says_what_is_measured() -> None:
    found = made(cluster(), "autoscale deploy web --max=5 --cpu=500m --memory=60%")
    assert found["apiVersion"] == "autoscaling/v2"
    cpu, memory = (one["resource"]["target"] for one in found["spec"]["metrics"])
    assert cpu == {"type": "AverageValue", "averageValue": "500m"}
    assert memory == {"type": "Utilization", "averageUtilization": 60}


@pytest.mark.parametrize("release", RELEASES)
def test_an_autoscaler_is_no_longer_said_to_do_nothing(release: str) -> None:
    assert "without effect" not in typed(cluster(release), "kubectl autoscale deploy web --max=5")


def test_several_objects_of_today_are_documents_and_applied_ones_a_list() -> None:
    world = cluster()
    secrets = [f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}" for name in "ab"]
    keep(world, "two.yaml", "\n---\n".join(secrets))
    documents = yaml.safe_load_all(told(world, "create -f two.yaml"))
    assert [one["metadata"]["name"] for one in documents] == ["a", "b"]
    applied = made(world, "apply -f two.yaml")
    assert (applied["kind"], applied["metadata"], len(applied["items"])) == ("List", {}, 2)


@pytest.mark.parametrize("release", RELEASES)
def test_what_was_read_is_made_again_without_its_version(release: str) -> None:
    world = cluster(release)
    typed(world, "kubectl create configmap c --from-literal=a=b")
    typed(world, "kubectl get cm c -o yaml > c.yaml")
    typed(world, "kubectl delete cm c")
    assert "created" in typed(world, "kubectl create -f c.yaml")
    typed(world, "kubectl delete cm c")
    assert "created" in typed(world, "kubectl apply -f c.yaml")


@pytest.mark.parametrize("release", RELEASES)
def test_only_a_balancer_gets_the_address_that_is_asked_for(release: str) -> None:
    line = "expose deployment web --port=80 --load-balancer-ip=192.0.2.7"
    assert "loadBalancerIP: 192.0.2.7" in told(cluster(release), f"{line} --type=LoadBalancer")
    assert "loadBalancerIP" not in told(cluster(release), line)
