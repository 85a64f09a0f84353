"""How well questions are answered from real courses, with a question set and a scorer beside the repository."""
