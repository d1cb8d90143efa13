"""The model against every recording: the end of the line, and the reason of it all."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from clustersim.conformance import main
from clustersim.conformance.compare import USUAL, Luck, compare_file
from clustersim.conformance.milestones import extract
from clustersim.conformance.recording import read
from clustersim.conformance.report import lines
from clustersim.conformance.run import observed
from clustersim.conformance.setup import prepare

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = sorted(GOLDEN.glob("v*/*.json"))
LUCK = {
    "v1.36.2/all-nodes-stop": Luck(order=("n2", "n1", "n3"), scatter=13, chance=7),
    "v1.36.2/four-of-six": Luck(order=("n4", "n1", "n2", "n3"), chance=7),
    "v1.36.2/image-pull-fails-then-succeeds": Luck(chance=16),
    "v1.36.2/node-deleted-kubelet-alive": Luck(chance=1),
    "v1.8.0/apiserver-away-90s-no-leader-election": Luck(chance=2),
}
"""With which luck the model was last found to agree. Where it no longer does, all others are tried as before:
that takes long, and `python -m clustersim conformance` says the one to put here.
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_model_agrees_with_a_recording(path):
    result = compare_file(path, LUCK.get(f"{path.parent.name}/{path.stem}", USUAL))
    assert result.passes, "\n".join(lines(result))


def test_a_luck_with_which_the_model_does_not_agree_keeps_none_from_being_found():
    result = compare_file(GOLDEN / "v1.36.2" / "etcd-away-60s.json", Luck(chance=1))
    assert result.passes
    assert result.note == "races fall out in way 3"


def test_the_exit_status_is_0_only_when_everything_agrees(capsys):
    good = str(GOLDEN / "v1.7.5" / "seed-run1.json")
    assert main([good]) == 0
    assert (
        capsys.readouterr().out.splitlines()[-1].startswith("conformance: 1 files, 39 milestones, 0 missing,")
    )
    assert main([good, str(GOLDEN / "missing.json")]) == 1
    assert "1 unsupported" in capsys.readouterr().out.splitlines()[-1]


def test_without_files_it_says_how_it_is_called(capsys):
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_a_broken_file_gets_a_sentence_and_the_others_are_compared(tmp_path, capsys):
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "golden/1", "release": "v1.7.5"')
    assert main([str(broken), str(GOLDEN / "v1.8.0" / "grace-8s.json")]) == 1
    out = capsys.readouterr().out
    assert "broken.json: broken: no recording" in out
    assert "grace-8s.json: pass" in out


@pytest.mark.parametrize("name", ["v1.7.5/four-of-six", "v1.8.0/docker-hangs", "v1.8.0/terminated-pod-gc"])
def test_a_world_that_runs_every_pass_shows_the_same_milestones(name):
    recording = read(GOLDEN / f"{name}.json")
    lazy = prepare(recording)
    ticking = replace(lazy, scenario=replace(lazy.scenario, ticking=True))
    assert extract(recording, observed(lazy)) == extract(recording, observed(ticking))


def test_which_of_the_nodes_lost_at_one_pass_goes_first_is_chance_and_said():
    result = compare_file(GOLDEN / "v1.8.0" / "all-nodes-stop.json")
    assert result.passes
    assert result.note.startswith("nodes lost at the same pass in the order")
