"""ValidatingAdmissionPolicies: what their expressions refuse and warn of, in the words of the real server.

Most of them are the examples of kubernetes.io, "Validating Admission Policy", and of
test/e2e/apimachinery/validatingadmissionpolicy.go.
"""

from typing import Any

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, typed

FEW = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments%s]}
  %s
"""
BINDING = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: everywhere}
spec: {policyName: few, validationActions: [%s]%s}
"""
RULE = "validations: [{expression: 'object.spec.replicas <= 5'}]"
DENIED = "ValidatingAdmissionPolicy 'few' with binding 'everywhere' denied request: "


def cluster() -> Cluster:
    return cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")


def applied(world: Cluster, manifest: str) -> str:
    return typed(world, f"kubectl apply -f -\n{manifest}")


def policed(rules: str = RULE, *, action: str = "Deny", more: str = "", resources: str = "") -> Cluster:
    world = cluster()
    for manifest in (FEW % (resources, rules), BINDING % (action, more)):
        told = applied(world, manifest)
        assert told.endswith("created"), told
    return world


def made(world: Cluster, replicas: int, name: str = "web") -> str:
    return typed(world, f"kubectl create deploy {name} --image=nginx --replicas={replicas}")


def test_what_a_policy_denies_is_told_as_the_real_server_does() -> None:
    world = policed()
    told = f"{DENIED}failed expression: object.spec.replicas <= 5"
    assert made(world, 7) == (
        f'error: failed to create deployment: deployments.apps "web" is forbidden: {told}'
    )
    assert made(world, 5) == "deployment.apps/web created"
    patch = """kubectl patch deploy web -p '{"spec":{"replicas":6}}'"""
    assert typed(world, patch) == f'The deployments "web" is invalid: : {told}'
    assert typed(world, "kubectl get deploy web -o jsonpath={.spec.replicas}") == "5"


def test_a_binding_says_where_a_policy_holds() -> None:
    more = ", matchResources: {namespaceSelector: {matchLabels: {environment: test}}}"
    world = policed(more=more)
    assert made(world, 7).endswith("created")
    typed(world, "kubectl label ns default environment=test")
    assert "denied request" in made(world, 7, "other")


def test_a_policy_without_a_binding_denies_nothing() -> None:
    world = policed()
    typed(world, "kubectl delete validatingadmissionpolicybinding everywhere")
    assert made(world, 7).endswith("created")


def test_a_warning_lets_things_in() -> None:
    told = made(policed(action="Warn"), 7)
    assert told.split("\n") == [
        "Warning: Validation failed for ValidatingAdmissionPolicy 'few' with binding 'everywhere': "
        "failed expression: object.spec.replicas <= 5",
        "deployment.apps/web created",
    ]
    assert made(policed(action="Audit"), 7) == "deployment.apps/web created"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("{expression: 'object.spec.replicas <= 5', message: ' at most five '}", "at most five"),
        (
            "{expression: 'object.spec.replicas <= 5', messageExpression: "
            "'\"no more than 5, not \" + string(object.spec.replicas)'}",
            "no more than 5, not 7",
        ),
        (
            "{expression: 'object.spec.replicas <= 5', message: five, messageExpression: 'object.x.y'}",
            None,
        ),
        (
            "{expression: 'object.spec.nope > 5'}",
            "expression 'object.spec.nope > 5' resulted in error: no such key: nope",
        ),
        ("{expression: 'has(object.spec.nope)'}", "failed expression: has(object.spec.nope)"),
        ("{expression: 'request.operation == \"UPDATE\"', message: new}", "new"),
        ("{expression: 'oldObject != null', message: new}", "new"),
        ("{expression: 'request.userInfo.username != \"kubernetes-admin\"', message: you}", "you"),
        ("{expression: 'request.resource.group == \"\"', message: core}", "core"),
        ("{expression: 'namespaceObject.metadata.name != \"default\"', message: default}", "default"),
        (
            "{expression: 'object.spec.template.spec.containers.all(c, c.image == \"x\")', message: tag}",
            "tag",
        ),
        (
            "{expression: '!authorizer.group(\"\").resource(\"pods\").check(\"get\").allowed()', "
            "message: may}",
            "may",
        ),
    ],
)  # fmt: skip
def test_what_expressions_know_and_say(rule: str, told: str | None) -> None:
    if told is None:
        told = "five"
        rule = rule.replace("object.x.y", 'object.x.y + ""')
    world = policed(f"validations: [{rule}]")
    assert made(world, 7).endswith(f"{DENIED}{told}")


