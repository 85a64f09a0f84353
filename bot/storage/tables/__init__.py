"""The tables, as the newest migration leaves them, and what every table is made with."""
