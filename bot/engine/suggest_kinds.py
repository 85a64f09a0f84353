"""What the options of commands can be completed from."""

from __future__ import annotations

from enum import StrEnum


class Suggest(StrEnum):
    """What an option's values are completed from."""

    INSTALLED_MODELS = "installed_models"
    KNOWN_MODELS = "known_models"
    ALL_INSTALLED = "all_installed"
    HOSTS = "hosts"
    MODEL_FILES = "model_files"
    LESSONS = "lessons"
    COURSES = "courses"
    ASSISTANTS = "assistants"
