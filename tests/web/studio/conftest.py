"""An instructor who writes a lesson."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.model.lesson.small import TEXT
from visualizer.studio import drafts
from visualizer.studio.models import Draft


@pytest.fixture
def draft(instructor: User) -> Draft:
    return drafts.begin(instructor, TEXT)


@pytest.fixture
def page(client: Client, instructor: User) -> Client:
    client.force_login(instructor)
    return client
