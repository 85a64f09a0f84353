"""The command table.

Discord's slash commands, Slack's manifest and its `/model …` text, `@bot model …` in threads, the console's commands,
`/help` and docs/reference/commands.md are all made from `LISTED`: the part of `COMMANDS` that people type. The rest is
what buttons under an answer call.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from bot.domain import CommandCall, Level, ReplyPart, Think
from bot.domain.deeds import DeedKind
from bot.domain.open_models import TASKS
from bot.engine.numbers import MOST_DIGITS
from bot.engine.suggest_kinds import Suggest
from bot.engine.usage_period import MOST_DAYS
from bot.errors import UserError

CommandRun = Callable[[CommandCall], AsyncGenerator[ReplyPart, None]]
"""What a call of a command does: it yields what the command has to say."""


class CommandKind(Enum):
    """What a call of a command becomes, and who reads what it answers.

    A question is a message to the lessons, which `bot.engine.questions` makes of it; a call that asks for an answer
    again is a turn about an earlier one. All others are run: everybody in the channel reads what a public one says, its
    caller alone what a private one does; what is said in a message is answered to all who read that, but for a personal
    one, which is its caller's alone wherever it is called.
    """

    QUESTION = auto()
    ANSWER_AGAIN = auto()
    PUBLIC = auto()
    PRIVATE = auto()
    PERSONAL = auto()


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a command. Its description is the text `option.<name>`; `choices` empty means free text.

    `is_rest`: typed, it takes all words that are left, as they stand; a command has one such option at most, its
    first. `is_named`: typed, its name stands before it: `on gpu1`. With `most` it is a whole number from 1 to that.
    """

    name: str
    required: bool = False
    choices: tuple[str, ...] = ()
    suggest: Suggest | None = None
    is_rest: bool = False
    is_named: bool = False
    most: int = 0

    def is_meant_by(self, word: str) -> bool:
        """Whether a word can only be its value: a choice of it, or, where it takes a number, any number."""
        return word.isdecimal() if self.most else word.lower() in self.choices

    def takes(self, word: str) -> bool:
        """Whether a word is one of its values, where only some words are."""
        if self.most:
            return word.isascii() and word.isdecimal() and len(word) <= MOST_DIGITS and 1 <= int(word) <= self.most
        return word.lower() in self.choices


@dataclass(frozen=True, slots=True)
class Command:
    """A command. `name` is one word to three ("model use"); its description is the text `command.<name, dotted>`.

    `is_hidden`: nobody types it, a button calls it; it is in no list.
    """

    name: str
    options: tuple[Option, ...] = ()
    kind: CommandKind = CommandKind.PRIVATE
    is_hidden: bool = False

    @property
    def help_key(self) -> str:
        """The key of its one-line description."""
        return f"command.{self.name.replace(' ', '.')}"

    @property
    def brief(self) -> str:
        """How it is typed, without what options may be: `/model use NAME [for] [think]`."""
        return " ".join([f"/{self.name}", *(_brief(option) for option in self.options)])

    @property
    def usage(self) -> str:
        """How it is typed: `/model use NAME [for me|thread|channel|workspace]`."""
        return " ".join([f"/{self.name}", *(_usage(option) for option in self.options)])


MODEL = Option("name", required=True, suggest=Suggest.INSTALLED_MODELS)
KNOWN_MODEL = Option("name", required=True, suggest=Suggest.KNOWN_MODELS)
ANY_MODEL = Option("name", required=True, suggest=Suggest.ALL_INSTALLED)
TASK = Option("task", choices=TASKS)
FITS = Option("fits", choices=("yes",))
CSV, LIGHT, DARK = "csv", "light", "dark"
AS = Option("as", choices=(CSV, LIGHT, DARK))
"""The form in which a command's figures are wanted."""
FOR = Option("for", choices=tuple(level.value for level in Level))
THINK = Option("think", choices=tuple(think.value for think in Think))
CONFIRM = Option("confirm", choices=("yes",))
LANGUAGE = Option("language")
TURN = Option("turn", required=True)
VERDICT = Option("verdict", required=True, choices=("good", "bad"))
REASON = Option("reason")
QUIZ = ("quiz", "at", "choice", "right")
REASON_CHARS = 1_000
"""How long a reason is kept; what is longer is cut."""
QUESTION = Option("question", required=True, is_rest=True)
PRIVATE = Option("private", choices=("yes",))
THREAD = Option("thread", choices=("yes",))

LESSON = Option("lesson", required=True, suggest=Suggest.LESSONS)
COURSE = Option("course", suggest=Suggest.COURSES)
THIS_COURSE = Option("course", required=True, suggest=Suggest.COURSES)
HERE = "here"
AT = Option("at", choices=(HERE, Level.WORKSPACE.value))
REFRESH = "lesson refresh"
"""The command that has lessons taken in anew: for admins alone."""