NOBODY = 'authorizer.serviceAccount("default", "builder").group("apps").resource("deployments")'


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ('authorizer.requestResource.check("delete").allowed()', None),
        ('!authorizer.requestResource.check("create").reason().startsWith("RBAC: allowed by")', "nay"),
        (f'{NOBODY}.namespace("default").check("create").allowed()', "nay"),
        (f'{NOBODY}.namespace("default").check("get").allowed()', None),
        (f'{NOBODY}.namespace("other").check("get").allowed()', "nay"),
        (f'{NOBODY}.namespace("default").subresource("scale").check("get").allowed()', "nay"),
        (f'{NOBODY}.check("get").errored()', "nay"),
        ('authorizer.serviceAccount("a", "b").path("/healthz").check("get").allowed()', None),
        ('authorizer.serviceAccount("a", "b").path("/logs").check("get").allowed()', "nay"),
        ('authorizer.path(" ").check("get").allowed()', "resulted in error: path must not be empty"),
        (
            'authorizer.serviceAccount("A", "b").path("/x").check("get").allowed()',
            "resulted in error: Invalid service account namespace",
        ),
    ],
)
def test_an_authorizer_knows_the_roles_of_the_cluster(expression: str, told: str | None) -> None:
    world = policed(f"validations: [{{expression: '{expression}', message: nay}}]")
    for line in (
        "kubectl create role reader --verb=get --resource=deployments.apps",
        "kubectl create rolebinding builds --role=reader --serviceaccount=default:builder",
    ):
        assert typed(world, line).endswith("created")
    assert made(world, 1).endswith("created" if told is None else told)


def test_the_reason_of_a_rule_is_that_of_the_answer() -> None:
    world = policed("validations: [{expression: 'false', reason: Forbidden, message: never}]")
    patch = "kubectl apply -f -\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec: " + (
        "{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: "
        "[{name: a, image: x}]}}}\n"
    )
    assert typed(world, patch).startswith("Error from server (Forbidden): error when creating")


def test_variables_are_worked_out_when_they_are_asked_for() -> None:
    rules = (
        "variables: [{name: broken, expression: object.spec.nope.nothing}, "
        "{name: names, expression: 'object.spec.template.spec.containers.map(c, c.name)'}, "
        "{name: first, expression: 'variables.names[0]'}]\n"
        "  validations: [{expression: 'variables.first != \"nginx\"', messageExpression: "
        "'\"not \" + variables.first'}]"
    )
    assert made(policed(rules), 1).endswith(f"{DENIED}not nginx")
    rules = rules.replace('variables.first != "nginx"', "variables.broken == 1")
    assert made(policed(rules), 1).endswith(
        'resulted in error: composited variable "broken" fails to evaluate: no such key: nope'
    )


def test_conditions_say_whom_a_policy_is_about() -> None:
    rules = (
        "matchConditions: [{name: not-nodes, expression: '!(\"system:nodes\" in request.userInfo.groups)'}, "
        "{name: named, expression: 'object.metadata.name.startsWith(\"w\")'}]\n  " + RULE
    )
    world = policed(rules)
    assert "denied request" in made(world, 7)
    assert made(world, 7, "other").endswith("created")


def test_an_expression_that_fails_lets_in_where_the_policy_says_so() -> None:
    rules = "failurePolicy: Ignore\n  validations: [{expression: 'object.spec.nope > 5'}]"
    assert made(policed(rules), 7).endswith("created")


PARAMS = "paramKind: {apiVersion: v1, kind: ConfigMap}\n  validations: [{expression: " + (
    "'params == null || object.spec.replicas <= int(params.data.most)', "
    "messageExpression: '\"more than \" + params.data.most'}]"
)


def test_parameters_come_from_the_object_that_a_binding_names() -> None:
    more = ", paramRef: {name: limits, parameterNotFoundAction: Deny}"
    world = policed(PARAMS, more=more)
    assert made(world, 1).endswith(
        f"{DENIED}failed to configure binding: no params found for policy binding with `Deny` "
        "parameterNotFoundAction"
    )
    typed(world, "kubectl create cm limits --from-literal=most=3")
    assert made(world, 4).endswith(f"{DENIED}more than 3")
    assert made(world, 3).endswith("created")


def test_parameters_may_be_chosen_by_their_labels() -> None:
    more = ", paramRef: {selector: {matchLabels: {for: limits}}, parameterNotFoundAction: Allow}"
    world = policed(PARAMS, more=more)
    assert made(world, 9).endswith("created")
    typed(world, "kubectl create cm a --from-literal=most=9")
    typed(world, "kubectl create cm b --from-literal=most=2")
    typed(world, "kubectl label cm a b for=limits")
    assert made(world, 5, "other").endswith(f"{DENIED}more than 2")


