import Glibc
import Subprocess
import SystemPackage

/// The process that cleans up after us, whichever way we end.
///
/// It is a small shell script in a session of its own, so that Ctrl-C does not reach it. Its standard input is a
/// socket whose other end only we hold and never write to: the kernel closes our end when we end, SIGKILL
/// included, and then the janitor stops our servers and removes the directory. It needs no list of them, so
/// none can be missing from it: what belongs to the directory is what leads a session and works inside it, as every
/// private server does from its first instant (and every backend of PostgreSQL, even when its postmaster was
/// killed). A person's shell or editor inside the directory leads no session without a terminal: it is left alone.
enum Janitor {
    /// Starts the janitor of a directory. Closing the returned end makes it do its work.
    static func start(for directory: String) async throws -> FileDescriptor {
        var ends: [Int32] = [-1, -1]
        // Close-on-exec from the start: our end, inherited by a server, would keep the janitor waiting for ever.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Errno(rawValue: errno)
        }
        let (itsEnd, ourEnd) = (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
        // The servers' account: even a root without CAP_SYS_PTRACE may not see where others' processes work.
        let command =
            ServerAccount.current.prefix + ["setsid", "--fork", "sh", "-c", script, "poolscope-janitor", directory]
        do {
            let result = try await Subprocess.run(
                .name(command[0]), arguments: Arguments(Array(command.dropFirst())), workingDirectory: "/",
                input: .fileDescriptor(itsEnd, closeAfterSpawningProcess: true), output: .discarded)
            guard result.terminationStatus.isSuccess else {
                throw PrivateServerError("setsid could not start the janitor: \(result.terminationStatus)")
            }
            return ourEnd
        } catch {
            try? ourEnd.close()
            throw error
        }
    }

    /// Immediate shutdown for PostgreSQL (it still frees its shared memory), plain death for others; KILL after 1.5 s.
    /// Two quiet looks end it, for a server may have been starting during the first. Tools of ours that still run (initdb
    /// with its bootstrapping postgres) are not servers: they end by themselves, and are waited for, at most 3 s.
    private static let script = """
        trap '' INT TERM HUP QUIT PIPE
        dir=$1
        while read -r _; do :; done

        look() {
            servers= others=
            for cwd in $(find /proc/[0-9]*/cwd -maxdepth 0 \\( -lname "$dir" -o -lname "$dir/*" \\)); do
                pid=${cwd#/proc/} pid=${pid%/cwd}
                read -r stat <"/proc/$pid/stat" || continue
                set -- ${stat##*) }
                [ "$5" = 0 ] || continue
                if [ "$4" = "$pid" ]; then servers="$servers $pid"; else others="$others $pid"; fi
            done
        }

        signal=QUIT quiet=0 round=0
        while [ $quiet -lt 2 ] && [ $round -lt 40 ]; do
            look
            if [ -n "$servers" ]; then
                kill -s $signal $servers
                kill -s CONT $servers
                quiet=0
            elif [ -z "$others" ] || [ $round -ge 30 ]; then
                quiet=$((quiet + 1))
            fi
            round=$((round + 1))
            [ $round -ge 15 ] && signal=KILL
            sleep 0.1
        done
        # A postmaster that was killed leaves a segment of System V shared memory; its last line but one names it.
        for file in "$dir"/*/postmaster.pid; do
            [ -f "$file" ] && ipcrm -m "$(sed -n '7s/.* //p' "$file")"
        done
        rm -rf "$dir" || { sleep 0.5; rm -rf "$dir"; }
        """
}
