"use strict";

const BALANCE = "SELECT balance FROM account WHERE name = $1";

async function wrong(pool, name) {
  const client = await pool.connect();
  const { rows } = await client.query(BALANCE, [name]);
  if (rows.length === 0) throw new Error(`no account ${name}`); // and the client is gone for good
  client.release();
  return rows[0].balance;
}

async function right(pool, name) {
  const client = await pool.connect();
  try {
    const { rows } = await client.query(BALANCE, [name]);
    if (rows.length === 0) throw new Error(`no account ${name}`);
    return rows[0].balance;
  } finally {
    client.release();
  }
}

module.exports = { wrong, right };
