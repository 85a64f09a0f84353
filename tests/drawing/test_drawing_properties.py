"""Whatever the figures, a picture keeps its promises."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Bars, Chart, Mark, Notice, Scatter
from bot.drawing.canvas import HEIGHT, WIDTH, Box
from bot.drawing.figure_pictures import alt_of, drawing_of, picture_of
from tests.drawing.figures import POINTS, SPEED, figures_of
from tests.drawing.png_reading import size_of

NUMBERS = st.one_of(
    st.floats(-1e12, 1e12, allow_nan=False),
    st.floats(-1, 1, allow_nan=False),
    st.integers(-300, 300).map(float),
    st.just(0.0),
)
NAMES = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"[a-z]{2,12}[0-9.]{0,3}:[0-9]{1,3}b(-q4_K_M)?", fullmatch=True),
    st.text("אבגדהוזחט 7bqw-", max_size=40),
)
MARKS = st.lists(
    st.builds(
        lambda name, x, y, margin, stands_out: Mark(
            name=name, x=x, y=y, low=y - margin, high=y + margin, stands_out=stands_out
        ),
        NAMES,
        NUMBERS,
        NUMBERS,
        NUMBERS.map(abs),
        st.booleans(),
    ),
    min_size=1,
    max_size=20,
).map(tuple)


def charts_of(marks: tuple[Mark, ...]) -> list[Chart]:
    title, legend = Notice("leaderboard.caption"), (Notice("leaderboard.unbeaten"), Notice("leaderboard.beaten"))
    return [
        Scatter(title=title, x_axis=SPEED, y_axis=POINTS, marks=marks, legend=legend),
        Bars(title=title, axis=POINTS, marks=marks, digits=2, legend=legend),
    ]


@given(MARKS, st.sampled_from(["en", "he"]))
def test_texts_keep_apart_and_inside_and_the_picture_is_well_formed(marks: tuple[Mark, ...], locale: str) -> None:
    for chart in charts_of(marks):
        drawing = drawing_of(chart, locale=locale)
        boxes = [label.box for label in drawing.labels]

        assert all(box.is_within(Box(0, 0, WIDTH, HEIGHT)) for box in boxes)
        assert not any(one.meets(other) for one, other in combinations(boxes, 2))
        ET.fromstring(drawing.written(alt_of(chart, locale)))


@given(st.lists(NAMES, min_size=1, max_size=3))
def test_every_picture_can_be_drawn(names: list[str]) -> None:
    odd = ["\ufffe\uffff", "\x0b\x00", "<b>&amp;]]>", "\ud800", *names]
    drawn = picture_of(figures_of(*(Mark(name=name, y=float(at)) for at, name in enumerate(odd))), "he")

    assert drawn
    assert size_of(drawn.png) == (WIDTH, HEIGHT)
