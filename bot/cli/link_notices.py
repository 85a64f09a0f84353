"""What `lyceum ingest` says of where citations lead."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain import Notice
from bot.lessons.files import NO_SITE
from bot.lessons.ingestion import IngestReport


def links_told(report: IngestReport, site: str) -> Iterator[Notice]:
    """Yield where citations lead: to which sites, and why not to one that was named or that the course has."""
    for (kind, address), count in report.sites.most_common():
        yield Notice("ingest.site", {"kind": kind, "address": address, "count": count, "total": report.documents})
    if site not in {"", NO_SITE} and not report.sites:
        yield Notice("ingest.site_unused", {"address": site})
    if report.unaddressed and not site:
        yield Notice("ingest.site_untold", {"kinds": ", ".join(report.unaddressed)})
    if report.without_link:
        yield Notice("ingest.no_links", {"count": report.without_link})
