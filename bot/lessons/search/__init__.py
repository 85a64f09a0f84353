"""Searching the lessons: a question read as a query, the index of each language, and the ranking of what it holds."""
