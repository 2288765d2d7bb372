"""Verdicts of pySigma with its SQLite backend.

Reads lines {"id", "rule", "events"} (rule: YAML text; events: flat objects of scalars) and answers each with
{"id", "matches": [bool, ...]} or {"id", "error"}.
"""

import json
import re
import sqlite3
import sys

from sigma.backends.sqlite import sqlite
from sigma.collection import SigmaCollection


def regexp(pattern, value):
    return value is not None and re.search(pattern, str(value)) is not None


def verdicts(backend, rule, events):
    [query] = backend.convert(SigmaCollection.from_yaml(rule))
    fields = sorted({name for event in events for name in event} | {"f", "g", "h"})
    database = sqlite3.connect(":memory:")
    database.create_function("REGEXP", 2, regexp)
    columns = ", ".join(f'"{name}" COLLATE NOCASE' for name in fields)
    database.execute(f"CREATE TABLE logs ({columns}, row_number)")
    for number, event in enumerate(events):
        places = ", ".join("?" for _ in range(len(fields) + 1))
        database.execute(f"INSERT INTO logs VALUES ({places})", [event.get(name) for name in fields] + [number])
    found = {row[-1] for row in database.execute(query)}
    database.close()
    return [number in found for number in range(len(events))]


def main():
    backend = sqlite.sqliteBackend()
    for line in sys.stdin:
        task = json.loads(line)
        try:
            answer = {"id": task["id"], "matches": verdicts(backend, task["rule"], task["events"])}
        except Exception as error:  # what the oracle cannot express is an answer too
            answer = {"id": task["id"], "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
