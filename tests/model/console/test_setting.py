"""kubectl set, label, annotate, patch and scale as kubectl v1.36.4 does them, and those of v1.7 and v1.8."""

import pytest
import yaml

from clustersim import Cluster, seconds
from tests.model.reports.typed import cluster_of, typed

RELEASES = ("v1.7", "v1.8", "v1.36")
VERSIONS = {"v1.7": "extensions/v1beta1", "v1.8": "apps/v1beta1", "v1.36": "apps/v1"}
MANIFEST = """
apiVersion: {version}
kind: Deployment
metadata: {{name: two}}
spec:
  selector: {{matchLabels: {{app: two}}}}
  template:
    metadata: {{labels: {{app: two}}}}
    spec:
      initContainers: [{{name: first, image: "busybox:1"}}]
      containers:
      - {{name: a, image: "nginx:1"}}
      - {{name: b, image: "perl:1"}}
"""


def cluster(release: str = "v1.36") -> Cluster:
    """With the Deployment in it, and its manifest at hand."""
    world = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: Deployment, name: web}}]\n")
    text = MANIFEST.format(version=VERSIONS[release])
    typed(world, f"cat > two.yaml <<'EOF'{text}EOF")
    typed(world, "kubectl create -f two.yaml")
    world.run_until(world.now + seconds(1))
    return world


def images(world: Cluster) -> str:
    path = "{.spec.template.spec.initContainers[*].image} {.spec.template.spec.containers[*].image}"
    return typed(world, f"kubectl get deploy two -o jsonpath='{path}'")


def test_images_of_init_containers_are_set_today_only() -> None:
    for release, expected in (("v1.8", "busybox:1 nginx:1 perl:1"), ("v1.36", "busybox:2 nginx:1 perl:1")):
        world = cluster(release)
        typed(world, "kubectl set image deploy two first=busybox:2")
        assert images(world) == expected


@pytest.mark.parametrize("release", RELEASES)
def test_containers_that_are_found_get_their_image_though_others_are_not(release: str) -> None:
    world = cluster(release)
    told = typed(world, "kubectl set image deploy two a=nginx:2 nosuch=x")
    assert 'error: unable to find container named "nosuch"' in told
    assert "image updated" in told
    assert images(world) == "busybox:1 nginx:2 perl:1"


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("image deploy two '*=x' a=y", "all containers are already specified by *, but saw more than one"),
        ("resources deploy two -c nosuch --limits=cpu=1", "unable to find container named nosuch"),
        ("resources deploy two --limits=cpu", "Invalid argument syntax cpu, expected <resource>=<value>"),
        ("resources deploy two --limits=cpu=x", "quantities must match the regular expression"),
        ("selector deploy two a=b", "setting a selector is only supported for Services"),
        ("selector svc kubernetes 'a in (b)'", "match expression [{a In [b]}] not supported on this object"),
        ("subject deploy two --user=x", "deployments/two setting subjects is only supported for RoleBinding"),
        ("image deploy two a=x --local", "you must specify resources by --filename when --local is set."),
    ],
)
def test_what_cannot_be_set_is_said(release: str, line: str, told: str) -> None:
    assert typed(cluster(release), f"kubectl set {line}").startswith(f"error: {told}")


def test_an_object_without_pods_is_told_beside_those_that_have_some() -> None:
    told = typed(cluster(), "kubectl set image svc/kubernetes deploy/two a=nginx:2")
    why = "services/kubernetes the object is not a pod or does not have a pod template: *v1.Service"
    assert told == f"deployment.apps/two image updated\nerror: {why}"


def test_a_refusal_says_what_was_patched() -> None:
    told = typed(cluster(), "kubectl set resources deploy two -c a --limits=cpu=1 --requests=cpu=2")
    assert told.startswith('error: failed to patch resources update to pod template Deployment.apps "two" is')


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_variables_come_from_config_maps_and_secrets(release: str) -> None:
    world = cluster(release)
    typed(world, "kubectl create configmap c --from-literal=key-1=x")
    typed(world, "kubectl create secret generic s --from-literal=key-1=y")
    told = typed(world, "kubectl set env deploy two -c a --from=configmap/c")
    assert ("Warning: key key-1 transferred to KEY_1" in told) is (release == "v1.36")
    typed(world, "kubectl set env deploy two -c a PLAIN=z")
    assert typed(world, "kubectl set env deploy two -c a --list") == (
        "# Deployment two, container a\n# KEY_1 from configmap c, key key-1\nPLAIN=z"
    )
    typed(world, "kubectl set env deploy two -c a --from=secret/s")
    resolved = typed(world, "kubectl set env deploy two -c a --list --resolve")
    assert resolved.endswith("KEY_1=y\nPLAIN=z")
    typed(world, "kubectl set env deploy two -c a KEY_1=plain")
    assert "KEY_1=plain" in typed(world, "kubectl set env deploy two --list")


