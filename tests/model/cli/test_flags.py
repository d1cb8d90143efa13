import msgspec
import pytest

from clustersim.cli import main
from clustersim.flags import catalogue
from clustersim.scenario.loader import default_scenario, load_scenario


def test_every_setting_is_listed_with_default_range_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flags"]) == 0
    printed = capsys.readouterr().out
    assert "  --node-monitor-grace-period=40s  [0s .. 24h0m0s]  (flag)\n" in printed
    for info in catalogue(release="v1.7"):
        assert f"--{info.flag}={info.default_text}" in printed
        assert info.help in printed


def test_settings_are_listed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flags", "--json", "controller-manager"]) == 0
    rows = [msgspec.json.decode(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["component"] for row in rows} == {"controller-manager"}
    (threshold,) = [row for row in rows if row["flag"] == "terminated-pod-gc-threshold"]
    assert (threshold["default"], threshold["unit"], threshold["origin"]) == ("12500", "pods", "flag")


def test_the_defaults_are_those_of_the_release(capsys: pytest.CaptureFixture[str]) -> None:
    main(["flags", "kubelet", "--release", "v1.8"])
    assert "--heartbeat-timeout=10s" in capsys.readouterr().out


def test_an_unknown_component_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flags", "kublet"]) == 2
    assert capsys.readouterr().err == "error: no component kublet; did you mean kubelet?\n"


def test_the_default_world_is_printed_as_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["world", "--release", "v1.8"]) == 0
    assert load_scenario(capsys.readouterr().out) == default_scenario("v1.8")
