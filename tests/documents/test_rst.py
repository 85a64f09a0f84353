"""reStructuredText is read for what it says: directives and roles that only Sphinx knows as well."""

from __future__ import annotations

import pytest

from bot.documents.rst_parts import rst_parts
from bot.documents.stopped import Stopped


def markdown(text: str) -> str:
    _, parts = rst_parts(text.encode())
    return next(parts).text.strip()


def test_headings_keep_their_levels_and_the_anchors_that_sphinx_gives_them() -> None:
    text = (
        "Of *Bees*\n=========\n\nWax\n---\n\nThey build.\n\nWax\n---\n\nדבש\n---\n"
        "\n.. _named:\n\nHoney & Co\n----------\n"
        "\n.. _comb:\n\nComb\n----\n"
    )

    assert [line for line in markdown(text).split("\n") if line.startswith("#")] == [
        "# Of *Bees* {#of-bees}",
        "## Wax {#wax}",
        "## Wax {#id1}",
        "## דבש {#id2}",
        "## Honey & Co {#honey-co}",
        "## Comb {#comb}",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("See :func:`~os.path.join`, :doc:`/guide/wax-candles` and :term:`comb <honeycomb>`.",
         "See `join`, wax candles and comb."),
        ("As :cite:`lin2020` says, see :numref:`fig-hive`.", "As  says, see hive."),
        ("Type ``git <branch>`` or `x <https://a.example/b>`_.", "Type `git <branch>` or [x](https://a.example/b)."),
        ("A `local <other.html>`_ link, |release| and a note [1]_.\n\n.. [1] On Crete.",
         "A local link, release and a note .\n\nOn Crete."),
        ("snake_case * 2 [x]", "snake_case \\* 2 \\[x\\]"),
        (":pep:`8` and :math:`a_1` and `os.path` and :unknown:`a thing <there>`",
         "[PEP 8](https://peps.python.org/pep-0008) and $a_1$ and `os.path` and a thing"),
    ],
)  # fmt: skip
def test_roles_say_their_words(text: str, said: str) -> None:
    assert markdown(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (".. note::\n   :class: dropdown\n\n   Wax melts.", "Wax melts."),
        (".. admonition:: Mind\n\n   It stings.", "**Mind**\n\nIt stings."),
        (".. tab-set::\n\n   .. tab-item:: Linux\n\n      Run it.", "**Linux**\n\nRun it."),
        (".. code-block:: python\n   :linenos:\n   :caption: x\n\n   a = 1\n\n   b = 2",
         "```python\na = 1\n\nb = 2\n```"),
        (".. code:: sh\n\n   ls", "```sh\nls\n```"),
        ("Run::\n\n   make ``x``", "Run:\n\n```\nmake ``x``\n```"),
        (">>> 1 + 1\n2", "```python\n>>> 1 + 1\n2\n```"),
        (".. versionadded:: 3.2\n   The hive.", "New in version 3.2: The hive."),
        (".. py:function:: dance(bee)\n\n   Make it dance.\n\n   :param bee: who",
         "**`dance(bee)`**\n\nMake it dance.\n\nparam bee: who"),
        (".. math::\n   :label: x\n\n   a^2", "$$\na^2\n$$"),
        (".. toctree::\n   :maxdepth: 2\n\n   a\n   b", ""),
        (".. automodule:: hive\n   :members:", ""),
        (".. image:: a.png\n   :alt: a hive", "a hive"),
        (".. figure:: a.png\n\n   A hive in May.", "A hive in May."),
        (".. raw:: html\n\n   <script>x</script>", ""),
        (".. include:: /etc/passwd", ""),
        (".. csv-table::\n   :file: /etc/passwd", ""),
        (".. challenge:: Count them\n   :class: x\n\n   How many?", "**Count them**\n\nHow many?"),
        (".. seealso:: The page on wax.", "The page on wax."),
        (":orphan:\n\nWords.", "Words."),
        ("term\n   what it means\n\n   and more", "term: what it means\n\nand more"),
        ("1. one\n\n   - a\n   - b\n\n2. two", "1. one\n\n   - a\n   - b\n\n2. two"),
        ("- a\n- b", "- a\n- b"),
        ("| one\n| two", "one  \ntwo"),
        ("=====  =====\nkind   years\n=====  =====\nlime   3\n=====  =====",
         "| kind | years |\n|---|---|\n| lime | 3 |"),
        ("  Quoted.", "> Quoted."),
    ],
)  # fmt: skip
def test_directives_give_what_they_hold(text: str, said: str) -> None:
    assert markdown(text) == said


def test_a_reference_without_words_says_the_title_it_leads_to() -> None:
    assert "See Of wax." in markdown("See :ref:`wax-part`.\n\n.. _wax-part:\n\nOf wax\n======\n")


def test_lists_without_end_are_stopped() -> None:
    with pytest.raises(Stopped):
        markdown("".join(f"{'  ' * depth}- x\n\n" for depth in range(600)))
