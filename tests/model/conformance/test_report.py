from clustersim.conformance.report import FileResult, last_line, lines
from clustersim.conformance.score import Row
from clustersim.engine.time import SECOND


def row(verdict="ok", *, recorded=40 * SECOND, simulated=41 * SECOND, name="node-not-ready"):
    return Row(name, "n3", None, recorded, simulated, verdict)


def test_the_last_line_sums_up():
    results = [
        FileResult("a.json", (row(), row("missing", simulated=None), row("extra", recorded=None))),
        FileResult("b.json", (row("outside", simulated=50 * SECOND), row(simulated=40 * SECOND))),
        FileResult("c.json", nevers=("node-not-ready of n1 at 3.000",)),
        FileResult("d.json", unsupported="release v1.36.2"),
        FileResult("e.json", broken="no recording"),
    ]
    assert last_line(results) == (
        "conformance: 5 files, 4 milestones, 2 missing, 1 outside tolerance, 1 nevers violated, "
        "2 unsupported, median |error| 1.000 s, worst 10.000 s"
    )


def test_a_file_without_milestones_passes_when_nothing_is_wrong():
    assert FileResult("a.json").passes
    assert not FileResult("a.json", nevers=("pod-gone of web at 1.000",)).passes
    assert not FileResult("a.json", (row("value", name="final-placement"),)).passes


def test_an_unsupported_file_says_what_it_needs():
    assert lines(FileResult("a.json", unsupported="object Job")) == ["a.json: unsupported: object Job"]


def test_a_fitted_file_is_marked():
    assert lines(FileResult("a.json", fitted=True))[-1].endswith("phase fitted")


def test_every_milestone_has_a_row_with_both_times_and_the_error():
    (first, _) = lines(FileResult("a.json", (row(),)))
    assert "node-not-ready" in first
    assert "40.000" in first
    assert "+1.000" in first


def test_an_empty_comparison_has_no_error():
    assert last_line([]).endswith("median |error| 0.000 s, worst 0.000 s")
