"""The page that compares API versions."""

import pytest
from django.test import Client

from clustersim.releases.api_versions import ADD_ONS, API_VERSIONS
from visualizer.versions import Cell, groups

pytestmark = pytest.mark.django_db


def test_what_came_and_went_is_marked() -> None:
    rows = {row.name: row for group in groups() for row in group.rows}
    assert rows["apps/v1beta2"].cells == (
        Cell(False, ""),
        Cell(True, "new"),
        Cell(True, ""),
        Cell(False, "gone"),
    )
    assert rows["settings.k8s.io/v1alpha1"].cells[1] == Cell(False, "gone")
    assert [cell.served for cell in rows["v1"].cells] == [True] * 4


def test_the_source_posts_list_is_that_of_v1_7_and_two_add_ons() -> None:
    posted = [row.name for group in groups() for row in group.rows if row.posted]
    assert sorted(posted) == sorted([*API_VERSIONS["v1.7.5"], *ADD_ONS])


@pytest.mark.parametrize(("language", "word"), [("en", "Source post"), ("zh-hans", "原帖")])
def test_the_page_exists_in_both_languages(client: Client, language: str, word: str) -> None:
    page = client.get("/api-versions/", headers={"accept-language": language}).content.decode()
    assert word in page
    assert "bitnami.com/v1alpha1" in page


def test_the_landing_page_leads_there(client: Client) -> None:
    assert 'href="/api-versions/"' in client.get("/").content.decode()