FIRST = Option("first", required=True, suggest=Suggest.INSTALLED_MODELS)
SECOND = Option("second", required=True, suggest=Suggest.INSTALLED_MODELS)
THIRD = Option("third", suggest=Suggest.INSTALLED_MODELS)
BALLOT = Option("ballot", required=True, choices=("a", "b", "c", "tie", "bad"))
COMPARE = "model compare"
"""The command that has several models answer one question."""

PULL, REMOVE, IMPORT, REMOVE_NOW = "model pull", "model remove", "model import", "remove"
CHANGES_MODELS = frozenset({PULL, REMOVE, IMPORT, REMOVE_NOW})
"""The commands that change the models of the hosts: for admins alone."""
JOBS = frozenset({PULL, IMPORT, REFRESH})
"""The commands whose turn carries out a job in place of an answer."""

ON = Option("on", suggest=Suggest.HOSTS, is_named=True)
SOURCE = Option("source", required=True, suggest=Suggest.MODEL_FILES)
CALLED = Option("as", required=True, is_named=True)
BASE = Option("base", suggest=Suggest.INSTALLED_MODELS, is_named=True)
REPLACE = Option("replace", choices=("yes",))
KEY = Option("key", required=True)

ALSO = "also"
"""The command that has another model answer a question, too."""

ASK, LESSON_ASK = "ask", "lesson ask"
"""The commands that ask the lessons."""
FORGET = "forget"
"""The command that erases its caller's words."""
EXPORT = "export"
"""The command that gives its caller what is stored of them."""
OLD = Option("old", required=True, suggest=Suggest.KNOWN_MODELS)
NEW = Option("new", required=True, suggest=Suggest.INSTALLED_MODELS)
AUDIT = "audit"
"""The command that reads the audit log, to admins alone."""
AUDITED = (
    Option("last"),
    Option("action", choices=tuple(kind.value for kind in DeedKind)),
    Option("days"),
    Option("person"),
    Option("name", suggest=Suggest.INSTALLED_MODELS),
    Option("as", choices=(CSV,)),
)
OWN_WORDS = frozenset({FORGET, EXPORT})
"""What no operator's list takes from anybody."""

ASSISTANT = Option("assistant", required=True, is_rest=True, suggest=Suggest.ASSISTANTS)
NAMED = Option("named", is_rest=True)
HOME = Option("for", choices=("me", "channel", "workspace"))
PLACE = Option("for", choices=("channel", "workspace"))
OWN_MODEL = Option("model", suggest=Suggest.INSTALLED_MODELS)
SEEN = (Option("id", required=True), Option("seen", required=True))
WRITTEN = ("named", "instructions", "model", "lessons", "greeting", "for", "id", "seen")
OF = Option("of", choices=(Level.ME.value, Level.CHANNEL.value, Level.WORKSPACE.value))
DAYS = Option("days", most=MOST_DAYS)

