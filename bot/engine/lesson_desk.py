"""All that is done with lessons by command, put together: the map, courses of places, and taking them in anew."""

from __future__ import annotations

from bot.clock import Clock
from bot.engine.authority import Authority
from bot.engine.commands import REFRESH
from bot.engine.course_desk import CourseDesk, KeptCourses
from bot.engine.job_runner import JobRunner
from bot.engine.lesson_commands import LessonCommands
from bot.engine.lesson_refreshing import LessonRefreshing
from bot.ports import Lessons, Teacher, Turns


def lesson_desk(
    lessons: Lessons | None,
    teacher: Teacher | None,
    kept: KeptCourses | None,
    authority: Authority,
    turns: Turns,
    jobs: JobRunner,
    clock: Clock,
) -> LessonCommands | None:
    """Return what runs the commands; None where there are no lessons. Without `kept` no place has its own course."""
    if lessons is None or teacher is None:
        return None
    commands = LessonCommands(
        lessons=lessons,
        teacher=teacher,
        choices=kept.choices if kept else None,
        sources=kept.sources if kept else None,
        clock=clock,
    )
    if kept:
        commands.others = CourseDesk(kept=kept, courses=commands.courses, authority=authority).runs
        jobs.also(REFRESH, LessonRefreshing(kept=kept, courses=commands.courses, turns=turns).parts)
    return commands
