"""The row of the index: what finds a number among ten million, by PostgreSQL's plan."""

import json

from place import SMALL, place

SIZES = (1_000, 1_000_000, 10_000_000)
#: Fills a table with an invoice's columns and indexes that the look-up uses, and asks
#: it for some numbers as the look-up asks.
_INDEX = """
import json, random, re

company = env.ref("base.main_company")
numbers = "'BENCH/2026/' || lpad(n::text, 8, '0')"
env.cr.execute('''
    CREATE TABLE simulated AS
    SELECT id, name, payment_reference, journal_id, state, move_type, company_id
      FROM account_move WHERE name LIKE 'BENCH/%%' AND state = 'posted' LIMIT 1''')
env.cr.execute('''
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'account_move'
       AND (indexdef LIKE '%%(name, journal_id)%%'
            OR indexdef LIKE '%%(payment_reference%%')''')
indexes = [
    re.sub(r"INDEX \\S+ ON \\S+", f"INDEX simulated_{name} ON simulated", definition)
    for name, definition in env.cr.fetchall()
]
assert len(indexes) > 1, indexes
told, filled = {}, 0
for size in SIZES:
    env.cr.execute(f'''
        SELECT 'DROP INDEX ' || indexname FROM pg_indexes
         WHERE tablename = 'simulated' ''')
    for (statement,) in env.cr.fetchall():
        env.cr.execute(statement)
    env.cr.execute(f'''
        INSERT INTO simulated
        SELECT n, {numbers}, {numbers}, journal_id, state, move_type, company_id
          FROM (SELECT * FROM simulated LIMIT 1) one,
               generate_series(%s, %s) n''', [filled + 1, size])
    filled = size
    for statement in indexes:
        env.cr.execute(statement)
    env.cr.execute("ANALYZE simulated")
    blocks = []
    for number in random.sample(range(1, size), TIMES):
        domain = env["account.move"]._paynow_get_lookup_domain(
            company, f"BENCH/2026/{number:08}")
        asked = env["account.move"].sudo()._search(domain).select()
        sql = env.cr.mogrify(asked).decode().replace('"account_move"', '"simulated"')
        env.cr.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql)
        plan = env.cr.fetchone()[0][0]["Plan"]
        assert plan["Actual Rows"] == 1 and "Seq Scan" not in str(plan), plan
        blocks.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
    told[f"blocks, {size}"] = blocks
print(json.dumps(told))
"""


def measure_index(stack, options):
    """How many blocks the look-up's query reads, by how many numbers there are.

    :return: the blocks of some look-ups, by how many numbers the table has
    :rtype: dict[str, list[int]]
    """
    values = f"SIZES, TIMES = {SIZES}, {min(options.times, 30)}"
    with place(stack, SMALL, serve=False) as here:
        return json.loads(here.shell(f"{values}\n{_INDEX}").splitlines()[-1])
