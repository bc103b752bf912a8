"""Copies of a row by SQL, for tables that the ORM would need hours to fill."""


def copies(env, table, source, count, **own):
    """Insert copies of a record's row.

    :param own: columns with SQL expressions of their own, in which ``n`` counts from 1
    :return: the id before the first of them
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name != 'id'", (table,)
    )
    columns = [name for (name,) in env.cr.fetchall()]
    values = ", ".join(own.get(name, f'source."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    env.cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} source, generate_series(1, {count}) n "
        f"WHERE source.id = {source.id} RETURNING id"
    )
    ids = [row[0] for row in env.cr.fetchall()]
    # they are made in one statement
    assert ids == list(range(ids[0], ids[0] + count)), "the ids have gaps"
    return ids[0] - 1
