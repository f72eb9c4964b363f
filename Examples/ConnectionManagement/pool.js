"use strict";

const { Pool } = require("pg");

// One pool for the whole process.
function openPool(connectionString, settings = {}) {
  const pool = new Pool({
    connectionString,
    application_name: "shop",
    max: 20, // of this process; see Sizing for how many all processes may have
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 2_000, // for the wait in the queue, too: fail fast
    maxLifetimeSeconds: 1_800,
    keepAlive: true,
    ...settings,
  });
  // Without this, an idle connection that breaks ends the process.
  pool.on("error", (error) => console.warn(`idle connection lost: ${error.message}`));
  return pool;
}

// A sign of life, at an interval below idleTimeoutMillis: this pool keeps no minimum.
function keepWarm(pool, interval = 20_000) {
  const timer = setInterval(() => {
    pool.query("SELECT 1").catch((error) => console.warn(`keep-alive failed: ${error.message}`));
  }, interval);
  timer.unref();
  return () => clearInterval(timer);
}

module.exports = { openPool, keepWarm };
