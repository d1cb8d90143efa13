"""Lines out of the unit tests of kubectl's own commands (v1.36 k8s.io/kubectl pkg/cmd), with what kubectl
1.36.3 answered to them at a cluster of v1.36."""

import pytest
import yaml

from clustersim import Cluster, default_scenario
from clustersim.console import run
from tests.model.console.test_kept_files import typed


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return Cluster(default_scenario("v1.36"))


ROLES = "kubectl create role r --dry-run=client -o yaml "
RULES = "kubectl create clusterrole c --dry-run=client -o yaml "


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (ROLES + "--verb=get --resource=", "error: at least one resource must be specified"),
        (ROLES + "--verb=get --resource=/",
         "error: resource must be specified if apiGroup/subresource specified"),
        (RULES + "--verb=bind --resource=pods", "error: can not perform 'bind' on 'pods' in group ''"),
        ("kubectl create rolebinding b --role=r --serviceaccount=a:b:c --dry-run=client",
         "error: serviceaccount must be <namespace>:<name>"),
        ("kubectl create configmap c --from-file==f --dry-run=client",
         "error: key name for file path f missing"),
        ("kubectl create configmap c --from-file=a=b=c --dry-run=client",
         "error: key names or file paths cannot contain '='"),
        ("kubectl create secret tls t --key=nosuch --cert=nosuch",
         "error: Cannot read file nosuch, open nosuch: no such file or directory"),
        ("kubectl create quota q --hard=cpu=1 --scopes=BestEffort,",
         'error: invalid resource quota scope ""'),
        ("kubectl autoscale", 'error: required flag(s) "max" not set'),
        ("kubectl expose rc tomcat --port=80 --selector=bad --name=x", "error: unexpected label spec: bad"),
        ("kubectl expose rc tomcat --port=80 --overrides=bad --name=x", "error: Invalid JSON Patch"),
        ("kubectl expose rc tomcat --port=abc --name=x",
         'error: strconv.Atoi: parsing "abc": invalid syntax'),
        ("kubectl run foo --image=bar --override-type=foo --overrides={}",
         "error: invalid override type: foo"),
        ("kubectl scale rc -l a=nosuch --replicas=2", "error: no objects passed to scale"),
        ("kubectl wait --for=jsonpath= rc/tomcat", "error: jsonpath expression cannot be empty"),
        ("kubectl wait --for=jsonpath='{.a' rc/tomcat",
         "error: unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or "
         "'{.name1.name2}'"),
        ("kubectl delete rc --all tomcat", "error: name cannot be provided when a selector is specified"),
        ("kubectl get rc nosuch --ignore-not-found", ""),
        ("kubectl get --raw=healthz",
         'error: --raw must be a valid URL path: parse "healthz": invalid URI for request'),
        ("kubectl explain pods --output=foo", "error: unrecognized format: foo"),
        ("kubectl api-resources -o foo",
         'error: unable to match a printer suitable for the output format "foo", allowed formats are: '
         "json,kyaml,name,wide,yaml"),
        ("kubectl auth can-i --list foo", "error: list option must be specified with no arguments"),
        ("kubectl logs rc/tomcat --tail=-2", "error: --tail must be greater than or equal to -1"),
        ("kubectl logs rc/tomcat --since-time=foo",
         'error: parsing time "foo" as "2006-01-02T15:04:05Z07:00": cannot parse "foo" as "2006"'),
        ("kubectl top pod --sort-by=foo", "error: --sort-by accepts only cpu or memory"),
        ("kubectl top pod nosuch", "error: Metrics API not available"),
        ("kubectl apply view-last-applied rc/tomcat", ""),
        ("kubectl events --for=rc/tomcat/x",
         "error: arguments in resource/name form may not have more than one slash"),
        ("kubectl label rc tomcat a=b --list --dry-run=client", "a=b\napp=tomcat"),
        ("kubectl get rc tomcat -L app,x --no-headers | tr -s ' '", "tomcat 3 3 3 0s tomcat "),
        ("kubectl get rc tomcat --subresource=scale --no-headers | cut -c1-12 | tr -s ' '", "tomcat 3 "),
    ],
)  # fmt: skip
def test_what_a_line_is_answered(cluster: Cluster, line: str, told: str) -> None:
    answer = run(cluster, line).text.strip("\n")
    if " -L " in line:
        answer = answer.replace(answer.split()[4], "0s")
    assert answer.rstrip() == told.rstrip()


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        (ROLES + "--verb=get,*,list --resource=pods,pods", [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}]),
        (ROLES + "--verb=get --resource=pods --resource-name=a --resource-name=a", [
            {"apiGroups": [""], "resources": ["pods"], "resourceNames": ["a"], "verbs": ["get"]}]),
        (ROLES + "--verb=get --resource=*", [{"apiGroups": [""], "resources": ["*"], "verbs": ["get"]}]),
        (RULES + "--verb=get --resource=pods --non-resource-url=/logs/", [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]},
            {"nonResourceURLs": ["/logs/"], "verbs": ["get"]}]),
    ],
)  # fmt: skip
def test_what_a_role_lets_do(cluster: Cluster, line: str, rules: list[object]) -> None:
    assert yaml.safe_load(run(cluster, line).text)["rules"] == rules


DRY = " --dry-run=client -o yaml"


@pytest.mark.parametrize(
    ("line", "generation"),
    [
        ("kubectl set image rc/tomcat tomcat=nginx", 1),
        ("kubectl set env rc/tomcat A=b", 1),
        ('kubectl patch rc tomcat -p \'{"spec": {"replicas": 2}}\'', 1),
        ("kubectl scale rc tomcat --replicas=7 --current-replicas=2", 1),
    ],
)
def test_a_client_alone_counts_no_generation(cluster: Cluster, line: str, generation: int) -> None:
    assert yaml.safe_load(run(cluster, line + DRY).text)["metadata"]["generation"] == generation


def test_names_of_containers_are_made_as_kubectl_makes_them(cluster: Cluster) -> None:
    def name_for(image: str) -> str:
        made = yaml.safe_load(run(cluster, f"kubectl create deployment d --image={image}{DRY}").text)
        return str(made["spec"]["template"]["spec"]["containers"][0]["name"])

    assert name_for("UPPER") == "UPPER"
    changed = name_for("docker.io/library/some.img_x:tag")
    assert (changed[:11], len(changed)) == ("some-img-x-", 16)
    assert name_for("docker.io/library/some.img_x:tag") == changed


def test_a_file_of_variables_is_checked_by_the_rules_of_variables() -> None:
    cluster = Cluster(default_scenario("v1.36"))
    typed(cluster, "echo 'bad line' > e")
    told = run(cluster, "kubectl create configmap c --from-env-file=e").text
    assert told.startswith(
        'error: "bad line" is not a valid key name: a valid environment variable name must'
    )


def test_what_ends_with_a_hash(cluster: Cluster) -> None:
    line = "kubectl create secret docker-registry s --docker-username=u --docker-password=p --docker-email=e"
    assert (
        yaml.safe_load(run(cluster, f"{line} --append-hash{DRY}").text)["metadata"]["name"] == "s-96kbkt4cb9"
    )
    line = "kubectl create configmap cm --append-hash"
    assert yaml.safe_load(run(cluster, line + DRY).text)["metadata"]["name"] == "cm-8cchg99m74"
