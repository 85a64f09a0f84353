"""Documents and recordings: the text of PDF, Word and PowerPoint files, and sound, read in processes of their own."""
