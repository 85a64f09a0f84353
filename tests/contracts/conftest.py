"""The stages that the contract of platforms is played on, by the platform's name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.course_scene import two_courses
from tests.contracts.scenes import PLATFORMS, Stage
from tests.lessons.lighthouse import lighthouses
from tests.lessons.sample import sample_lessons


@pytest.fixture
async def idle(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A platform on which the bot does not run yet."""
    async with PLATFORMS[request.param](None) as stage:
        yield stage


@pytest.fixture
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A platform on which the bot runs."""
    async with PLATFORMS[request.param](None) as stage, stage.running():
        yield stage


@pytest.fixture
async def course(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A platform whose bot knows a course in two languages."""
    lessons = await sample_lessons(base_url="https://models.example/course")
    async with PLATFORMS[request.param](lessons) as stage, stage.running():
        yield stage


@pytest.fixture
async def courses(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """A platform whose bot knows two courses, taken in from folders of the test."""
    async with PLATFORMS[request.param](await two_courses(tmp_path)) as stage, stage.running():
        yield stage


@pytest.fixture
async def sleeping_tower(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """A platform whose bot knows a lesson with a quiz, and does not run yet."""
    async with PLATFORMS[request.param](await lighthouses(tmp_path)) as stage:
        yield stage


@pytest.fixture
async def tower(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """A platform whose bot knows a lesson with a quiz."""
    async with PLATFORMS[request.param](await lighthouses(tmp_path)) as stage, stage.running():
        yield stage
