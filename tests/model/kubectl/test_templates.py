"""JSONPath, Go templates and custom columns print what kubectl prints of the same document."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.kubectl.customcolumns import custom_columns
from clustersim.kubectl.gotemplate import GoTemplate, TemplateError
from clustersim.kubectl.jsonpath import JsonPath, find
from clustersim.kubectl.jsonpath_steps import JsonPathError

PODS: dict[str, Any] = {
    "kind": "List",
    "items": [
        {
            "kind": "Pod",
            "metadata": {"name": "web-1", "labels": {"app": "web", "a.b/c": "x"}},
            "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "nginx:1.13"}]},
            "status": {
                "capacity": {"cpu": "4"},
                "restarts": 3,
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        },
        {
            "kind": "Pod",
            "metadata": {"name": "web-2", "labels": {"app": "web"}},
            "spec": {
                "nodeName": "n2",
                "containers": [{"name": "c", "image": "a"}, {"name": "d", "image": "b"}],
            },
            "status": {
                "capacity": {"cpu": "8"},
                "restarts": 0,
                "conditions": [{"type": "Ready", "status": "False"}],
            },
        },
    ],
}


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("{.items[*].metadata.name}", "web-1 web-2"),
        ("kind is {.kind}", "kind is List"),
        ("{.kind}", "List"),
        ("{['kind']}", "List"),
        ("{..name}", "web-1 c web-2 c d"),
        ("{.items[*]['metadata.name', 'kind']}", "web-1 web-2 Pod Pod"),
        ("{.items[*].metadata['name']}", "web-1 web-2"),
        ("{.items[0:0].kind}", ""),
        ("{.items[::2].kind}", "Pod"),
        ("{.items[-1:].metadata.name}", "web-2"),
        ("{.items[*].status['capacity']}", "map[cpu:4] map[cpu:8]"),
        ('{.items[?(@.metadata.name=="web-2")].spec.nodeName}', "n2"),
        ("{.items[?(@.status.restarts>1)].metadata.name}", "web-1"),
        ('{range .items[*]}[{.metadata.name}, {.spec.nodeName}] {end}', "[web-1, n1] [web-2, n2] "),
        ('{range .items[*]}{.metadata.name}{"\\t"}{.spec.nodeName}{"\\n"}{end}', "web-1\tn1\nweb-2\tn2\n"),
        ("{.items[0].spec.containers[0].image}", "nginx:1.13"),
        ("{.items[-1].metadata.name}", "web-2"),
        ("{.items[0:1].metadata.name}", "web-1"),
        ("{.items[0,1].metadata.name}", "web-1 web-2"),
        ("{.items[0].metadata.labels.a\\.b/c}", "x"),
        ("{.items[*].spec.nope}", ""),
        ("{$.kind}", "List"),
        ('{range .items[*]}{@.metadata.name}:{range @.status.conditions[*]}{@.type}={@.status};{end}{end}',
         "web-1:Ready=True;web-2:Ready=False;"),
        ('{.items[?(@.status.conditions[0].status=="True")].metadata.name}', "web-1"),
        ("{.items[*].spec.containers[?(@.name=='d')].image}", "b"),
        ("plain", "plain"),
    ],
)  # fmt: skip
def test_jsonpath_prints_what_kubectl_prints(template: str, printed: str) -> None:
    assert JsonPath(template).text(PODS) == printed


def test_newer_releases_print_maps_as_json() -> None:
    assert JsonPath("{.items[0].status.capacity}", as_json=True).text(PODS) == '{"cpu":"4"}'


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{.items[5]}", "array index out of bounds: index 5, length 2"),
        ("{.items", "unclosed action"),
        ("{range .items[*]}x", "unexpected end of range"),
        ("{end}", "nothing to end"),
        ("{.kind[0]}", "is not array or slice"),
        ("{.a[?(@.x==nope)]}", "unrecognized identifier nope"),
        ("{foo}", "unrecognized identifier foo"),
        ("{.items[-3].kind}", "array index out of bounds: index -1, length 2"),
        ("{.items[0:5].kind}", "array index out of bounds: index 4, length 2"),
        ("{.items[1:0].kind}", "starting index 1 is greater than ending index 0"),
        ("{.items[0:2:0].kind}", "step must be > 0"),
        ("{.items[0][0]}", r"map\[string\]interface {} is not array or slice"),
        ("{.kind[0]}", "string is not array or slice"),
        ("{....kind}", "invalid multiple recursive descent"),
    ],
)
def test_jsonpath_says_what_is_wrong(template: str, why: str) -> None:
    with pytest.raises(JsonPathError, match=why.replace("(", r"\(")):
        JsonPath(template).text(PODS)


@pytest.mark.parametrize(
    "expression", ["{.metadata.name}", ".metadata.name", "metadata.name", "{metadata.name}"]
)
def test_paths_of_columns_and_orders_are_relaxed(expression: str) -> None:
    assert find(expression, PODS["items"][0]) == ["web-1"]


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ('{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}', "web-1\nweb-2\n"),
        ("{{len .items}}", "2"),
        ("{{(index .items 0).spec.nodeName}}", "n1"),
        ("{{.nope}}", "<no value>"),
        ('{{range .items}}{{if eq .spec.nodeName "n1"}}{{.metadata.name}}{{else}}-{{end}}{{end}}', "web-1-"),
        ("{{range $i, $p := .items}}{{$i}}={{$p.metadata.name}} {{end}}", "0=web-1 1=web-2 "),
        ("{{with .nope}}x{{else}}y{{end}}", "y"),
        ("{{range .nope}}x{{else}}none{{end}}", "none"),
        ("{{range .items}}{{range .spec.containers}}{{.image}} {{end}}{{end}}", "nginx:1.13 a b "),
        ('{{printf "%s has %d" .kind (len .items)}}', "List has 2"),
        ("{{.items | len}}", "2"),
        ("a {{- /* nothing */ -}} b", "ab"),
        ('{{if and .kind (not .nope)}}{{"yes"}}{{end}}', "yes"),
        ('{{index (index .items 0).metadata.labels "a.b/c"}}', "x"),
        ("{{range .items}}{{if gt .status.restarts 1}}{{.metadata.name}}{{end}}{{end}}", "web-1"),
        ("{{(index .items 1).status.capacity}}", "map[cpu:8]"),
        ('{{exists . "items"}}', "true"),
        ("{{$x := .kind}}{{$x}}", "List"),
        ("{{if .nope}}a{{else if .kind}}b{{else}}c{{end}}", "b"),
    ],
)
def test_go_templates_print_what_kubectl_prints(template: str, printed: str) -> None:
    assert GoTemplate(template).text(PODS) == printed


@pytest.mark.parametrize(
    "template", ["{{", "{{end}}", "{{range .items}}", "{{foo}}", "{{.kind.x}}", "{{if}}x{{end}}"]
)
def test_go_templates_say_what_is_wrong(template: str) -> None:
    with pytest.raises(TemplateError):
        GoTemplate(template).text(PODS)


@given(st.text('{}.[]*@?()"=rangeditfn$ 0:,|', max_size=30))
def test_whatever_is_typed_prints_or_is_refused(template: str) -> None:
    for kind, error in ((JsonPath, JsonPathError), (GoTemplate, TemplateError)):
        try:
            kind(template).text(PODS)
        except error:
            continue


def test_custom_columns_say_none_where_nothing_is() -> None:
    rows = custom_columns("NAME:.metadata.name,IMAGES:.spec.containers[*].image,X:.x", PODS["items"])
    assert rows == [("NAME", "IMAGES", "X"), ("web-1", "nginx:1.13", "<none>"), ("web-2", "a,b", "<none>")]
    with pytest.raises(JsonPathError, match="expected <header>:<json-path-expr>"):
        custom_columns("NAME", PODS["items"])
