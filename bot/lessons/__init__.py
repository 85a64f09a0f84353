"""Lessons: reading them in, finding passages, answering from them. Knows no platform, no SQL and no model SDK."""