def test_a_kind_of_parameters_that_there_is_not_denies_all() -> None:
    rules = "paramKind: {apiVersion: x.io/v1, kind: Foo}\n  " + RULE
    assert made(policed(rules), 1).endswith(
        "ValidatingAdmissionPolicy 'few' denied request: failed to configure policy: failed to find resource "
        "referenced by paramKind: 'x.io/v1, Kind=Foo'"
    )


def test_deletions_and_parts_are_judged_too() -> None:
    world = policed("validations: [{expression: 'object.spec.replicas < 3'}]", resources="/scale")
    made(world, 1)
    assert "denied request: failed expression" in typed(world, "kubectl scale deploy web --replicas=4")
    patch = """kubectl patch deploy web -p '{"spec":{"replicas":4}}'"""
    assert typed(world, patch) == "deployment.apps/web patched"
    manifest = (FEW % ("", "validations: [{expression: 'oldObject.metadata.name != \"web\"'}]")).replace(
        "[CREATE, UPDATE]", "[DELETE]"
    )
    applied(world, manifest)
    assert "denied request: failed expression" in typed(world, "kubectl delete deploy web")
    assert "web" in typed(world, "kubectl get deploy")


GUARDED = """
apiVersion: v1
kind: Namespace
metadata: {name: guarded, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: none, namespace: guarded}
spec: {hard: {pods: 0}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: 'false'}]
"""


def test_policies_are_asked_after_the_rules_for_pods_and_before_quotas() -> None:
    world = cluster()
    applied(world, GUARDED)
    applied(world, BINDING % ("Deny", ""))
    at(world, "10s")
    run = "kubectl run web --image=nginx -n guarded"
    assert "violates PodSecurity" in typed(world, run)
    typed(world, "kubectl label ns guarded pod-security.kubernetes.io/enforce-")
    assert DENIED in typed(world, run)
    typed(world, "kubectl delete validatingadmissionpolicybinding everywhere")
    assert "exceeded quota: none" in typed(world, run)


def test_controllers_meet_policies_like_everybody_else() -> None:
    world = policed("validations: [{expression: 'false', message: no sets}]", resources=", replicasets")
    typed(
        world,
        "kubectl patch validatingadmissionpolicybinding everywhere --type=merge -p "
        '\'{"spec":{"matchResources":{"resourceRules":[{"apiGroups":["apps"],"apiVersions":["v1"],'
        '"operations":["*"],"resources":["replicasets"]}]}}}\'',
    )
    assert made(world, 1).endswith("created")
    at(world, "30s")
    assert "No resources found" in typed(world, "kubectl get rs")
    events = typed(world, "kubectl get deploy web -o jsonpath={.status.conditions[*].message}")
    assert "denied request: no sets" in events


def test_a_namespace_that_must_not_change_its_labels_keeps_them() -> None:
    world = cluster()
    rule = "validations: [{expression: 'object.metadata.labels == oldObject.metadata.labels'}]"
    manifest = (FEW % ("", rule)).replace("apiGroups: [apps]", 'apiGroups: [""]')
    applied(world, manifest.replace("[CREATE, UPDATE]", "[UPDATE]").replace("[deployments]", "[namespaces]"))
    applied(world, BINDING % ("Deny", ""))
    assert "denied request" in typed(world, "kubectl label ns default a=b")
    typed(world, "kubectl delete validatingadmissionpolicy few")
    assert typed(world, "kubectl label ns default a=b") == "namespace/default labeled"


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (
            "validations: [{expression: 'object.spec.replicas <='}]",
            'spec.validations[0].expression: Invalid value: "object.spec.replicas <=": compilation failed: '
            "ERROR: <input>:1:24: Syntax error: mismatched input '<EOF>' expecting ",
        ),
        (
            "validations: [{expression: 'nope > 1'}]",
            'spec.validations[0].expression: Invalid value: "nope > 1": compilation failed: ERROR: '
            "<input>:1:1: undeclared reference to 'nope' (in container '')\n | nope > 1\n | ^",
        ),
        (
            "validations: [{expression: '1 + 1'}]",
            'spec.validations[0].expression: Invalid value: "1 + 1": must evaluate to bool but got int',
        ),
        (
            "validations: [{expression: 'true', messageExpression: '1'}]",
            'spec.validations[0].messageExpression: Invalid value: "1": must evaluate to string but got int',
        ),
        (
            "validations: [{expression: 'params.x'}]",
            "undeclared reference to 'params' (in container '')",
        ),
        (
            "validations: [{expression: 'request.nope == 1'}]",
            "undefined field 'nope'",
        ),
        (
            "variables: [{name: '1a', expression: 'true'}]\n  validations: [{expression: 'true'}]",
            'spec.variables[0].name: Invalid value: "1a": must be a valid CEL identifier',
        ),
        (
            "variables: [{name: a, expression: variables.b}, {name: b, expression: 'true'}]\n"
            "  validations: [{expression: 'true'}]",
            "undeclared reference to 'variables' (in container '')",
        ),
        (
            "auditAnnotations: []",
            "spec.validations: Required value: validations or auditAnnotations must",
        ),
        (
            "validations: [{expression: ' '}]",
            "spec.validations[0].expression: Required value: expression is not specified",
        ),
        (
            "validations: [{expression: 'true', reason: Because}]",
            'spec.validations[0].reason: Unsupported value: "Because": supported values: "Forbidden", '
            '"Invalid", "RequestEntityTooLarge"',
        ),
        (
            "auditAnnotations: [{key: k, valueExpression: '1'}]",
            'spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string '
            "null_type] but got int",
        ),
    ],
)
def test_what_a_policy_cannot_say(rules: str, told: str) -> None:
    assert told in applied(cluster(), FEW % ("", rules))


