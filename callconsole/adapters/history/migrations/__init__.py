"""The way from every older database to the present one, in steps that are never changed.

To change the tables: change `schema.py`, add a step in `versions` whose `down_revision` is the
newest one, and name it in `database_file.HEAD`. There is no way down: a program refuses the
database of a newer one instead.
"""
