"""What kubectl get, events, version, explain and the like answer to odd lines (kubectl v1.36.4 was asked)."""

import json

import pytest

from clustersim import seconds
from clustersim.console import run
from tests.model.reports.typed import of_web, typed

RELEASES = ("v1.7", "v1.8", "v1.36")
UNFIT = (
    'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "{text}", '
    'field selector "": '
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a=b=c", "found '=', expected: ',' or 'end of string'"),
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
        ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
        (",a", "found ',', expected: !, identifier, or 'end of string'"),
        ("a=b,", "found '', expected: identifier after ','"),
        (
            "a>b",
            "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the",
        ),
        ("-a", 'unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of'),
        ("a=-b", 'unable to parse requirement: values[0][a]: Invalid value: "-b": a valid label must be'),
    ],
)
def test_a_label_selector_that_is_none_is_refused_with_its_reason(text: str, told: str) -> None:
    assert typed(of_web(), f"kubectl get pods -l '{text}'").startswith(UNFIT.format(text=text) + told)
    old = typed(of_web("v1.7"), f"kubectl get pods -l '{text}'")
    assert old.startswith(f'error: the provided selector "{text}" is not valid: ')


@pytest.mark.parametrize(
    "text", ["app in (web,)", "app=web,!no", "app!=x", "app ==web", "no notin (in)", "app"]
)
def test_a_label_selector_chooses(text: str) -> None:
    assert "web-" in typed(of_web(), f"kubectl get pods -l '{text}' -o name")


def test_a_field_selector_that_is_none_is_refused_by_the_server() -> None:
    told = typed(of_web(), "kubectl get pods --field-selector a")
    assert told.endswith("field selector \"a\": invalid selector: 'a'; can't understand 'a'")
    assert "web-" in typed(of_web(), "kubectl get pods --field-selector status.phase=Running, -o name")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("get nosuch.v1.apps", 'error: the server doesn\'t have a resource type "nosuch"'),
        (
            "get pods -o json=x",
            'error: unable to match a printer suitable for the output format "json=x", allowed',
        ),
        (
            "get pods -o go-template='{{'",
            "error: error parsing template {{, template: output:1: unclosed action",
        ),
        ("get pv,pvc", "No resources found"),
        ("get ns --sort-by=.nosuch", "No resources found"),
        (
            "get deploy web --subresource=nosuch",
            "Error from server (NotFound): the server could not find the",
        ),
        (
            "get pods --output-watch-events",
            "error: --output-watch-events option can only be used with --watch",
        ),
        (
            "get ev",
            'Warning: short name "ev" could also match lower priority resource events.events.k8s.io\nLAST',
        ),
        ("get pods --raw /x", "error: arguments may not be passed when --raw is specified"),
        ("events --types=Bogus", "error: valid --types are Normal or Warning"),
        ("events --for web", "error: --for must be in resource/name form"),
        ("events --for nosuch/web", 'the server doesn\'t have a resource type "nosuch"'),
        ("version -o bogus", "error: --output must be 'yaml' or 'json'"),
        ("explain nosuch", 'the server doesn\'t have a resource type "nosuch"'),
        ("explain pods a", "error: We accept only this format: explain RESOURCE"),
        (
            "auth can-i get",
            "error: you must specify two arguments: verb resource or verb resource/resourceName.",
        ),
        (
            "logs nosuch",
            'error: error from server (NotFound): pods "nosuch" not found in namespace "default"',
        ),
        (
            "logs deploy/web --since=bad",
            'error: invalid argument "bad" for "--since" flag: time: invalid duration',
        ),
        ("logs -l a=b", "No resources found in default namespace."),
        ("wait deploy/web", "error: unrecognized condition: []"),
        (
            "wait --for=delete",
            "error: You must provide one or more resources by argument or filename.\nExample",
        ),
        ("api-resources --sort-by=x", "error: --sort-by accepts only name or kind"),
    ],
)
def test_odd_lines_are_answered_as_today(line: str, told: str) -> None:
    assert typed(of_web(), f"kubectl {line}").startswith(told)


def test_events_say_what_they_are_about_as_it_is_written() -> None:
    assert " Deployment/web " in typed(of_web(), "kubectl events --for deploy/web")
    assert " deployment/web " in typed(of_web(), "kubectl get events")


def test_kubectl_alone_prints_names_and_ages() -> None:
    told = typed(of_web(), "kubectl get nodes --server-print=false").splitlines()
    assert [line.split() for line in told] == [["NAME", "AGE"], ["n1", told[1].split()[1]]]


@pytest.mark.parametrize("release", RELEASES)
def test_the_api_server_answers_paths(release: str) -> None:
    world = of_web(release)
    assert typed(world, "kubectl get --raw /healthz") == "ok"
    assert json.loads(typed(world, "kubectl get --raw /version"))["gitVersion"].startswith(release)
    node = json.loads(typed(world, "kubectl get --raw /api/v1/nodes/n1"))
    assert (node["kind"], node["metadata"]["name"]) == ("Node", "n1")
    pods = json.loads(typed(world, "kubectl get --raw '/api/v1/namespaces/default/pods?limit=500'"))
    assert pods["kind"] == "PodList"
    assert "kind" not in pods["items"][0]
    for path in ("/nosuch", "/api/v1/nosuch", "/api/v1/pods/web", "/api/v1/namespaces/default/nodes"):
        told = "Error from server (NotFound): the server could not find the requested resource"
        assert typed(world, f"kubectl get --raw {path}") == told


