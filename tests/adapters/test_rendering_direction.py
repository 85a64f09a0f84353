"""Hebrew and Arabic with what runs the other way in them, as people see it.

What is seen is written from left to right, as it stands on the screen: Hebrew words have their last letter first.
Brackets between Hebrew words are to be imagined mirrored, which fonts do and this notation does not.
"""

from __future__ import annotations

import re

import pytest
from bidi import get_display
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.discord.dialect import to_discord
from adapters.rendering.direction import CONTROLS, has_right_to_left
from adapters.rendering.parsing import pieces
from adapters.rendering.pieces import Kind, seen
from adapters.slack.dialect import to_slack

RIGHT_TO_LEFT = [
    ("אני אוהב C++.", ".C++ בהוא ינא"),
    ("אני אוהב C++ ו-C#.", ".C#-ו C++ בהוא ינא"),
    ("Python היא שפת תכנות.", ".תונכת תפש איה Python"),
    (".NET היא סביבת פיתוח של Microsoft.", ".Microsoft לש חותיפ תביבס איה .NET"),
    ("ה-API של GPT-4 עובד.", ".דבוע GPT-4 לש API-ה"),
    ("זה (GPT-4!) מודל.", ".לדומ )GPT-4!( הז"),
    ("הנתיב ${HOME}/${USER} כאן.", ".ןאכ ${HOME}/${USER} ביתנה"),
    ("השתמשו ב-${PATH} ואז ב-$HOME.", ".$HOME-ב זאו ${PATH}-ב ושמתשה"),
    ("חשבו 5+3 ו-4+2.", ".4+2-ו 5+3 ובשח"),
    ("קראו על מודל (כמו Llama 3.1).", ".)Llama 3.1 ומכ( לדומ לע וארק"),
    ("הקובץ /etc/hosts נמצא שם.", ".םש אצמנ /etc/hosts ץבוקה"),
    ("פתחו את src/main.py, ואז הריצו.", ".וצירה זאו ,src/main.py תא וחתפ"),
    ("התיקייה src/ ריקה.", ".הקיר src/ הייקיתה"),
    ("שמרו בקובץ README.md!", "!README.md ץבוקב ורמש"),
    ("הריצו `npm install` בתיקייה.", ".הייקיתב npm install וצירה"),
    ("הפונקציה `foo()` מחזירה `None`.", ".None הריזחמ foo() היצקנופה"),
    ("`foo()` היא פונקציה.", ".היצקנופ איה foo()"),
    ("הדגל `--help` עוזר.", ".רזוע --help לגדה"),
    ("המחיר ירד ב-50%.", ".50%-ב דרי ריחמה"),
    ("50% הנחה לכולם!", "!םלוכל החנה 50%"),
    ("הטמפרטורה היא -5 מעלות.", ".תולעמ -5 איה הרוטרפמטה"),
    ("5 + 3 = 8, נכון?", "?ןוכנ ,5 + 3 = 8"),
    ("בין 10 ל-20 איש.", ".שיא 20-ל 10 ןיב"),
    ("עמודים 10-20 בספר.", ".רפסב 10-20 םידומע"),
    ("הגרסה היא 3.11.", ".3.11 איה הסרגה"),
    ("הגרסה Python 3.11 יצאה.", ".האצי Python 3.11 הסרגה"),
    ("המחיר: $5 (או ₪20).", ".)₪20 וא( $5 :ריחמה"),
    ('הוא שאל: "What is C++?"', '"What is C++?" :לאש אוה'),
    ('הוא אמר "שלום!" והלך.', '.ךלהו "!םולש" רמא אוה'),
    ('"שלום", אמר דן.', '.ןד רמא ,"םולש"'),
    ("(ראו בהמשך.)", ").ךשמהב ואר("),
    ("שלום עולם! 🎉", "🎉 !םלוע םולש"),
    ("🎉 ברכות לדנה!", "!הנדל תוכרב 🎉"),
    ("ראו https://example.com/a/ לפרטים.", ".םיטרפל https://example.com/a/ ואר"),
    ("ראו [המדריך](https://example.com/).", ".ךירדמה ואר"),
    ("ראו [C++](https://example.com/).", ".C++ ואר"),
    ("**חשוב:** קראו את **C++**.", ".C++ תא וארק :בושח"),
    ("*Docker Compose*: כלי להרצה.", ".הצרהל ילכ :Docker Compose"),
    ("- Docker: כלי", "Docker: ילכ"),
    ("1. Git – ניהול גרסאות.", ".תואסרג לוהינ – Git"),
    ("> Linux הוא גרעין.", ".ןיערג אוה Linux"),
    ("### מהו HTTP/2?", "?HTTP/2 והמ"),
    ("f(x) = x² + 1 היא פונקציה.", ".היצקנופ איה f(x) = x² + 1"),
    ("אפשר לכתוב a[i] או f(x, y).", ".f(x, y) וא a[i] בותכל רשפא"),
    ("אני משתמש ב-VS Code, Git ו-Docker.", ".Docker-ו VS Code, Git-ב שמתשמ ינא"),
    ("أحب لغة C++.", ".C++ ةغل بحأ"),
    ("Python هي لغة برمجة.", ".ةجمرب ةغل يه Python"),
    ("الخصم 50% اليوم!", "!مويلا 50% مصخلا"),
    ("الموعد 2024-01-15 (الاثنين).", ".)نينثالا( 2024-01-15 دعوملا"),
    ("افتح الملف src/auth.ts وعدّل السطر.", ".رطسلا لّدعو src/auth.ts فلملا حتفا"),
    ("استخدم `git push -f` بحذر.", ".رذحب git push -f مدختسا"),
    ('هل تعرف "Linux"؟', '؟"Linux" فرعت له'),
    ("النتيجة: 5 + 3 = 8.", ".5 + 3 = 8 :ةجيتنلا"),
]
LEFT_TO_RIGHT = [
    ("The word שלום means peace.", "The word םולש means peace."),
    ("In Hebrew: שלום עולם 5 times.", "In Hebrew: םלוע םולש 5 times."),
    ('She said "שלום!" and left.', 'She said "!םולש" and left.'),
    ("Use `שלום` here.", "Use םולש here."),
]


