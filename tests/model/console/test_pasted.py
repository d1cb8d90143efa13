"""What is pasted below a command may be read beforehand, elsewhere: the answer is the same."""

import pickle

import pytest

from clustersim import Cluster, default_scenario
from clustersim.console import read_beforehand, run
from tests.hostile.corpus import PASTED

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: x}]}\n"


@pytest.mark.parametrize("pasted", [POD, f"{POD}---\n{POD}", "a: [", "", "# nothing\n"])
@pytest.mark.parametrize("verb", ["apply -f -", "create -f - | wc -l", "edit rc tomcat"])
def test_an_answer_does_not_depend_on_where_the_text_was_read(verb: str, pasted: str) -> None:
    cluster = Cluster(default_scenario("v1.36"))
    line = f"kubectl {verb}\n{pasted}"
    known = pickle.loads(pickle.dumps(read_beforehand(line)))
    assert run(cluster, line, pasted=known) == run(cluster, line)


def test_a_line_that_cannot_be_read_has_nothing_below_it() -> None:
    assert read_beforehand("kubectl apply -f - '\na: 1") == {}


@pytest.mark.parametrize("pasted", PASTED, ids=lambda text: text[:9])
def test_what_takes_longest_to_read_is_answered(pasted: str) -> None:
    cluster = Cluster(default_scenario("v1.36"))
    line = f"kubectl apply -f -\n{pasted}"
    assert run(cluster, line, pasted=read_beforehand(line)).ok == ("ConfigMap" in pasted)


@pytest.mark.parametrize("text", ["don't", "$(NOPE) `x`", "a && b &", "'"])
def test_no_shell_reads_what_is_pasted(text: str) -> None:
    cluster = Cluster(default_scenario("v1.36"))
    told = run(
        cluster,
        f"kubectl create -f -\napiVersion: v1\nkind: ConfigMap\ndata:\n  a: x {text}\nmetadata: {{name: c}}",
    )
    assert told.text == "configmap/c created"
