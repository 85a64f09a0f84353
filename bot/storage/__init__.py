"""Everything that is SQL: the tables, the units of work over them, and the database they run in.

`Database.open` makes or checks the file and opens it; `SqlHistory`, `SqlChoices` and `SqlNotes` implement the ports.
"""