def on_screen(line: str, base: str | None = None) -> str:
    """Return what is seen of a rendered line; `base` None: by its first strong character."""
    visible = seen(pieces(line.lstrip("#>-1. ")))
    shown = get_display(visible, base_dir=base)
    assert isinstance(shown, str)
    return CONTROLS.sub("", shown)


@pytest.mark.parametrize(("written", "shown"), [*RIGHT_TO_LEFT, *LEFT_TO_RIGHT])
def test_a_mixed_line_reads_in_the_right_order(written: str, shown: str) -> None:
    assert on_screen(to_discord(written)) == shown
    assert on_screen(to_slack(written)) == shown


@pytest.mark.parametrize(("written", "shown"), [*RIGHT_TO_LEFT, *LEFT_TO_RIGHT])
@pytest.mark.parametrize("base", ["L", "R"])
def test_a_mixed_line_reads_right_whatever_direction_its_message_has(written: str, shown: str, base: str) -> None:
    rendered = to_discord(f"An answer:\n\n{written}\n\nThe end.")

    assert on_screen(rendered.split("\n")[2], base) == shown


@pytest.mark.parametrize("line", ["Use `x`.", "(Really?)", "C++", "3 owls!"])
@pytest.mark.parametrize("base", ["L", "R"])
def test_a_left_to_right_line_in_a_right_to_left_text_reads_right_too(line: str, base: str) -> None:
    rendered = to_discord(f"שלום.\n\n{line}\n\nסוף")

    assert on_screen(rendered.split("\n")[2], base) == line.replace("`", "")


def test_hebrew_words_decide_on_a_line_that_begins_with_a_latin_one() -> None:
    assert on_screen(to_discord("שלום\n\n- Docker Compose: כלי").split("\n")[2]) == "ילכ :Docker Compose"


@pytest.mark.parametrize("beginning", ["2. ", "> ", "- ", "## ", "1. - "])
def test_no_mark_stands_before_what_begins_a_block(beginning: str) -> None:
    rendered = to_discord(f"שלום.\n{beginning}Python היא שפה.")

    assert rendered.split("\n")[1].startswith(beginning)


def test_one_hebrew_name_leaves_an_english_line_english() -> None:
    assert on_screen(to_discord("Hi דן,")) == "Hi ןד,"


def test_a_table_with_hebrew_becomes_a_list_whose_lines_read_right() -> None:
    table = "| שפה | Year |\n|---|---|\n| C++ | 1985 |\n\nסוף"

    shown = [on_screen(line.strip()) for line in to_discord(table).split("\n")]

    assert shown == ["C++ :הפש", "Year: 1985", "", "ףוס"]


