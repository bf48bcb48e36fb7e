"""What a turn costs, measured: run by hand with `python -m tests.benchmarks`, which prints a table.

The same twelve steps are lived through twice, in one run and by turns: on Willow's whole path (durable, encrypted,
screened, only the network stubbed) and on the bare floor (raw JSON and sqlite3). What counts is their ratio; the
microseconds belong to the machine that is named above the table. No test here has a time limit.
"""