def test_a_variable_keeps_its_value_where_it_must() -> None:
    world = cluster()
    typed(world, "kubectl set env deploy two A=b")
    told = "error: deployments/two 'A' already has a value (b), and --overwrite is false"
    assert typed(world, "kubectl set env deploy two A=c --overwrite=false") == told


@pytest.mark.parametrize("release", RELEASES)
def test_subjects_of_a_binding_are_added(release: str) -> None:
    world = cluster(release)
    typed(world, "kubectl create clusterrolebinding b --clusterrole=admin --user=u")
    told = typed(world, "kubectl set subject clusterrolebinding b --user=u,v --serviceaccount=n:s")
    assert "subjects updated" in told
    names = typed(world, "kubectl get clusterrolebinding b -o jsonpath='{.subjects[*].name}'")
    assert names == "u v s"


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("line", ["set selector svc kubernetes a=b", "label svc kubernetes a=b"])
def test_what_has_changed_meanwhile_is_not_overwritten(release: str, line: str) -> None:
    told = typed(cluster(release), f"kubectl {line} --resource-version=1")
    assert told.startswith("Error from server (Conflict): Operation cannot be fulfilled on services")


def test_what_is_local_is_changed_as_it_is_written() -> None:
    world = cluster()
    typed(world, "kubectl label deploy two there=too")
    for line in (
        "label --local -f two.yaml a=b",
        "annotate --local -f two.yaml a=b",
        'patch --local -f two.yaml -p \'{"spec":{"replicas":9}}\'',
        "set image --local -f two.yaml a=nginx:9",
    ):
        found = yaml.safe_load(typed(world, f"kubectl {line} -o yaml"))
        assert "uid" not in found["metadata"]
        assert "namespace" not in found["metadata"]
        assert "there" not in found["metadata"].get("labels", {})
    assert "nginx:1 " in images(world) + " "
    told = typed(world, "kubectl label deploy two --local a=b")
    assert told.startswith("error: can only use local files by -f pod.yaml")


def test_labels_and_annotations_are_listed() -> None:
    world = cluster()
    typed(world, "kubectl label deploy two b=c a=b")
    assert typed(world, "kubectl label deploy two --list") == "a=b\nb=c"
    told = typed(world, "kubectl label deploy two web --list")
    assert told.startswith("Listing labels for Deployment.apps/two:\n a=b\n b=c\nListing labels for ")


def test_a_patch_may_come_from_a_file_or_from_what_is_printed() -> None:
    world = cluster()
    typed(world, "printf 'spec:\\n  %s: %d\\n' replicas 3 > p.yaml")
    assert typed(world, "kubectl patch deploy two --patch-file=p.yaml") == "deployment.apps/two patched"
    assert typed(world, "kubectl get deploy two -o jsonpath='{.spec.replicas}'") == "3"
    told = "unable to read patch file: open q.yaml: no such file or directory"
    assert told in typed(world, "kubectl patch deploy two --patch-file=q.yaml")
    line = """kubectl patch deploy two -p "$(printf 'spec:\\n  replicas: 4\\n')" """
    assert typed(world, line) == "deployment.apps/two patched"


def test_a_dry_run_of_a_patch_is_not_marked_today() -> None:
    line = 'kubectl patch deploy two --dry-run=server -p \'{"spec":{"replicas":4}}\''
    assert typed(cluster(), line) == "deployment.apps/two patched"


@pytest.mark.parametrize("release", RELEASES)
def test_only_what_is_known_is_scaled(release: str) -> None:
    world = cluster(release)
    version = typed(world, "kubectl get deploy two -o jsonpath='{.metadata.resourceVersion}'")
    told = typed(world, "kubectl scale deploy two --replicas=2 --resource-version=1")
    assert told == f"error: Expected resource version to be 1, was {version}"
    assert "NotFound" in typed(world, "kubectl scale pod nosuch --replicas=2")


def test_a_line_goes_on_only_if_all_that_was_named_was_deleted() -> None:
    world = cluster()
    typed(world, "kubectl create configmap c")
    assert "gone" in typed(world, "kubectl delete cm c && echo gone")
    typed(world, "kubectl create configmap c")
    assert "gone" not in typed(world, "kubectl delete cm c nosuch && echo gone")


def test_echo_knows_its_escapes() -> None:
    world = cluster()
    assert typed(world, r"echo -e 'a\tb\nc'") == "a\tb\nc"
    assert typed(world, r"echo 'a\tb' -e") == r"a\tb -e"
