"use strict";

// Commits when `work` resolves, rolls back when it rejects, and gives the client back whatever happens.
async function withTransaction(pool, work) {
  const client = await pool.connect();
  let broken;
  // Without a listener, a connection that is lost between two statements ends the process.
  const lost = (error) => { broken = error; };
  client.on("error", lost);
  try {
    await client.query("BEGIN");
    const result = await work(client);
    const end = await client.query("COMMIT");
    // Where `work` has swallowed a statement's error, the server rolls back and says just that.
    if (end.command !== "COMMIT") throw new Error(`not committed: the server answered ${end.command}`);
    return result;
  } catch (error) {
    try {
      await client.query("ROLLBACK"); // after a COMMIT it is harmless
    } catch (failure) {
      broken = failure;
    }
    throw error; // the first one: a ROLLBACK that fails must not hide it
  } finally {
    client.off("error", lost);
    client.release(broken); // with an error it is closed, and not lent to the next
  }
}

module.exports = { withTransaction };
