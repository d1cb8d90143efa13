"""kubectl create, replace and delete with --raw: what a file says goes to a path as it is."""

import json

import pytest

from tests.model.reports.typed import empty, typed

ADDRESS = "/api/v1/namespaces/default/configmaps"
CONFIG = '{"metadata": {"name": "c"}, "data": {"a": "1"}}'


def test_what_is_posted_put_and_deleted_is_printed_as_the_server_answers_it() -> None:
    cluster = empty("v1.36")
    made = json.loads(typed(cluster, f"kubectl create --raw {ADDRESS} -f -\n{CONFIG}"))
    assert (made["kind"], made["data"]) == ("ConfigMap", {"a": "1"})
    changed = CONFIG.replace("1", "2")
    assert json.loads(typed(cluster, f"kubectl replace --raw {ADDRESS}/c -f -\n{changed}"))["data"] == {
        "a": "2"
    }
    assert typed(cluster, "kubectl get cm c -o jsonpath='{.data.a}'") == "2"
    gone = json.loads(typed(cluster, f"kubectl delete --raw {ADDRESS}/c"))
    assert (gone["kind"], gone["status"], gone["details"]["name"]) == ("Status", "Success", "c")
    assert "not found" in typed(cluster, "kubectl get cm c")


def test_an_eviction_is_posted_to_its_pod() -> None:
    cluster = empty("v1.36")
    typed(cluster, "kubectl run p --image=nginx")
    body = '{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"}}'
    told = typed(cluster, f"kubectl create --raw /api/v1/namespaces/default/pods/p/eviction -f -\n{body}")
    assert json.loads(told)["code"] == 201
    assert typed(cluster, "kubectl get pod p -o jsonpath='{.metadata.deletionTimestamp}'")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"create --raw {ADDRESS}", "error: --raw can only use a single local file or stdin"),
        (f"replace --raw {ADDRESS}/c -o yaml -f -", "error: --raw and --output are mutually exclusive"),
        (f"create --raw {ADDRESS} --edit -f -", "error: --raw and --edit are mutually exclusive"),
        (
            "replace --raw api/v1 -f -",
            'error: --raw must be a valid URL path: parse "api/v1": invalid URI for request',
        ),
        (
            f"replace --raw {ADDRESS}/c -f -",
            'Error from server (NotFound): configmaps "c" not found',
        ),
        (
            f"create --raw {ADDRESS}/c -f -",
            "Error from server (MethodNotAllowed): the server does not allow this method on the requested "
            "resource",
        ),
        (
            "create --raw /apis/x.example/v1/things -f -",
            "Error from server (NotFound): the server could not find the requested resource",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused(line: str, told: str) -> None:
    pasted = f"\n{CONFIG}" if line.endswith("-f -") else ""
    assert typed(empty("v1.36"), f"kubectl {line}{pasted}") == told


def test_what_is_no_json_is_told_by_its_character() -> None:
    told = typed(empty("v1.36"), f"kubectl create --raw {ADDRESS} -f -\nkind: ConfigMap")
    assert "json parse error: invalid character 'k' looking for beginning of value (6b696e64" in told


def test_old_kubectls_only_get_by_path() -> None:
    assert typed(empty("v1.8"), f"kubectl create --raw {ADDRESS} -f -\n{CONFIG}").startswith(
        "Error: unknown flag: --raw"
    )


def test_a_time_of_a_map_may_be_none() -> None:
    cluster = empty("v1.36")
    typed(cluster, "kubectl create pdb p --min-available=1 --selector=app=x")
    told = {"disruptedPods": {"a": None}, "disruptionsAllowed": 0, "currentHealthy": 0}
    body = {"kind": "PodDisruptionBudget", "apiVersion": "policy/v1", "metadata": {"name": "p"}}
    sent = json.dumps({**body, "status": {**told, "desiredHealthy": 0, "expectedPods": 0}})
    path = "/apis/policy/v1/namespaces/default/poddisruptionbudgets/p/status"
    answer = json.loads(typed(cluster, f"kubectl replace --raw {path} -f -\n{sent}"))
    assert answer["status"]["disruptedPods"] == {"a": None}