COMMANDS: tuple[Command, ...] = (
    Command(ASK, (QUESTION, PRIVATE, THREAD, LANGUAGE), CommandKind.QUESTION),
    Command("lesson list", (LANGUAGE, COURSE)),
    Command("lesson show", (LESSON, LANGUAGE)),
    Command(LESSON_ASK, (LESSON, QUESTION, PRIVATE, THREAD, LANGUAGE), CommandKind.QUESTION),
    Command("lesson quiz", (LESSON, LANGUAGE)),
    Command("lesson course list"),
    Command("lesson course use", (THIS_COURSE, AT)),
    Command("lesson course reset", (AT,)),
    Command(REFRESH, (COURSE,), CommandKind.QUESTION),
    Command("model list", (TASK, LANGUAGE, FITS)),
    Command("model info", (KNOWN_MODEL,)),
    Command("model recommend", (TASK, LANGUAGE)),
    Command(COMPARE, (FIRST, SECOND, QUESTION, THIRD), CommandKind.QUESTION),
    Command("model leaderboard", (AS,)),
    Command("model use", (MODEL, FOR, THINK)),
    Command(PULL, (KNOWN_MODEL, ON), CommandKind.QUESTION),
    Command(REMOVE, (ANY_MODEL, ON)),
    Command(IMPORT, (SOURCE, CALLED, BASE, ON, REPLACE), CommandKind.QUESTION),
    Command(REMOVE_NOW, (KEY, ON), is_hidden=True),
    Command("model why"),
    Command("model reset", (FOR,)),
    Command("model reasoning", (), CommandKind.PERSONAL),
    Command("model replace", (OLD, NEW)),
    Command("model undo"),
    Command("model news"),
    Command("assistant list", (), CommandKind.PERSONAL),
    Command("assistant create", (NAMED, HOME, OWN_MODEL), CommandKind.PERSONAL),
    Command("assistant show", (ASSISTANT, HOME), CommandKind.PERSONAL),
    Command("assistant edit", (ASSISTANT, HOME), CommandKind.PERSONAL),
    Command("assistant use", (ASSISTANT, FOR)),
    Command("assistant reset", (FOR,)),
    Command("assistant share", (ASSISTANT, PLACE), CommandKind.PERSONAL),
    Command("assistant unshare", (ASSISTANT, PLACE), CommandKind.PERSONAL),
    Command("assistant remove", (ASSISTANT, HOME, CONFIRM), CommandKind.PERSONAL),
    Command("context"),
    Command("usage", (OF, DAYS, AS), CommandKind.PERSONAL),
    Command("stop"),
    Command("reset"),
    Command(FORGET, (CONFIRM,)),
    Command(EXPORT, (), CommandKind.PERSONAL),
    Command(AUDIT, AUDITED, CommandKind.PERSONAL),
    Command("help"),
    Command("again", (TURN,), CommandKind.ANSWER_AGAIN, is_hidden=True),
    Command("continue", (TURN,), CommandKind.ANSWER_AGAIN, is_hidden=True),
    Command(ALSO, (TURN, MODEL), CommandKind.ANSWER_AGAIN, is_hidden=True),
    Command("vote", (TURN, BALLOT, REASON), is_hidden=True),
    Command("rate", (TURN, VERDICT, REASON), is_hidden=True),
    Command("publish", (TURN,), CommandKind.PUBLIC, is_hidden=True),
    Command("reasoning", (TURN,), CommandKind.PERSONAL, is_hidden=True),
    Command("assistant form", (HOME, Option("id")), CommandKind.PERSONAL, is_hidden=True),
    Command("assistant write", tuple(Option(name) for name in WRITTEN), CommandKind.PERSONAL, is_hidden=True),
    Command("assistant drop", SEEN, CommandKind.PERSONAL, is_hidden=True),
    Command("replace", (Option("of", required=True), Option("to", required=True)), is_hidden=True),
    Command("undo", (Option("replacement", required=True),), is_hidden=True),
    Command("news", (Option("upto", required=True),), is_hidden=True),
    Command("lesson answer", tuple(Option(name, required=True) for name in QUIZ), is_hidden=True),
)
LISTED: tuple[Command, ...] = tuple(command for command in COMMANDS if not command.is_hidden)
"""The commands people type, and read of."""

BY_NAME: Mapping[str, Command] = {command.name: command for command in COMMANDS}


def kind_of(command: str) -> CommandKind:
    """Return a command's kind; for one that does not exist, that of a word to its caller, who is told so."""
    return BY_NAME[command].kind if command in BY_NAME else CommandKind.PRIVATE


def find_option(command: str, option: str) -> Option | None:
    """Return an option of the table; None when there is no such command or option."""
    found = BY_NAME.get(command)
    return next((each for each in found.options if each.name == option), None) if found else None


def usages(name: str) -> str:
    """Return how the commands that begin with `name` are typed (all of them where none does), as code, by commas."""
    mine = [command for command in LISTED if command.name.split()[0] == name] or list(LISTED)
    return ", ".join(f"`{command.usage}`" for command in mine)


def _brief(option: Option) -> str:
    return _usage(option) if option.required or option.choices == ("yes",) else f"[{option.name}]"


def _usage(option: Option) -> str:
    if option.choices:
        return f"[{option.name} {'|'.join(option.choices)}]"
    if option.is_rest and not option.required:
        return f"[{option.name.upper()}]"
    value = option.name.upper() if option.required else f"[{option.name}:{option.name.upper()}]"
    if not option.is_named:
        return value
    named = f"{option.name} {option.name.upper()}"
    return named if option.required else f"[{named}]"


def check_arguments(command: Command, arguments: Mapping[str, str]) -> None:
    """Raise a `UserError` that says how the command is typed where an option is missing, unknown or not a choice."""
    known = {option.name: option for option in command.options}
    for option in command.options:
        value = arguments.get(option.name, "")
        if option.required and not value:
            raise UserError("error.option_missing", option=option.name, usages=f"`{command.usage}`")
        if value and (option.choices or option.most) and not option.takes(value):
            wanted = ", ".join(option.choices) or f"1–{option.most}"
            raise UserError("error.option_wrong", option=option.name, got=value, wanted=wanted)
    for name in arguments:
        if name not in known:
            raise UserError("error.too_many_words", extra=name, usages=f"`{command.usage}`")
