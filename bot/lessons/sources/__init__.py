"""Where courses come from: folders, archives and repositories, opened as sources of files."""
