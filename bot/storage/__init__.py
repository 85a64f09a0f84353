"""Everything that is SQL: the tables, the units of work over them, and the database they run in.

`open_database` makes or checks it and opens it; `SqlHistory`, `SqlChoices` and `SqlNotes` implement the ports.
"""
