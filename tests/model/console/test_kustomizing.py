"""`kubectl kustomize` and -k. The texts are what kubectl v1.36.3 printed for the same files."""

import pytest

from clustersim import Cluster
from clustersim.console import run
from tests.model.reports.typed import empty, typed

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: one, image: nginx}
      - {name: two, image: busybox, ports: [{containerPort: 80}],
         env: [{name: A, value: a}, {name: B, value: b}]}
      volumes: [{name: v, configMap: {name: cm}}]
"""
KUSTOMIZATION = """\
resources: [d.yaml]
namePrefix: p-
labels: [{pairs: {x: z}, includeSelectors: true}]
images: [{name: nginx, newTag: "1.2"}]
replicas: [{name: web, count: 2}]
configMapGenerator:
- name: cm
  literals: [a=b, "c=<d&"]
patches:
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers:
          - {name: three, image: x}
          - {name: two, env: [{name: C, value: c}, {name: B, $patch: delete}]}
"""
BUILT = """\
apiVersion: v1
data:
  a: b
  c: <d&
kind: ConfigMap
metadata:
  labels:
    x: z
  name: p-cm-544hcgmmtd
---
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    x: z
  name: p-web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
      x: z
  template:
    metadata:
      labels:
        app: web
        x: z
    spec:
      containers:
      - image: x
        name: three
      - env:
        - name: C
          value: c
        - name: A
          value: a
        image: busybox
        name: two
        ports:
        - containerPort: 80
      - image: nginx:1.2
        name: one
      volumes:
      - configMap:
          name: p-cm-544hcgmmtd
        name: v"""


def write(world: Cluster, name: str, text: str) -> None:
    """A file on the workstation."""
    assert typed(world, f"cat > {name} <<'EOF'\n{text.rstrip()}\nEOF") == ""


@pytest.fixture
def world() -> Cluster:
    world = empty("v1.36")
    write(world, "base/d.yaml", DEPLOYMENT)
    write(world, "base/kustomization.yaml", KUSTOMIZATION)
    return world


def test_a_folder_is_built(world: Cluster) -> None:
    assert typed(world, "kubectl kustomize base") == BUILT
    assert typed(world, "kubectl kustomize ~/base/") == BUILT


def test_it_is_applied_compared_and_deleted(world: Cluster) -> None:
    assert typed(world, "kubectl apply -k base") == (
        "configmap/p-cm-544hcgmmtd created\ndeployment.apps/p-web created"
    )
    assert typed(world, "kubectl diff -k base") == ""
    assert typed(world, "kubectl apply -k base").endswith("deployment.apps/p-web unchanged")
    assert "p-web" in typed(world, "kubectl get -k base")
    assert 'deployment.apps "p-web" deleted from default namespace' in typed(world, "kubectl delete -k base")


def test_an_overlay_changes_what_its_base_has(world: Cluster) -> None:
    write(
        world,
        "dev/kustomization.yaml",
        "resources: [../base]\nnamespace: team\nnameSuffix: -x\n"
        "secretGenerator:\n- {name: s, literals: [a=b]}\n"
        "configMapGenerator:\n- {name: cm, behavior: merge, literals: [a=9]}\n"
        'patches:\n- target: {kind: Deployment}\n  patch: \'[{"op": "add", "path": "/spec/paused", '
        '"value": true}]\'\n',
    )
    text = typed(world, "kubectl kustomize dev")
    assert "name: p-web-x\n  namespace: team\nspec:\n  paused: true" in text
    assert "kind: Secret\nmetadata:\n  name: s-x-k695gkmbtk\n  namespace: team\ntype: Opaque" in text
    [name] = {line.split(": ")[1] for line in text.splitlines() if "name: p-cm" in line}
    assert text.count(name) == 2


def test_a_value_is_written_into_another_object(world: Cluster) -> None:
    write(
        world,
        "r/kustomization.yaml",
        "resources: [../base]\nreplacements:\n"
        "- source: {kind: Deployment, name: web, fieldPath: metadata.name}\n"
        "  targets:\n  - select: {kind: Deployment}\n"
        "    fieldPaths: ['spec.template.spec.containers.[name=two].env.[name=A].value']\n",
    )
    assert "- name: A\n          value: p-web" in typed(world, "kubectl kustomize r")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("foo: bar", 'invalid Kustomization: json: unknown field "foo"'),
        ("namePrefix:", "kustomization.yaml is empty"),
        (
            "resources: ../base",
            "invalid Kustomization: json: cannot unmarshal string into Go struct "
            "field Kustomization.resources of "
            "type []string",
        ),
        (
            "resources: [../base/d.yaml]",
            "accumulating resources: accumulation err='accumulating resources from "
            "'../base/d.yaml': security; "
            "file '/root/base/d.yaml' is not in or below '/root/t'': must build at directory: "
            "'/root/base/d.yaml': file is not directory",
        ),
        (
            "resources: [../base]\nreplicas: [{name: nope, count: 2}]",
            "resource with name nope does not match a config with the following "
            "GVK [Deployment.[noVer].[noGrp] "
            "StatefulSet.[noVer].[noGrp] ReplicaSet.[noVer].[noGrp] ReplicationController.[noVer].[noGrp]]",
        ),
        (
            "resources: [../base]\npatches: [{target: {kind: Deployment}, patch: "
            "'- {op: remove, path: /spec/x}'}]",
            "error in remove for path: '/spec/x': Unable to remove nonexistent key: x: missing value",
        ),
        (
            "configMapGenerator: [{name: a, literals: [nope]}]",
            "loading KV pairs: literal sources [nope]: invalid literal source nope, expected key=value",
        ),
    ],
)
def test_what_cannot_be_built_is_refused_in_these_words(world: Cluster, text: str, told: str) -> None:
    write(world, "t/kustomization.yaml", text)
    assert typed(world, "kubectl kustomize t") == f"error: {told}"


def test_old_fields_are_warned_of(world: Cluster) -> None:
    write(world, "t/kustomization.yaml", "resources: [../base]\ncommonLabels: {a: b}")
    assert typed(world, "kubectl kustomize t").startswith(
        "# Warning: 'commonLabels' is deprecated. Please use 'labels' instead. "
        "Run 'kustomize edit fix' to update"
    )


def test_what_is_not_followed_is_told(world: Cluster) -> None:
    write(world, "t/kustomization.yaml", "resources: [../base]\ntransformers: [t.yaml]")
    assert "transformers" in typed(world, "kubectl kustomize t")


def test_folders_that_are_none(world: Cluster) -> None:
    assert typed(world, "kubectl apply -k no") == (
        "error: must build at directory: not a valid directory: evalsymlink "
        "failure on 'no' : lstat /root/no: no "
        "such file or directory"
    )
    assert typed(world, "kubectl apply -k base -f x") == "error: only one of -f or -k can be specified"


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_it_came_later(release: str) -> None:
    world = empty(release)
    assert 'unknown command "kustomize"' in run(world, "kubectl kustomize base").text
    assert run(world, "kubectl apply -k base").text.startswith("Error: unknown shorthand flag: 'k' in -k")


@pytest.mark.parametrize(
    "field", ["patches: [{patch: 'spec: {}', target: {name: PATTERN}}]", "images: [{name: PATTERN}]"]
)
def test_patterns_that_take_long_are_not_followed(world: Cluster, field: str) -> None:
    text = field.replace(
        "patch: 'spec: {}'", "patch: '[{op: remove, path: /spec}]'".replace("[{", "- {").replace("}]", "}")
    )
    write(world, "t/kustomization.yaml", f"resources: [../base]\n{text.replace('PATTERN', '(a+)+b')}")
    assert "repetitions" in typed(world, "kubectl kustomize t")
    write(world, "t/kustomization.yaml", f"resources: [../base]\n{text.replace('PATTERN', '(a')}")
    assert "error parsing regexp" in typed(world, "kubectl kustomize t")


OF_VARIABLES = """\
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{port: $(REP)}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, annotations: {a: "$(SVC) $(REP)"}}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - {name: c, image: nginx, workingDir: $(SVC), args: ["--x=$(SVC).$(IMG)", $(NONE), $$(SVC)]}
"""
DEPLOYED = "objref: {kind: Deployment, name: d, apiVersion: apps/v1}"
VARIABLES = f"""\
resources: [d.yaml]
namePrefix: p-
vars:
- name: SVC
  objref: {{kind: Service, name: s, apiVersion: v1}}
