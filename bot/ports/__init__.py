"""What the engine asks of the world, a page for each part of it. Whoever implements one says "See `ports.X.y`"."""

from bot.ports.answers import Answer, Answers, Rating, Verdict
from bot.ports.assistants import Assistants
from bot.ports.audit_log import AuditLog
from bot.ports.comparisons import ComparedAnswer, Comparisons, PairVote
from bot.ports.courses import CourseChoices, CourseRefresher, CourseSources, Refreshed, RefreshStep
from bot.ports.documents import Documents, LessonDocuments, PartsReader, Sounds
from bot.ports.history import EVERY_TURN, Choices, History, RecentHistory
from bot.ports.lessons import IndexedLanguage, LanguageTeller, Lessons, NewDocument, Proof, Retriever, Teacher, Vectors
from bot.ports.members import Members
from bot.ports.meters import NO_METER, Meter
from bot.ports.model_backends import Embedder, Inventory, ModelBackend, TokenCounter, Transcriber
from bot.ports.model_catalogue import ModelCatalogue
from bot.ports.model_files import Fingerprint, ModelFile, ModelFiles
from bot.ports.model_keepers import MadeOf, ModelKeeper, ModelRoom
from bot.ports.news_store import NewsStore, Replaced, Replacements
from bot.ports.notes import Notes
from bot.ports.probe_log import ProbeLog
from bot.ports.turns import Turns
from bot.ports.usage import Allowance, Usage, Used
from bot.ports.work_log import WorkLog

__all__ = [
    "EVERY_TURN",
    "NO_METER",
    "Allowance",
    "Answer",
    "Answers",
    "Assistants",
    "AuditLog",
    "Choices",
    "ComparedAnswer",
    "Comparisons",
    "CourseChoices",
    "CourseRefresher",
    "CourseSources",
    "Documents",
    "Embedder",
    "Fingerprint",
    "History",
    "IndexedLanguage",
    "Inventory",
    "LanguageTeller",
    "LessonDocuments",
    "Lessons",
    "MadeOf",
    "Members",
    "Meter",
    "ModelBackend",
    "ModelCatalogue",
    "ModelFile",
    "ModelFiles",
    "ModelKeeper",
    "ModelRoom",
    "NewDocument",
    "NewsStore",
    "Notes",
    "PairVote",
    "PartsReader",
    "ProbeLog",
    "Proof",
    "Rating",
    "RecentHistory",
    "RefreshStep",
    "Refreshed",
    "Replaced",
    "Replacements",
    "Retriever",
    "Sounds",
    "Teacher",
    "TokenCounter",
    "Transcriber",
    "Turns",
    "Usage",
    "Used",
    "Vectors",
    "Verdict",
    "WorkLog",
]
