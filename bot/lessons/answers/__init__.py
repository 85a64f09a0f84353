"""Answers from passages: judged, quoted, checked against what a model writes, and made into quizzes."""