- name: IMG
  {DEPLOYED}
  fieldref: {{fieldpath: "spec.template.spec.containers[0].image"}}
- name: REP
  {DEPLOYED}
  fieldref: {{fieldPath: spec.replicas}}
"""


def built(kustomization: str, objects: str = OF_VARIABLES) -> str:
    world = empty("v1.36")
    for name, text in (("d.yaml", objects), ("kustomization.yaml", kustomization)):
        typed(world, f"cat > {name} <<'EOF'\n{text}\nEOF")
    return typed(world, "kubectl kustomize .")


def test_variables_are_what_stands_in_another_object() -> None:
    text = built(VARIABLES)
    assert "a: p-s 3\n" in text
    assert "- port: 3\n" in text
    assert "      - args:\n        - --x=p-s.nginx\n        - $(NONE)\n        - $(SVC)\n" in text
    assert "workingDir: $(SVC)" in text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("name: s,", "name: nobody,", "cannot be mapped to a field in the set of known resources"),
        ("spec.replicas", "spec.none", "'{REP Deployment.v1.apps {spec.none}}' not found in corresponding"),
        ("name: REP", "name: SVC", "Deployment.[noVer].[noGrp] {spec.replicas}}]: var 'SVC' already"),
    ],
)
def test_variables_that_are_none(old: str, new: str, told: str) -> None:
    assert told in built(VARIABLES.replace(old, new))


def test_charts_want_a_flag() -> None:
    told = built("helmCharts: [{name: minecraft, version: 3.1.3}]")
    assert told.endswith("`\nname: minecraft\nversion: 3.1.3\n`: must specify --enable-helm")
