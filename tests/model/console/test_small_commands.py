"""kubectl create token, auth whoami, cluster-info dump, completion, plugin, -o kyaml: as v1.36.3 prints."""

import json

import pytest

from clustersim.apiserver.tokens import claims_of
from clustersim.kubectl.kyaml import to_kyaml
from tests.model.reports.typed import ALL, of_web, typed


def test_a_token_says_whose_it_is_and_is_recognised() -> None:
    world = of_web()
    token = typed(world, "kubectl create token default --audience=a --audience=b --duration=1h30m")
    claims = claims_of(world.scenario.seed, token)
    assert claims is not None
    assert (claims.sub, claims.aud) == ("system:serviceaccount:default:default", ("a", "b"))
    assert claims_of(world.scenario.seed + 1, token) is None
    assert claims_of(world.scenario.seed, token[:-2] + "xx") is None


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("none", 'error: failed to create token: serviceaccounts "none" not found'),
        ("default --duration=1s", "may not specify a duration less than 10 minutes"),
        ("default --duration=1x", 'time: unknown unit "x" in duration "1x"'),
        ("default --bound-object-kind=Foo", "supported --bound-object-kind values are Node, Pod, Secret"),
        ("default --bound-object-name=x", "--bound-object-name can only be set if --bound-object-kind"),
        ("", "error: exactly one NAME is required, got 0"),
    ],
)
def test_tokens_that_are_not_made(more: str, told: str) -> None:
    assert told in typed(of_web(), f"kubectl create token {more}")


def test_who_one_is_in_a_format() -> None:
    plain = json.loads(typed(of_web(), "kubectl auth whoami -o json"))
    assert plain["kind"] == "SelfSubjectReview"
    assert plain["status"]["userInfo"]["username"] == "admin"


@ALL
def test_a_dump_of_the_cluster(release: str) -> None:
    world = of_web(release)
    text = typed(world, "kubectl cluster-info dump")
    decoder, kinds, place = json.JSONDecoder(), [], 0
    while text.startswith("{", place):
        found, place = decoder.raw_decode(text, place)
        kinds.append(found["kind"])
        place += 1
    assert kinds[0] == "NodeList"
    assert kinds[-1] == "PodList"
    assert "==== START logs for container web of pod default/web-" in text
    assert typed(world, "kubectl cluster-info dump --output-directory=d") == "Cluster info dumped to d"
    assert '"PodList"' in typed(world, "cat d/default/pods.json")


@ALL
def test_shells_that_kubectl_does_not_complete_in(release: str) -> None:
    world = of_web(release)
    assert typed(world, "kubectl completion").startswith("error: Shell not specified.\n")
    assert typed(world, "kubectl completion csh").startswith('error: Unsupported shell type "csh".\n')


def test_there_are_no_plugins() -> None:
    told = typed(of_web(), "kubectl plugin list")
    assert told == "error: unable to find any kubectl plugins in your PATH"
    assert typed(of_web("v1.8"), "kubectl plugin") == "error: no plugins installed."


def test_kyaml() -> None:
    """Texts as kubectl v1.36.3 prints them."""
    plain = {
        "a": "line1\nline2\n",
        "b": 'it\'s "q" \\',
        "nl": "a\n b",
        "true": "yes",
        "1a": "q",
        "x/y": "1",
        "none": {},
        "numbers": [1, 2],
        "objects": [{"a": 1}, {"b": None}],
    }
    assert to_kyaml(plain) == (
        '---\n{\n  1a: "q",\n  a: "\\\n     line1\\n\\\n     line2\\n\\\n    ",\n'
        '  b: "it\'s \\"q\\" \\\\",\n  nl: "\\\n     a\\n\\\n    \\ b\\\n    ",\n  none: {},\n'
        "  numbers: [\n    1,\n    2,\n  ],\n  objects: [{\n    a: 1,\n  }, {\n    b: null,\n  }],\n"
        '  "true": "yes",\n  x/y: "1",\n}'
    )
    world = of_web()
    assert typed(world, "kubectl get ns default -o kyaml").startswith('---\n{\n  apiVersion: "v1",\n')
    assert "not recognized" in typed(of_web("v1.8"), "kubectl get ns default -o kyaml")
