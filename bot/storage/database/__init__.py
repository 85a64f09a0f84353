"""The database units of work run in: a SQLite file or a Postgres server, its connections, faults and revisions."""
