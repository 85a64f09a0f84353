"""Markdown as models write it: reading it once, and the parts of writing it for a platform that platforms share."""
