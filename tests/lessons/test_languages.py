from __future__ import annotations

import pytest

from bot.lessons.language.languages import language_of, tag_of

ENGLISH = "These are plenty of words in English, so that anybody can tell which language it is."
HEBREW = "אלה די והותר מילים בעברית, כך שכל אחד יכול לדעת באיזו שפה זה כתוב."
JAPANESE = "これは日本語で書かれた文章です。どの言語かすぐに分かるように十分な長さがあります。とても簡単ですね。"


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("br", "pt-BR"), ("pt-br", "pt-BR"), ("pt_BR", "pt-BR"), ("cn", "zh"), ("zh-CN", "zh"), ("hk", "zh-HK"),
        ("mo", "zh-MO"), ("vn", "vi"), ("ja-jp", "ja"), ("ko-kr", "ko"), ("es-mx", "es"), ("HE", "he"),
        ("my", "my"), ("tl", "tl"), ("pcm", "pcm"), ("sr-latn", "sr-Latn"),
        ("images", ""), ("xx", ""), ("", ""), ("en-", "en"),
    ],
)  # fmt: skip
def test_codes_of_folders_become_tags(code: str, tag: str) -> None:
    assert tag_of(code) == tag


CHINESE = "渡轮每天早上九点从北码头出发，请各位乘客提前十五分钟到达检票口排队。船票价格是二十元，儿童半价，船上有餐厅。"
TERMS = "Docker Kubernetes PyTorch TensorFlow"


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (CHINESE, "en", "zh"),
        (f"{CHINESE} {TERMS}", "en", "zh"),
        (
            f"在这里安装 {TERMS}，然后用 GPU 训练模型，再把权重保存到磁盘上，最后在测试集上评估模型的准确率和召回率。",
            "en",
            "zh",
        ),
        (f"{CHINESE}（日语写作フェリー）", "en", "zh"),
        (CHINESE, "ja", "zh"),
        (
            "Пором відходить щоранку о дев'ятій годині, і квиток коштує двадцять монет. Діти їдуть безкоштовно.",
            "en",
            "uk",
        ),
        ("Фериботът тръгва всяка сутрин в девет часа от северния кей, а билетът струва двадесет монети.", "en", "bg"),
        ("Паром отходит каждое утро в девять часов от северного причала, и билет стоит двадцать монет.", "en", "ru"),
        ("کشتی هر روز صبح ساعت نه از اسکله حرکت می‌کند. چرا باید زودتر بیایید؟ برای گرفتن جا و پول.", "en", "fa"),
        (CHINESE, "zh-TW", "zh-TW"),
        (JAPANESE, "zh", "ja"),
        (JAPANESE, "fr", "ja"),
        (f"{JAPANESE} {TERMS}", "en", "ja"),
        (f"The word for ferry is 渡轮, and for pier it is 码头. {ENGLISH}", "en", "en"),
        ("渡轮", "en", "en"),
    ],
)
def test_chinese_is_not_japanese(text: str, declared: str, language: str) -> None:
    assert language_of(text, declared=declared) == language


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (ENGLISH, "en", "en"),
        (HEBREW, "he", "he"),
        (ENGLISH, "he", "en"),
        (ENGLISH, "de", "de"),
        (HEBREW, "en", "he"),
        (JAPANESE, "en", "ja"),
        ("Kurz.", "ja", "ja"),
        (f"{HEBREW}\n\n```python\n{ENGLISH * 5}\n```", "he", "he"),
        (f"- {HEBREW}\n\n     ```python\n     {ENGLISH * 5}\n     ```", "he", "he"),
        (f"{HEBREW} ({ENGLISH})", "he", "he"),
        (f"Azure AI Foundry {JAPANESE} Semantic Kernel Agent Framework", "ja", "ja"),
        (f"[{HEBREW}](https://a.test/{'long-path/' * 30})", "he", "he"),
    ],
)
def test_the_share_of_scripts_tells_a_text_that_was_not_translated(text: str, declared: str, language: str) -> None:
    assert language_of(text, declared=declared) == language