@pytest.mark.parametrize(
    ("action", "more", "told"),
    [
        ("Deny, Warn", "", "must not contain both Deny and Warn (repeating the same validation failure"),
        ("", "", "spec.validationActions: Required value: at least one validation action is required"),
        (
            "Stop",
            "",
            'spec.validationActions[0]: Unsupported value: "Stop": supported values: "Audit", "Deny", "Warn"',
        ),
        (
            "Deny",
            ", paramRef: {parameterNotFoundAction: Deny}",
            "spec.paramRef: Required value: one of name or selector",
        ),
        ("Deny", ", paramRef: {name: a}", "spec.paramRef.parameterNotFoundAction: Required value"),
    ],
)
def test_what_a_binding_cannot_say(action: str, more: str, told: str) -> None:
    assert told in applied(cluster(), BINDING % (action, more))


def test_a_world_without_policies_knows_no_evaluator() -> None:
    import subprocess
    import sys

    lines: Any = (
        "import sys\nfrom tests.model.reports.typed import at, cluster_of, typed\n"
        "world = cluster_of('release: v1.36\\nnodes: 1\\nobjects: []\\n')\n"
        "typed(world, 'kubectl create deploy web --image=nginx')\nat(world, '30s')\n"
        "assert not [name for name in sys.modules if name.startswith('clustersim.cel')]\n"
    )
    subprocess.run([sys.executable, "-c", lines], check=True, timeout=60)


INTO = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [""], apiVersions: [v1], operations: [CONNECT], resources: [pods/exec, pods/portforward]}
  validations:
  - {expression: 'request.kind.kind == "PodExecOptions" && !("sh" in object.command)', message: no shells}
"""


def test_ways_into_pods_are_judged() -> None:
    """pkg/registry/core/pod/rest/subresources.go, apiserver pkg/endpoints/handlers/rest.go ConnectResource"""
    world = cluster()
    for manifest in (INTO, BINDING % ("Deny", "")):
        assert applied(world, manifest).endswith("created")
    typed(world, "kubectl run web --image=nginx")
    at(world, "30s")
    assert typed(world, "kubectl exec web -- hostname") == "web"
    told = typed(world, "kubectl exec web -- sh -c ls")
    assert told == f'The pods "web" is invalid: : {DENIED}no shells'
    told = typed(world, "kubectl port-forward web 8080:80")
    assert told == f'error: error upgrading connection: pods "web" is forbidden: {DENIED}no shells'


def test_what_does_not_fit_the_kinds_is_reported() -> None:
    """kubernetes.io, "Validating Admission Policy", Type checking"""
    world = policed("validations: [{expression: 'object.replicas > 1'}]")
    at(world, "10s")
    told = typed(world, "kubectl get validatingadmissionpolicy few -o yaml --show-managed-fields")
    assert told.endswith(
        "status:\n  observedGeneration: 1\n  typeChecking:\n    expressionWarnings:\n"
        "    - fieldRef: spec.validations[0].expression\n      warning: |\n"
        "        apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'\n"
        "         | object.replicas > 1\n         | ......^"
    )
    assert "    manager: validatingadmissionpolicy-status\n    operation: Apply\n" in told
    assert "kube-controller-manager" not in told
    applied(world, FEW % ("", RULE))
    at(world, "20s")
    told = typed(world, "kubectl get validatingadmissionpolicy few -o yaml")
    assert told.endswith("status:\n  observedGeneration: 2\n  typeChecking: {}")
