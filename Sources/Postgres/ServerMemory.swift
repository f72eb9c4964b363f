/// What is asked of a server process so that it keeps the memory that it needs again at once.
package enum ServerMemory {
    /// Lets the server process take and give back 16 MiB once; for the start of a session that will read the server's
    /// statistics time and again.
    ///
    /// To read `pg_stat_activity` a process copies all slots, more than a megabyte for a thousand of them. glibc fetches
    /// so large a piece from the kernel, page by page, and returns it after the statement: a third of what a sample
    /// costs. Once it has given back a larger piece, it keeps smaller ones (mallopt(3), M_MMAP_THRESHOLD). Other
    /// libraries of C do nothing of the kind, and take no harm.
    package static let keeping =
        "SELECT pg_catalog.length(pg_catalog.repeat(pg_catalog.repeat('x', 1024), 16384))"
}
