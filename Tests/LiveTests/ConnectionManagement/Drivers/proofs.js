"use strict";

// Runs what docs/connection-management.md claims, and prints what happened as lines of name=value.
//
//     node proofs.js PROOF EXAMPLES URL...
//
// EXAMPLES is the folder of the examples. Beside the URL of the server, and of a superuser there, that of a PgBouncer in
// transaction mode whose pools have one connection.
const { Client } = require("pg");
const [proof, examples, ...urls] = process.argv.slice(2);
const pools = require(`${examples}/pool.js`);
// The example's pool, with a time-out that holds on a busy machine, too.
const { openPool: open, keepWarm } = pools;
const openPool = (url, settings) => open(url, { ...settings, connectionTimeoutMillis: 60_000 });
const { withTransaction } = require(`${examples}/transaction.js`);
const leak = require(`${examples}/leak.js`);

const tell = (values) => {
  for (const [name, value] of Object.entries(values)) console.log(`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
};

const outcome = async (work) => {
  try {
    return await work();
  } catch (error) {
    return error.code ?? error.message;
  }
};

const connect = async (url) => {
  const client = new Client(url);
  await client.connect();
  return client;
};

const until = async (condition) => {
  for (let i = 0; i < 1_200 && !(await condition()); i++) await new Promise((done) => setTimeout(done, 50));
};

const states = async (server) => {
  const { rows } = await server.query(
    "SELECT state, count(*)::int AS n FROM pg_stat_activity WHERE usename = 'app' GROUP BY state ORDER BY state");
  return rows.map((row) => `${row.state} ${row.n}`).join(", ");
};

const end = (server, pid) => server.query("SELECT pg_terminate_backend($1, 60000)", [pid]);

const proofs = {
  // Fifty transactions of which most fail, over a pool of two.
  async lifecycle(url, watcher) {
    const pool = openPool(url, { max: 2 });
    const server = await connect(watcher);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcome(() => withTransaction(pool, async (client) => {
      await client.query("UPDATE account SET balance = balance + 40 WHERE name = 'bob'");
      const taken = await client.query("UPDATE account SET balance = balance - 40 WHERE name = 'ann' AND balance >= 40");
      if (taken.rowCount !== 1) throw new Error("not enough");
      return "booked";
    }))));
    const count = (what) => outcomes.filter((one) => one === what).length;
    tell({ booked: count("booked"), refused: count("not enough"), states: await states(server) });
    tell({ idle: pool.idleCount, total: pool.totalCount });
    const { rows } = await server.query("SELECT string_agg(balance::text, ' ' ORDER BY name) AS text FROM account");
    tell({ balances: rows[0].text });
    await pool.end();
    await server.end();
  },

  // The connection is lost, and then the work fails: its error is the one that comes out, and nothing else ends.
  async firstError(url, watcher) {
    const pool = openPool(url, { max: 2 });
    const server = await connect(watcher);
    const error = await outcome(() => withTransaction(pool, async (client) => {
      const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
      const noticed = new Promise((done) => client.once("end", done));
      await end(server, rows[0].pid);
      await noticed;
      throw new Error("not enough");
    }));
    tell({ error, left: pool.totalCount });
    tell({ afterwards: await outcome(async () => (await pool.query("SELECT 1 AS one")).rows[0].one) });
    await pool.end();
    await server.end();
  },

  // A client is released within its transaction.
  async open(url) {
    const pool = openPool(url, { max: 1 });
    const client = await pool.connect();
    await client.query("BEGIN");
    await client.query("UPDATE account SET balance = 0");
    client.release();
    const { rows } = await pool.query("SELECT balance, pg_current_xact_id_if_assigned() IS NOT NULL AS inside FROM account LIMIT 1");
    tell(rows[0]);
    await pool.end();
  },

  // A statement's error is swallowed.
  async swallowed(url, watcher) {
    const pool = openPool(url, { max: 2 });
    tell({ error: await outcome(() => withTransaction(pool, async (client) => {
      await client.query("UPDATE account SET balance = 0");
      await client.query("SELECT 1/0").catch(() => {});
    })) });
    tell({ sum: (await pool.query("SELECT sum(balance)::int AS sum FROM account")).rows[0].sum });
    await pool.end();
  },

  // Requests that fail; then what the server sees, and what the next request gets.
  async leak(url, watcher, way) {
    const pool = openPool(url, { max: 3, idleTimeoutMillis: 100 });
    const server = await connect(watcher);
    for (let i = 0; i < 3; i++) await outcome(() => leak[way](pool, "nobody"));
    if (way === "right") await until(async () => (await states(server)) === "");
    tell({ states: await states(server), lent: pool.totalCount - pool.idleCount });
    if (way === "wrong") pool.options.connectionTimeoutMillis = 200;
    tell({ next: await outcome(() => leak[way](pool, "ann")) });
    // Whoever has lost connections can only leave them behind.
    process.exit(0);
  },

  // Without a minimum the pool closes its last connection, unless there is a sign of life in between.
  async warm(url, watcher) {
    const server = await connect(watcher);
    const cold = openPool(url, { idleTimeoutMillis: 50 });
    await cold.query("SELECT 1");
    await until(async () => cold.totalCount === 0);
    tell({ cold: cold.totalCount });
    const pool = openPool(url);
    const warnings = [];
    console.warn = (text) => warnings.push(text.split(":")[0]);
    const stop = keepWarm(pool, 20);
    await until(async () => pool.totalCount > 0);
    await server.query("ALTER ROLE app NOLOGIN");
    await server.query("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = 'app'");
    await until(async () => warnings.includes("keep-alive failed"));
    tell({ failed: warnings.includes("keep-alive failed") });
    await server.query("ALTER ROLE app LOGIN");
    await until(async () => pool.idleCount > 0);
    tell({ warm: pool.idleCount > 0 });
    stop();
    await pool.end();
    await server.end();
  },

  // A connection is lost, while it is idle or lent: with a listener the process goes on, without it ends.
  async lost(url, watcher, where) {
    const pool = openPool(url);
    if (where === "idle without a listener") pool.removeAllListeners("error");
    const server = await connect(watcher);
    const client = await pool.connect();
    const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
    if (where !== "lent without a listener") client.release();
    await end(server, rows[0].pid);
    await until(async () => pool.totalCount === 0);
    tell({ goesOn: true });
    await pool.end();
    await server.end();
  },

  // Two clients, statements without and with a name, over one server connection.
  async prepared(pooler, watcher, admin) {
    const server = await connect(watcher);
    const shows = await connect(admin);
    for (const name of [undefined, "balance"]) {
      const clients = [await connect(pooler), await connect(pooler)];
      for (const client of clients) {
        tell({ [name ?? "unnamed"]: await outcome(async () =>
          (await client.query({ name, text: "SELECT $1::int + 1 AS sum", values: [1] })).rows[0].sum) });
      }
      // An error reaches us before the end of its transaction, which the server connection has still to see.
      await until(async () => (await shows.query("SHOW SERVERS")).rows.every((one) => one.state !== "active"));
      // The first client takes its statement for prepared, and meets another server connection.
      await server.query("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = 'app'");
      await until(async () => (await shows.query("SHOW SERVERS")).rows.length === 0);
      const query = { name, text: "SELECT $1::int + 1 AS sum", values: [1] };
      tell({ elsewhere: await outcome(async () => (await clients[0].query(query)).rows[0].sum) });
      for (const client of clients) await client.end();
    }
    await shows.end();
    await server.end();
  },

  // Twenty calls at a time, of one instance.
  async serverless(url, watcher) {
    // Long enough to be counted.
    pools.openPool = (dsn, settings) => openPool(dsn, { ...settings, idleTimeoutMillis: 600_000 });
    process.env.DATABASE_URL = url;
    const { handler } = require(`${examples}/serverless.js`);
    const server = await connect(watcher);
    const answers = await Promise.all(Array.from({ length: 20 }, () => handler({ name: "ann" })));
    tell({ answers: answers.filter((one) => one.body === '{"balance":100}').length, states: await states(server) });
    process.exit(0);
  },
};

proofs[proof](...urls);
