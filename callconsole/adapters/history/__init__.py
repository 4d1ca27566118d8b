"""The history of calls in a database: SQLite on this computer, brought up to date by Alembic."""

from callconsole.adapters.history.sql_history import SqlHistory

__all__ = ["SqlHistory"]
