"""Headings that say nothing of what stands below them."""

from __future__ import annotations

# Headings that many a lesson begins with, and none is called.
COMMON = frozenset({
    "about", "contents", "goals", "intro", "introduction", "learning goals", "learning objectives", "objectives",
    "overview", "prerequisites", "requirements", "summary", "table of contents", "introducción", "introdução",
    "einführung", "einleitung", "introduzione", "введение", "הקדמה", "מבוא", "مقدمة", "المقدمة", "परिचय", "简介",
    "介绍", "引言", "概述", "はじめに", "概要", "소개",
})  # fmt: skip
