"use strict";

const { openPool } = require("./pool");

// Outside of the handler: once for each instance of the function, and not for each call.
const pool = openPool(process.env.DATABASE_URL, { max: 1, idleTimeoutMillis: 5_000 });

exports.handler = async (event) => {
  const { rows } = await pool.query("SELECT balance FROM account WHERE name = $1", [event.name]);
  return { statusCode: 200, body: JSON.stringify(rows[0]) };
};
