"""What the service remembers, sealed. The only room that speaks SQL; each query is a function with a sentence.

store.py    one database, one thread        tables.py    every column with its meaning
vault.py    keys and encryption             dialects.py  what SQLite and PostgreSQL say differently
people.py   found, locked, opened, saved    updates.py   what is done already
log.py      turns, and what is counted      outbox.py    what is to be said
due.py      reminders                       texts.py     content by version
lives.py    starts and stops                tidy.py      what goes after a while
"""
