"""A transaction that ends, and a connection that goes back, whatever happens."""


class NotEnough(Exception):
    pass


def transfer(pool, source, target, amount):
    # The block's end commits; an exception rolls back and is raised on; in both cases the connection goes back.
    with pool.connection() as connection:
        connection.execute("UPDATE account SET balance = balance + %s WHERE name = %s", (amount, target))
        taken = connection.execute(
            "UPDATE account SET balance = balance - %s WHERE name = %s AND balance >= %s", (amount, source, amount)
        )
        if taken.rowcount != 1:
            raise NotEnough(source)
