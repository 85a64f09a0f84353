"""Sentences that hold and sentences that do not, against one passage each."""

from __future__ import annotations

import pytest

from bot.domain import Chunk, Document, Passage
from bot.lessons.answers.support import supports


def passage(text: str, *, title: str = "The harbour", heading: str = "The harbour") -> Passage:
    return Passage(
        id=1,
        document=Document(
            course="sea", lesson="01-harbour", title=title, language="en", path="01/README.md", content_hash="1"
        ),
        chunk=Chunk(section=1, heading_path=(title, heading), anchor="harbour", text=text, language="en"),
        score=1.0,
    )


PIERS = (
    "The north pier is 12 metres long and the south pier is 20 metres long. Fishing boats moor at the north pier. "
    "Ferries never stop at the south pier in winter. The lighthouse was built by Anna Berg in 1904. "
    "The harbour office was built by Karl Lund in 1931. It has 3 cranes and 14 sheds. Tickets are sold on board."
)
MODELS = (
    "- **Kestrel**, made by Northwind, has 7 billion parameters.\n"
    "- **Heron**, made by Bluewater, has 40 billion parameters and open weights.\n"
)
PIERS_HE = (
    "הרציף הצפוני באורך 12 מטר והרציף הדרומי באורך 20 מטר. המעבורת אינה עוצרת ברציף הדרומי בחורף. דנה בנתה את המגדלור."
)
PIERS_ES = (
    "El muelle norte mide 12 metros y el muelle sur mide 20 metros. "
    "El transbordador no para en el muelle sur en invierno."
)
PIERS_DE = "Der Nordkai ist 12 Meter lang und der Südkai ist 20 Meter lang. Die Fähre hält im Winter nicht am Südkai."
PIERS_ZH = "北码头长12米，南码头长20米。渡轮冬天不停靠南码头。灯塔由安娜建造。"
PIERS_FR = (
    "Le quai nord mesure 12 mètres et le quai sud mesure 20 mètres. Le ferry ne s'arrête pas au quai sud en hiver."
)
BREAD = (
    "Sourdough rises because wild yeast makes carbon dioxide. Marta Ruiz opened the bakery in 1987. "
    "Jonas Feld bought the mill in 2003. A rye loaf bakes for 55 minutes at 220 degrees, a wheat loaf for 40 minutes "
    "at 230 degrees. Salt slows the yeast down. The starter must be fed every day. "
    "Do not keep the starter in a closed jar, because the gas needs to escape. The dough rests for three hours."
)
BREAD_ES = (
    "El pan de centeno se hornea 55 minutos y el pan de trigo 40 minutos. "
    "No guardes la masa madre en un frasco cerrado."
)
BREAD_HE = "לחם שיפון נאפה 55 דקות ולחם חיטה נאפה 40 דקות. אין לשמור את המחמצת בצנצנת סגורה."
BREAD_ZH = "黑麦面包烤55分钟，小麦面包烤40分钟。酵头不能放在密封罐里。"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (BREAD, "The bakery was opened by Marta Ruiz in 1987."),
        (BREAD, "A wheat loaf bakes for 40 minutes at 230 degrees."),
        (BREAD, "The dough rests for 3 hours."),
        (BREAD, "The starter must not be kept in a closed jar."),
        (BREAD, "Marta Ruiz opened the bakery in 1987 and Jonas Feld bought the mill in 2003."),
        (BREAD_ES, "El pan de trigo se hornea 40 minutos."),
        (BREAD_HE, "לחם חיטה נאפה 40 דקות."),
        (BREAD_ZH, "酵头不能放在密封罐里。"),
        (PIERS, "The north pier is 12 metres long."),
        (PIERS, "The south pier is 20 metres long and the north pier is 12 metres long."),
        (PIERS, "In winter, ferries never stop at the south pier."),
        (PIERS, "Ferries do not stop at the south pier in winter."),
        (PIERS, "Anna Berg built the lighthouse in 1904."),
        (PIERS, "The harbour has 14 sheds and 3 cranes."),
        (PIERS, "It has three cranes."),
        (PIERS, "Fishing boats moor at the north pier, which is 12 metres long."),
        (MODELS, "Kestrel was made by Northwind and has 7 billion parameters."),
        (MODELS, "Heron has 40 billion parameters."),
        (PIERS_HE, "הרציף הצפוני הוא באורך 12 מטר."),
        (PIERS_HE, "בחורף המעבורת אינה עוצרת ברציף הדרומי."),
        (PIERS_ES, "El muelle sur mide 20 metros."),
        (PIERS_ES, "En invierno el transbordador no para en el muelle sur."),
        (PIERS_DE, "Der Südkai ist 20 Meter lang."),
        (PIERS_DE, "Im Winter hält die Fähre nicht am Südkai."),
        (PIERS_ZH, "南码头长20米。"),
        (PIERS_ZH, "冬天渡轮不停靠南码头。"),
        (PIERS_FR, "Le quai sud mesure 20 mètres."),
        (PIERS_FR, "En hiver, le ferry ne s'arrête pas au quai sud."),
    ],
)
def test_what_the_lesson_says_holds(text: str, sentence: str) -> None:
    assert supports(passage(text), sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (BREAD, "A wheat loaf bakes for 55 minutes at 220 degrees."),
        (BREAD, "Marta Ruiz bought the mill in 2003."),
        (BREAD, "Marta Ruiz opened the bakery in 2003."),
        (BREAD, "The mill was opened by Marta Ruiz in 1987."),
        (BREAD, "Salt speeds the yeast up."),
        (BREAD, "Keep the starter in a closed jar."),
        (BREAD, "The dough rests for five hours."),
        (BREAD_ES, "El pan de centeno se hornea 40 minutos."),
        (BREAD_ES, "Guarda la masa madre en un frasco cerrado."),
        (BREAD_HE, "לחם שיפון נאפה 40 דקות."),
        (BREAD_HE, "יש לשמור את המחמצת בצנצנת סגורה."),
        (BREAD_ZH, "酵头可以放在密封罐里。"),
        (PIERS, "The north pier is 20 metres long."),
        (PIERS, "The north pier is 20 metres long and the south pier is 12 metres long."),
        (PIERS, "The harbour has 14 cranes and 3 sheds."),
        (PIERS, "Ferries stop at the south pier in winter."),
        (PIERS, "Fishing boats never moor at the north pier."),
        (PIERS, "Fishing boats do not moor at the north pier."),
        (PIERS, "Fishing boats moor at the south pier."),
        (PIERS, "The lighthouse was built by Karl Lund in 1904."),
        (PIERS, "Anna Berg built the harbour office in 1931."),
        (PIERS, "Tickets are not sold on board."),
        (PIERS, "The lighthouse was built in 1931."),
        (MODELS, "Kestrel was made by Bluewater and has 7 billion parameters."),
        (MODELS, "Kestrel has 40 billion parameters."),
        (MODELS, "Heron, made by Northwind, has open weights."),
        (PIERS, "999999"),
        (PIERS, "The north pier is 12 metres long: see https://other.example/login."),
        (PIERS_HE, "הרציף הצפוני באורך 20 מטר."),
        (PIERS_HE, "המעבורת עוצרת ברציף הדרומי בחורף."),
        (PIERS_HE, "דנה לא בנתה את המגדלור."),
        (PIERS_ES, "El muelle norte mide 20 metros."),
        (PIERS_ES, "El transbordador para en el muelle sur en invierno."),
        (PIERS_DE, "Der Nordkai ist 20 Meter lang."),
        (PIERS_DE, "Die Fähre hält im Winter am Südkai."),
        (PIERS_ZH, "北码头长20米。"),
        (PIERS_ZH, "渡轮冬天停靠南码头。"),
        (PIERS_FR, "Le quai nord mesure 20 mètres."),
        (PIERS_FR, "Le ferry s'arrête au quai sud en hiver."),
    ],
)
def test_what_it_says_of_something_else_or_denies_does_not(text: str, sentence: str) -> None:
    assert not supports(passage(text), sentence)


def test_a_heading_names_what_a_sentence_calls_it() -> None:
    told = passage("It was made by Northwind in 2021.", heading="Kestrel")

    assert supports(told, "Kestrel was made by Northwind in 2021.")
    assert not supports(told, "Heron was made by Northwind in 2021.")