def test_resources_are_chosen_by_verb_and_category_and_sorted() -> None:
    world = of_web()
    every = typed(world, "kubectl api-resources --categories=all -o name").splitlines()
    assert every[:2] == ["pods", "replicationcontrollers"]
    assert "configmaps" not in every
    listed = typed(world, "kubectl api-resources --verbs=list,watch -o name").splitlines()
    assert "bindings" not in listed
    names = typed(world, "kubectl api-resources --sort-by=name --no-headers").splitlines()
    assert [name.split()[0] for name in names] == sorted(name.split()[0] for name in names)


def test_a_field_is_explained_with_its_blank_lines() -> None:
    told = typed(of_web(), "kubectl explain rc.spec")
    assert "\n\nFIELD: spec <ReplicationControllerSpec>\n\n\nDESCRIPTION:\n" in told
    assert "\n    \nFIELDS:\n" in told


def test_whose_lines_are_shown_is_said_where_there_are_several() -> None:
    world = of_web()
    typed(world, "kubectl scale deploy web --replicas=2")
    world.run_until(world.now + seconds(10))
    assert typed(world, "kubectl logs deploy/web").startswith("Found 2 pods, using pod/web-")


def test_the_kind_stands_before_names_today_only_where_several_kinds_were_found() -> None:
    assert "\nkubernetes " in typed(of_web(), "kubectl get pods/nosuch svc/kubernetes")
    assert "\nsvc/kubernetes " in typed(of_web("v1.7"), "kubectl get pods/nosuch svc/kubernetes")


@pytest.mark.parametrize("release", RELEASES)
def test_a_path_that_is_none_is_refused(release: str) -> None:
    world = of_web(release)
    for flag in ("--sort-by={.metadata.name", "-o custom-columns=NAME:{.metadata.name"):
        told = typed(world, f"kubectl get pods,svc {flag} -n kube-system")
        assert told.startswith("error: unexpected path string, expected a 'name1.name2' or"), flag


def test_the_file_of_kubectl_is_shown_in_every_format() -> None:
    world = of_web()
    assert typed(world, "kubectl config view -o jsonpath={.contexts[0].context.user}") == "admin"
    assert json.loads(typed(world, "kubectl config view -o json"))["current-context"] == "admin@kubernetes"
    assert typed(world, "kubectl config get-users") == "NAME\nadmin"
    assert typed(world, "kubectl config get-contexts -o name") == "admin@kubernetes"
    assert "error: context lost not found" in typed(world, "kubectl config get-contexts lost")
    told = 'error: no context exists with the name: "lost"'
    assert typed(world, "kubectl config use-context lost") == told


@pytest.mark.parametrize("release", RELEASES)
def test_who_looks_for_the_control_plane_among_pods_is_told_where_it_is(release: str) -> None:
    world = of_web(release)
    answer = run(world, "kubectl get pods -n kube-system")
    assert answer.note is not None
    assert "ssh master, then systemctl status kube-apiserver" in answer.note.text()
    assert "active (running)" in typed(world, "systemctl status kube-apiserver", "master")
    assert run(world, "kubectl get services -n kube-system").note is None


@pytest.mark.parametrize(
    ("release", "line", "end"),
    [
        ("v1.36", "pods --api-version=apps/v1", "GVR (apps/v1, Resource=pods) not found in OpenAPI schema"),
        ("v1.36", "pods --api-version=no/v1", 'couldn\'t find resource for "no/v1, Resource=pods"'),
        ("v1.36", "pods --api-version=a/b/c", "unexpected GroupVersion string: a/b/c"),
        ("v1.8", "pods --api-version=apps/v1beta1", 'Couldn\'t find resource for "apps/v1beta1, Kind=Pod"'),
        ("v1.7", "pods --api-version=apps/v1beta1", 'requested resource "pod" is not defined'),
    ],
)
def test_a_kind_is_explained_in_the_version_that_is_named(release: str, line: str, end: str) -> None:
    cluster = of_web(release)
    assert typed(cluster, f"kubectl explain {line}") == f"error: {end}"
    if release == "v1.36":
        told = typed(cluster, "kubectl explain hpa.spec --api-version=autoscaling/v1")
        assert "VERSION:    v1" in told
        assert "targetCPUUtilizationPercentage" in told
    if release == "v1.8":
        assert "apps/v1beta2" in typed(cluster, "kubectl explain deploy --api-version=apps/v1beta2")


def test_a_review_of_a_token_tells_whose_it_is() -> None:
    cluster = of_web()
    kind = "apiVersion: authentication.k8s.io/v1\nkind: TokenReview"
    review = f"kubectl create -f - -o yaml\n{kind}\nspec: {{token: "
    token = typed(cluster, "kubectl create token default")
    assert "    username: system:serviceaccount:default:default" in typed(cluster, f"{review}{token}}}")
    assert "  error: '[invalid bearer token, unknown]'" in typed(cluster, f"{review}abc}}")
    assert "token is required" in typed(cluster, f'{review}""}}')
