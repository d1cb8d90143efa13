"""Each release's kubectl has the commands and flags of that release."""

import pytest

from clustersim.console.answer import Said
from clustersim.console.kubectl.commands import COMMANDS, flags_of, known, read, subcommands

RELEASES = ("v1.7", "v1.8", "v1.36")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_line_of_the_table_can_be_read(command: str, release: str) -> None:
    flags = flags_of(command, release)
    assert flags.valued["n"] == "namespace"
    names = [*flags.valued, *flags.switches, *flags.optional]
    assert not any(" " in name or "=" in name for name in names)


def test_commands_come_and_go_with_releases() -> None:
    assert "wait" not in known("v1.7")
    assert "wait" in known("v1.36")
    assert "rolling-update" not in known("v1.36")
    assert "restart" not in subcommands("rollout", "v1.8")
    assert "restart" in subcommands("rollout", "v1.36")


def test_flags_are_read_in_every_form() -> None:
    arguments = read(
        "get", ["pods", "-owide", "--namespace", "x", "-l", "a=b", "--watch=false", "-A"], "v1.36"
    )
    assert arguments.words == ("pods",)
    assert (arguments.value("output"), arguments.value("namespace")) == ("wide", "x")
    assert arguments.has("all-namespaces")
    assert not arguments.has("watch")


def test_a_value_that_may_be_left_out_stands_behind_an_equals_sign() -> None:
    assert read("run", ["x", "--dry-run"], "v1.36").value("dry-run") == "unchanged"
    assert read("run", ["x", "--dry-run=client"], "v1.36").value("dry-run") == "client"
    assert read("run", ["x", "--dry-run"], "v1.7").has("dry-run")


def test_what_stands_behind_two_dashes_is_left_alone() -> None:
    arguments = read("exec", ["web", "-it", "--", "sh", "-c", "ls"], "v1.7")
    assert (arguments.words, arguments.after) == (("web",), ("sh", "-c", "ls"))


def test_an_unknown_flag_is_refused_in_the_words_of_the_release() -> None:
    with pytest.raises(Said, match="Error: unknown flag: --all-nodes"):
        read("get", ["pods", "--all-nodes"], "v1.7")
    with pytest.raises(Said) as refused:
        read("get", ["pods", "--show-all"], "v1.36")
    assert refused.value.text == "error: unknown flag: --show-all\nSee 'kubectl get --help' for usage."
    with pytest.raises(Said, match="unknown shorthand flag: 'A' in -A"):
        read("get", ["pods", "-A"], "v1.7")
