"""What people say to a bot that asks nothing of the lessons, and what only begins like it."""

from __future__ import annotations

import pytest

from bot.lessons.answers.small_talk import is_small_talk, without_small_talk
from tests.lessons.boatyard import found

SAID = """
thnaks | good mornig | soooo good, thanks!!! | okkk | lmaooo | 👍 | ??? | gn
gotta go, talk later | brb lunch | no worries mate
who made you? | are you chatgpt? | where do you live? | you still there??
tell me a joke | what languages do you speak?
this bot sucks | you are useless | shut up | wtf | that's great, love it
תודה רבה לך, עזרת לי מאוד | מי יצר אותך? | סבבה אחי | אתה טיפש | ספר לי בדיחה | חחחחח
¿estás ahí? | jajaja muy bueno | ¿quién te creó? | nos vemos mañana | eres tonto
merci bcp | t'es là ? | qui t'a créé ? | bonne soirée à tous | tu es nul
danke dir, super hilfreich | na, wie geht's? | wer hat dich gemacht? | du bist doof
спасибо огромное | ты тут? | кто тебя создал? | ахахаха | пока, до завтра
شكرا جزيلا لك | من صنعك؟ | هل أنت هنا؟ | تصبح على خير
谢谢啦 | 你在吗？ | 谁创造了你？ | 讲个笑话 | 好的，知道了
ありがとう！助かりました | いますか？ | 誰があなたを作ったの？ | 了解！
e aí, beleza? | obrigado pela ajuda! | grazie mille, sei un grande | धन्यवाद भाई
"""


@pytest.mark.parametrize("text", [text.strip() for line in SAID.strip().split("\n") for text in line.split(" | ")])
def test_what_asks_nothing_is_small_talk(text: str) -> None:
    assert is_small_talk(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What is a greeting?",
        "tanks?",
        "Who made the compass?",
        "where do the ferries live in winter",
        "help me varnish",
        "thanks to whom is the yard there?",
        "מי יצר את המעבורת?",
        "¿quién creó el barco?",
        "你好，渡轮有几层甲板？",
        "ありがとうと書くには？",
    ],
)
def test_a_question_is_none(text: str) -> None:
    assert not is_small_talk(text)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Hi! What is caulking?", "What is caulking?"),
        ("What is caulking? Thanks a lot!", "What is caulking?"),
        ("שלום, כמה סיפונים יש למעבורת?", "כמה סיפונים יש למעבורת?"),
        ("谢谢，渡轮有几层甲板？", "渡轮有几层甲板？"),
        ("Thanks!", "Thanks!"),
        ("Thanks, bot!", "Thanks, bot!"),
        ("What is Vue.js?", "What is Vue.js?"),
        ("How many decks, and where?", "How many decks, and where?"),
    ],
)
def test_a_question_is_read_without_the_greeting_before_it(text: str, question: str) -> None:
    assert without_small_talk(text) == question


@pytest.mark.parametrize(
    "text", ["Hello! How many decks has the ferry?", "谢谢，渡轮有几层甲板？", "תודה! כמה סיפונים יש למעבורת?"]
)
async def test_a_greeting_does_not_stand_in_the_way_of_an_answer(text: str) -> None:
    finding = await found(text)

    assert finding.is_covered
    assert not finding.is_small_talk
