"""Reading the files of a course: which of them are lessons, their sections, and the chunks these are cut into."""
