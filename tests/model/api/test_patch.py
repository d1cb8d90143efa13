"""Patches against the examples of their RFCs, and what strategic merges and applies do to lists."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.api.apps import Deployment
from clustersim.api.core_v1 import Pod, Service
from clustersim.api.diff import three_way_patch
from clustersim.api.errors import ApiError
from clustersim.api.managed_fields import apply, fields_set, from_fields_v1, to_fields_v1, updated
from clustersim.api.patch import DoesNotFit, json_patch, merge_patch, strategic_merge_patch

MERGES: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("old", "patch", "new"), MERGES)
def test_merge_patches_are_those_of_rfc_7386(old: Any, patch: Any, new: Any) -> None:
    assert merge_patch(old, patch) == new


OPERATIONS: list[tuple[Any, list[dict[str, Any]], Any]] = [
    ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux"}], {"baz": "qux", "foo": "bar"}),
    (
        {"foo": ["bar", "baz"]},
        [{"op": "add", "path": "/foo/1", "value": "qux"}],
        {"foo": ["bar", "qux", "baz"]},
    ),
    ({"baz": "qux", "foo": "bar"}, [{"op": "remove", "path": "/baz"}], {"foo": "bar"}),
    ({"foo": ["bar", "qux", "baz"]}, [{"op": "remove", "path": "/foo/1"}], {"foo": ["bar", "baz"]}),
    (
        {"baz": "qux", "foo": "bar"},
        [{"op": "replace", "path": "/baz", "value": "boo"}],
        {"baz": "boo", "foo": "bar"},
    ),
    (
        {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
        [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
        {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
    ),
    (
        {"foo": ["all", "grass", "cows", "eat"]},
        [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
        {"foo": ["all", "cows", "eat", "grass"]},
    ),
    (
        {"baz": "qux", "foo": ["a", 2, "c"]},
        [{"op": "test", "path": "/baz", "value": "qux"}, {"op": "test", "path": "/foo/1", "value": 2}],
        {"baz": "qux", "foo": ["a", 2, "c"]},
    ),
    (
        {"foo": "bar"},
        [{"op": "add", "path": "/child", "value": {"grandchild": {}}}],
        {"foo": "bar", "child": {"grandchild": {}}},
    ),
    ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}),
    (
        {"foo": ["bar"]},
        [{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}],
        {"foo": ["bar", ["abc", "def"]]},
    ),
]


@pytest.mark.parametrize(("old", "operations", "new"), OPERATIONS)
def test_json_patches_are_those_of_rfc_6902(old: Any, operations: list[dict[str, Any]], new: Any) -> None:
    assert json_patch(old, operations) == new


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "test", "path": "/baz", "value": "bar"}],
        [{"op": "add", "path": "/a/b", "value": 1}],
        [{"op": "remove", "path": "/nothing"}],
        [{"op": "test", "path": "/baz", "value": True}],
        [{"op": "jump", "path": "/baz"}],
        [{"path": "baz"}],
    ],
)
def test_a_json_patch_that_does_not_fit_is_refused(operations: list[dict[str, Any]]) -> None:
    with pytest.raises(DoesNotFit):
        json_patch({"baz": "qux"}, operations)


CONTAINERS = {"spec": {"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]}}


def test_a_strategic_merge_tells_containers_apart_by_name() -> None:
    patch = {"spec": {"containers": [{"name": "b", "image": "z"}, {"name": "c", "image": "w"}]}}
    assert strategic_merge_patch(Pod, CONTAINERS, patch)["spec"]["containers"] == [
        {"name": "a", "image": "x"},
        {"name": "b", "image": "z"},
        {"name": "c", "image": "w"},
    ]


def test_a_strategic_merge_deletes_replaces_and_orders_by_directive() -> None:
    gone = {"spec": {"containers": [{"$patch": "delete", "name": "a"}]}}
    assert strategic_merge_patch(Pod, CONTAINERS, gone)["spec"]["containers"] == [{"name": "b", "image": "y"}]
    whole = {"spec": {"containers": [{"$patch": "replace"}, {"name": "c"}]}}
    assert strategic_merge_patch(Pod, CONTAINERS, whole)["spec"]["containers"] == [{"name": "c"}]
    order = {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}
    ordered = strategic_merge_patch(Pod, CONTAINERS, order)["spec"]["containers"]
    assert [one["name"] for one in ordered] == ["b", "a"]
    kept = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    rolling = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    assert strategic_merge_patch(Deployment, rolling, kept) == {"spec": {"strategy": {"type": "Recreate"}}}


def test_tolerations_are_replaced_and_finalizers_united() -> None:
    old = {"metadata": {"finalizers": ["a"]}, "spec": {"tolerations": [{"key": "x"}]}}
    patch = {"metadata": {"finalizers": ["b"]}, "spec": {"tolerations": [{"key": "y"}]}}
    assert strategic_merge_patch(Pod, old, patch) == {
        "metadata": {"finalizers": ["b", "a"]},
        "spec": {"tolerations": [{"key": "y"}]},
    }


@pytest.mark.parametrize(
    ("patched", "order", "left"),
    [
        (["c"], None, ["c", "a", "b"]),
        (["b", "c"], None, ["a", "b", "c"]),
        (["c", "b"], None, ["c", "a", "b"]),
        ([], ["b"], ["a", "b"]),
        (["c"], ["b", "c"], ["a", "b", "c"]),
        (["c"], ["a", "c", "b"], ["a", "c", "b"]),
    ],
)
def test_what_is_new_comes_before_what_a_patch_does_not_name(
    patched: list[str], order: list[str] | None, left: list[str]
) -> None:
    """test/e2e/apps: a patch with a container of another name."""
    spec: dict[str, Any] = {"containers": [{"name": name, "image": "z"} for name in patched]}
    if order is not None:
        spec["$setElementOrder/containers"] = [{"name": name} for name in order]
    found = strategic_merge_patch(Pod, CONTAINERS, {"spec": spec})["spec"]["containers"]
    assert [one["name"] for one in found] == left


def test_an_item_without_its_key_is_refused() -> None:
    with pytest.raises(ApiError, match="does not contain declared merge key: name"):
        strategic_merge_patch(Pod, CONTAINERS, {"spec": {"containers": [{"image": "z"}]}})


def test_apply_keeps_what_no_manifest_ever_named() -> None:
    manifest = {"metadata": {"name": "web"}, "spec": {"template": {"spec": CONTAINERS["spec"]}}}
    current = {
        "metadata": {"name": "web", "labels": {"by": "hand"}},
        "spec": {"replicas": 4, "template": {"spec": CONTAINERS["spec"]}},
    }
    assert three_way_patch(Deployment, manifest, manifest, current) == {}


def test_apply_takes_away_what_the_manifest_no_longer_names() -> None:
    before = {"spec": {"containers": CONTAINERS["spec"]["containers"], "hostNetwork": True}}
    after = {"spec": {"containers": [{"name": "a", "image": "new"}]}}
    patch = three_way_patch(Pod, before, after, before)
    assert patch == {
        "spec": {
            "hostNetwork": None,
            "containers": [{"name": "a", "image": "new"}, {"$patch": "delete", "name": "b"}],
            "$setElementOrder/containers": [{"name": "a"}],
        }
    }
    assert strategic_merge_patch(Pod, before, patch) == after


_PORTS = st.lists(st.sampled_from([80, 81, 82]), unique=True)
_LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"))


@st.composite
def _services(draw: st.DrawFn) -> dict[str, Any]:
    ports = [{"port": port, "name": draw(st.sampled_from("pq"))} for port in draw(_PORTS)]
    return {"metadata": {"labels": draw(_LABELS)}, "spec": {"ports": ports, "selector": draw(_LABELS)}}


@given(_services(), _services())
def test_applying_the_three_way_patch_makes_what_the_manifest_says(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    patched = strategic_merge_patch(Service, old, three_way_patch(Service, old, new, old))

    def by_port(plain: dict[str, Any]) -> Any:
        return {
            **plain,
            "spec": {**plain["spec"], "ports": {one["port"]: one for one in plain["spec"]["ports"]}},
        }

    assert by_port(patched) == by_port(new)
    assert three_way_patch(Service, new, new, patched) == {}


# --- server-side apply -------------------------------------------------------------------------------


def _apply(
    current: Any,
    applied: Any,
    managed: Any = (),
    manager: str = "me",
    force: bool = False,
    struct: Any = Deployment,
) -> Any:
    return apply(
        struct,
        current,
        applied,
        managed,
        manager=manager,
        api_version="apps/v1",
        time="2017-09-26T07:00:00Z",
        force=force,
    )


def test_applied_fields_are_managed_and_have_the_real_form() -> None:
    manifest = {"spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "a", "image": "x"}]}}}}
    done = _apply({}, manifest)
    [entry] = done.managed_fields
    assert (entry.manager, entry.operation, entry.fields_type) == ("me", "Apply", "FieldsV1")
    assert entry.fields_v1 == {
        "f:spec": {
            "f:replicas": {},
            "f:template": {
                "f:spec": {
                    "f:containers": {
                        'k:{"name":"a"}': {".": {}, "f:image": {}, "f:name": {}},
                    }
                }
            },
        }
    }


def test_two_appliers_who_disagree_conflict_unless_forced() -> None:
    first = _apply({}, {"spec": {"replicas": 2}}, manager="one")
    with pytest.raises(ApiError) as refused:
        _apply(first.plain, {"spec": {"replicas": 3}}, first.managed_fields, manager="two")
    assert refused.value.message == 'Apply failed with 1 conflict: conflict with "one": .spec.replicas'
    forced = _apply(first.plain, {"spec": {"replicas": 3}}, first.managed_fields, manager="two", force=True)
    assert forced.plain["spec"]["replicas"] == 3
    assert [entry.manager for entry in forced.managed_fields] == ["two"]


def test_what_is_no_longer_applied_goes_unless_somebody_else_wants_it() -> None:
    mine = _apply({}, {"metadata": {"labels": {"a": "1", "b": "2"}}})
    both = _apply(mine.plain, {"metadata": {"labels": {"b": "2"}}}, mine.managed_fields, manager="other")
    less = _apply(both.plain, {"metadata": {"labels": {}}}, both.managed_fields)
    assert less.plain["metadata"]["labels"] == {"b": "2"}


def test_each_manager_that_disagrees_is_told_with_its_fields_in_the_servers_order() -> None:
    def pod(image: str, value: str) -> dict[str, Any]:
        env = [{"name": "A", "value": value}]
        return {"spec": {"containers": [{"name": "c", "env": env, "image": image}]}}

    first = _apply({}, pod("x", "1"), manager="one", struct=Pod)
    scaled = {**first.plain, "metadata": {"labels": {"a": "1"}}}
    entries = updated(
        Pod, first.plain, scaled, first.managed_fields, manager="two", api_version="v1", time=""
    )
    wanted = {**pod("y", "2"), "metadata": {"labels": {"a": "2"}}}
    with pytest.raises(ApiError) as refused:
        _apply(scaled, wanted, entries, manager="three", struct=Pod)
    assert refused.value.message == (
        'Apply failed with 3 conflicts: conflicts with "one":\n'
        '- .spec.containers[name="c"].image\n'
        '- .spec.containers[name="c"].env[name="A"].value\n'
        'conflicts with "two" using v1:\n'
        "- .metadata.labels.a"
    )


def test_a_list_is_as_it_was_applied_with_others_between() -> None:
    def pod(*names: str) -> dict[str, Any]:
        return {"spec": {"containers": [{"name": name} for name in names]}}

    there = _apply({}, pod("a", "b", "c"), manager="one", struct=Pod)
    done = _apply(there.plain, pod("c", "d", "a"), there.managed_fields, manager="two", struct=Pod)
    assert [one["name"] for one in done.plain["spec"]["containers"]] == ["b", "c", "d", "a"]


def test_who_makes_a_list_or_a_map_has_it_and_not_what_is_always_there() -> None:
    ports = [{"containerPort": 80, "protocol": "TCP"}]
    made = {
        "metadata": {"labels": {"a": "1"}},
        "spec": {"containers": [{"name": "c", "ports": ports}]},
    }
    [entry] = updated(Pod, {}, made, (), manager="me", api_version="v1", time="")
    port = {".": {}, "f:containerPort": {}, "f:protocol": {}}
    container = {
        ".": {},
        "f:name": {},
        "f:ports": {".": {}, 'k:{"containerPort":80,"protocol":"TCP"}': port},
    }
    assert entry.fields_v1 == {
        "f:metadata": {"f:labels": {".": {}, "f:a": {}}},
        "f:spec": {"f:containers": {'k:{"name":"c"}': container}},
    }


def test_a_field_that_is_empty_stays_whose_it_is_when_others_fill_it() -> None:
    bare = {"spec": {"containers": [{"name": "c", "resources": {}}]}}
    filled = {"spec": {"containers": [{"name": "c", "resources": {"limits": {"cpu": "1"}}}]}}
    mine = _apply({}, bare, struct=Pod)
    theirs = updated(Pod, mine.plain, filled, mine.managed_fields, manager="other", api_version="v1", time="")
    container = {".": {}, "f:name": {}, "f:resources": {}}
    assert theirs[0].fields_v1 == {"f:spec": {"f:containers": {'k:{"name":"c"}': container}}}


def test_an_update_takes_over_the_fields_that_it_changes() -> None:
    done = _apply({}, {"spec": {"replicas": 2, "paused": True}}, manager="one")
    entries = updated(
        Deployment,
        done.plain,
        {"spec": {"replicas": 5, "paused": True}},
        done.managed_fields,
        manager="kubectl",
        api_version="apps/v1",
        time="",
    )
    assert [(one.manager, one.operation, one.fields_v1) for one in entries] == [
        ("one", "Apply", {"f:spec": {"f:paused": {}}}),
        ("kubectl", "Update", {"f:spec": {"f:replicas": {}}}),
    ]


@given(_services())
def test_the_tree_of_fields_and_its_paths_say_the_same(plain: dict[str, Any]) -> None:
    paths = fields_set(Service, plain)
    leaves = from_fields_v1(to_fields_v1(paths))
    assert leaves == paths


def test_an_item_that_is_applied_no_more_goes_unless_somebody_else_has_set_something_of_it() -> None:
    def manifest(*containers: dict[str, Any]) -> dict[str, Any]:
        return {"spec": {"template": {"spec": {"containers": list(containers)}}}}

    a, b = {"name": "a", "image": "x"}, {"name": "b", "image": "y"}
    both = _apply({}, manifest(a, b))
    alone = _apply(both.plain, manifest(a), both.managed_fields)
    assert alone.plain["spec"]["template"]["spec"]["containers"] == [a]
    theirs = _apply(both.plain, manifest({"name": "b", "tty": True}), both.managed_fields, manager="other")
    less = _apply(theirs.plain, manifest(a), theirs.managed_fields)
    assert less.plain["spec"]["template"]["spec"]["containers"] == [a, {"name": "b", "tty": True}]


def test_apply_says_in_which_order_a_list_is_to_be() -> None:
    def pod(*names: str) -> dict[str, Any]:
        return {"spec": {"containers": [{"name": "c", "env": [{"name": name} for name in names]}]}}

    patch = three_way_patch(Pod, pod("A", "B"), pod("A", "B", "C"), pod("A", "B"))
    order = {"$setElementOrder/containers": [{"name": "c"}]}
    env = {"env": [{"name": "C"}], "$setElementOrder/env": [{"name": "A"}, {"name": "B"}, {"name": "C"}]}
    assert patch == {"spec": {**order, "containers": [{"name": "c", **env}]}}
    assert strategic_merge_patch(Pod, pod("A", "B"), patch) == pod("A", "B", "C")
    assert three_way_patch(Pod, pod("A", "B"), pod("A", "B"), pod("A", "B")) == {}


# --- patch_test.go of apimachinery pkg/util/strategicpatch -------------------------------------------


def test_taking_out_of_a_list_that_is_not_there_makes_none() -> None:
    patch = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}}
    assert strategic_merge_patch(Pod, {"metadata": {"name": "x"}}, patch) == {"metadata": {"name": "x"}}


def test_what_takes_the_place_of_what_is_deleted_stands_where_that_was() -> None:
    old = {"spec": {"containers": [{"name": "a"}, {"name": "b"}, {"name": "d"}]}}
    order = [{"name": "b"}, {"name": "c"}]
    items = [{"name": "c"}, {"$patch": "delete", "name": "a"}]
    patch = {"spec": {"$setElementOrder/containers": order, "containers": items}}
    left = strategic_merge_patch(Pod, old, patch)["spec"]["containers"]
    assert [one["name"] for one in left] == ["b", "d", "c"]


def test_apply_takes_a_finalizer_out_that_a_manifest_names_no_more() -> None:
    named = {"metadata": {"finalizers": ["a", "b"]}}
    now = {"metadata": {"finalizers": ["a"]}}
    there = {"metadata": {"finalizers": ["a", "b", "c"]}}
    patch = three_way_patch(Pod, named, now, there)
    assert patch["metadata"]["$deleteFromPrimitiveList/finalizers"] == ["b"]
    assert strategic_merge_patch(Pod, there, patch) == {"metadata": {"finalizers": ["a", "c"]}}


def test_apply_makes_a_volume_another_whatever_it_was() -> None:
    wanted = {"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}
    there = {"spec": {"volumes": [{"name": "v", "configMap": {"name": "m"}}]}}
    patch = three_way_patch(Pod, {}, wanted, there)
    assert patch["spec"]["volumes"][0]["$retainKeys"] == ["emptyDir", "name"]
    assert strategic_merge_patch(Pod, there, patch) == wanted


def test_apply_says_what_stays_of_a_strategy_when_the_server_has_more() -> None:
    wanted = {"spec": {"strategy": {"type": "Recreate"}}}
    there = {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}}}
    patch = three_way_patch(Deployment, wanted, wanted, there)
    assert patch == {"spec": {"strategy": {"$retainKeys": ["type"]}}}