@pytest.mark.parametrize("code", ["```\nprint('שלום!')\n# C++ הוא\n```", "`שלום! C++`", "`a` `ב`"])
def test_no_mark_stands_in_code(code: str) -> None:
    rendered = to_discord(f"ראו C++:\n\n{code}\n\nסוף.")

    assert all(not CONTROLS.search(part) for part in re.findall(r"```[^`]*```|`[^`]*`", rendered))


@pytest.mark.parametrize("render", [to_discord, to_slack])
def test_an_address_ends_where_no_mark_can_be_taken_for_a_part_of_it(render: type[str]) -> None:
    rendered = render("ראו https://owl.example/a/ וגם https://owl.example/b.")

    assert not re.search(r"https://[^\s<>()\[\]]*[\u2066-\u2069\u200e\u200f]", rendered.replace("]", ">"))


WORDS = st.sampled_from(
    ["שלום", "عربي", "C++", "Python", "foo()", "`x`", "**bold**", "-5", "50%", "(a)", "GPT-4!", "ה-API", '"', ".", ",",
     "🎉", "https://a.b/c/", "[C++](https://a.b)", "\n", "\n\n", "- ", "> ", "| a | ב |", "|---|---|", "\u2068",
     "\u200f", "```", "*", "&amp;", "$x^2$", "1. ", "#### "]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=25).map(" ".join)


# The heading becomes a line with stars, and what was a paragraph of its own goes on with it.
STAR_UNDER_HEADING = re.compile(r"####.*\n.*\*")


@given(TEXTS)
def test_a_second_pass_changes_nothing(text: str) -> None:
    assume(not STAR_UNDER_HEADING.search(text))
    once = to_discord(text)

    assert to_discord(once) == once


@pytest.mark.parametrize("mark", ["1. ", "2. ", "- ", "7) ", "  - ", " 1. "])
@pytest.mark.parametrize("unseen", ["\u200f", " \u200f", "\u2068\u200f", "\u202e"])
@pytest.mark.parametrize("above", ["ה-API \n", "שלום\n\n", "> שלום\n> "])
def test_an_items_mark_stays_where_only_marks_of_direction_follow_it(mark: str, unseen: str, above: str) -> None:
    once = to_discord(f"{above}{mark}{unseen}")

    assert once.splitlines()[-1].strip("> \u200f\\") == mark.strip()
    assert to_discord(once) == once


@pytest.mark.parametrize("above", ["* #### one", "1. # one", "> #### one", "- 2. ##### one", "> - one\n>\n>   ### two"])
@pytest.mark.parametrize("words", ["two", " two", "שלום", "**two** and more"])
def test_what_comes_behind_a_heading_in_an_item_does_not_go_on_with_it(above: str, words: str) -> None:
    once = to_discord(f"{above}\n{words}")

    assert once.split("\n")[-2].strip("> ") == ""
    assert to_discord(once) == once


@pytest.mark.parametrize("mark", ["* ", "1. ", "-   ", "> - "])
@pytest.mark.parametrize("behind", [" ", "  ", "\t"])
@pytest.mark.parametrize("below", ["\n שלום", "\n    abc", ""])
def test_spaces_behind_a_mark_of_direction_do_not_move_words(mark: str, behind: str, below: str) -> None:
    once = to_discord(f"{mark}\u200f{behind}שלום {below}")

    assert once == to_discord(f"{mark}שלום {below}")
    assert to_discord(once) == once


@given(TEXTS)
def test_marks_are_all_that_is_added_to_words(text: str) -> None:
    plain = text.replace("\u2068", "").replace("\u200f", "")

    assert CONTROLS.sub("", to_discord(plain)).count("שלום") == plain.count("שלום")


@given(st.text(st.characters(codec="utf-8"), max_size=100))
def test_text_without_right_to_left_letters_gets_no_mark(text: str) -> None:
    plain = "".join(character for character in text if not has_right_to_left(character))

    assert len(CONTROLS.findall(to_discord(plain))) <= len(CONTROLS.findall(plain))


@given(TEXTS)
def test_no_mark_stands_in_a_code_span(text: str) -> None:
    rendered = to_discord(text.replace("\u2068", "").replace("\u200f", ""))

    spans = [part.raw for line in rendered.split("\n") for part in pieces(line) if part.kind is Kind.CODE]
    assert not any(CONTROLS.search(span) for span in spans if has_right_to_left(span))
