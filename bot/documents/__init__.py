"""Documents: the text of PDF, Word and PowerPoint files, read in a process of its own."""
