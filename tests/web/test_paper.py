"""What is printed, and the words it keeps to."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import MINUTE
from clustersim.explain.compare import requests_of
from clustersim.lesson import load_lesson, shipped
from clustersim.lesson.checking.writing import texts
from visualizer.lessons.catalogue import offer
from visualizer.paper.glossary import GLOSSARY
from visualizer.paper.handout import handout
from visualizer.paper.poster import poster, rows

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(ROOT.glob("**/locale/zh_Hans/LC_MESSAGES/*.po"))
ENTRY = re.compile(r'^msgstr(?:\[0\])? ((?:".*"\n?)+)', re.MULTILINE)


def test_the_poster_of_the_era_counts_from_one_origin() -> None:
    found = poster("v1.7")
    assert (found.grace, found.reprieve, found.added) == (40, 300, False)
    assert 40 <= found.not_ready <= 46
    assert 300 <= found.marked <= 306


def test_the_poster_of_today_adds_the_toleration() -> None:
    found = poster("v1.36")
    assert found.rule == "50 s + 300 s"
    assert 299 <= found.marked - found.not_ready <= 302


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_users_are_served_all_along_as_the_poster_says(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    cluster.apply(Command("stop-kubelet", "n1", {}))
    cluster.run_until(8 * MINUTE)
    requests = requests_of(cluster)
    assert requests.succeeded > 100
    assert requests.lost == 0
    assert "still served" in [bar.text for row in rows(poster(release)) for bar in row.bars]


def test_a_guide_has_the_right_answer_of_every_question() -> None:
    found = handout(offer("kubelet-dies").text, "zh")
    asks = [step.ask for step in found.steps if step.ask is not None]
    assert all(ask.answer and ask.explain for ask in asks)
    assert [ask.number for ask in asks] == list(range(1, len(asks) + 1))
    assert all(step.notes for step in found.steps)


def test_a_guide_tells_the_causes_of_a_diagnosis_and_what_shows_each() -> None:
    steps = handout(offer("nothing-rescheduled").text, "en").steps
    blind = next(step for step in steps if "Which of the four" in step.task)
    assert len(blind.shows) == 4
    assert blind.shows[-1] == "the replacements get no node: $ kubectl get events → FailedScheduling"
    assert any("hand it to your neighbour" in step.task for step in steps)


@pytest.mark.parametrize("lesson", ["the-post", "kubelet-and-docker", "forty-seconds-five-minutes"])
def test_the_lessons_of_a_single_hour_have_a_short_form(lesson: str) -> None:
    steps = offer(lesson).lesson.steps
    core = [step for step in steps if step.core]
    assert 5 <= len(core) < len(steps) or lesson == "the-post"
    assert core[-1].reflect is not None


@pytest.mark.django_db
def test_a_guide_is_for_instructors_a_worksheet_for_all(client: Client, staff: User) -> None:
    assert client.get("/lessons/kubelet-dies/guide/").status_code == 403
    sheet = client.get("/lessons/kubelet-dies/worksheet/").content.decode()
    assert "After how many seconds is n1 NotReady?" in sheet
    assert "For 40 s" not in sheet
    client.force_login(staff)
    assert client.get("/lessons/kubelet-dies/guide/").status_code == 200
    assert client.get("/lessons/no-such/worksheet/").status_code == 404


@pytest.mark.django_db
def test_there_is_a_poster_for_every_release_and_a_glossary(client: Client) -> None:
    assert client.get("/poster/v1.36/").status_code == 200
    assert client.get("/poster/v2/").status_code == 404
    page = client.get("/glossary/").content.decode()
    assert all(term.zh in page for term in GLOSSARY)


def _chinese() -> dict[str, str]:
    """Everything that people read in Chinese, by where it stands."""
    found = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in ROOT.glob("docs/zh/*.md")}
    for path in CATALOGUES:
        found[str(path.relative_to(ROOT))] = "\n".join(ENTRY.findall(path.read_text("utf-8")))
    for path in shipped():
        found[path.name] = "\n".join(text.zh for _where, text in texts(load_lesson(path)))
    return found


def test_one_thing_has_one_word_in_chinese() -> None:
    wrong = [
        f"{where}: {word} instead of {term.zh}"
        for where, text in _chinese().items()
        for term in GLOSSARY
        for word in term.instead_of
        if word in text
    ]
    assert wrong == []
