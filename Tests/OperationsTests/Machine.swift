import Foundation

/// A machine for `scripts/deps`: a directory that stands for `/`, with an `apt-get` that installs by making files.
struct Machine {
    /// What the script may install, in its order. `pkg-config` is there from the start: it is a shim itself.
    static let packages = [
        "pkg-config", "libpq-dev", "libmicrohttpd-dev", "libgnutls28-dev", "libcrypt-dev", "zlib1g-dev", "postgresql",
        "pgbouncer", "prometheus", "prometheus-alertmanager", "python3-prometheus-client", "python3-psycopg-pool",
        "chromium", "pngquant", "curl", "python3", "python3-pip",
    ]

    private static let shims = [
        "swift": "exit 0",
        "id": #"echo "$FAKE_USER""#,
        "uname": "echo x86_64",
        "sudo": #"echo sudo >>"$DEPS_ROOT/log"; exec "$@""#,
        "systemctl": #"echo "systemctl $*" >>"$DEPS_ROOT/log""#,
        // Node, which knows whether there is node-postgres in its path.
        "node": #"IFS=:; for folder in $NODE_PATH; do [ ! -d "$folder/pg" ] || exit 0; done; exit 1"#,
        "dpkg-deb": #"[ "$1 ${2##*/}" != "-x node-pg.deb" ] || mkdir -p "$3/usr/share/nodejs/pg""#,
        "pkg-config":
            #"cd "$DEPS_ROOT/installed" && { [ -e "$2-dev" ] || [ -e "${2}1g-dev" ] || [ -e "lib${2}28-dev" ]; }"#,
        "apt-get": #"""
        simulate='' command='' packages=''
        for word in "$@"; do
            case $word in
            --simulate) simulate='--simulate ' ;;
            -*=*|-*) ;;
            DPkg::*|APT::*) ;;
            install|update|download) command=$word ;;
            *) packages="$packages $word" ;;
            esac
        done
        echo "apt-get $simulate$command$packages" >>"$DEPS_ROOT/log"
        if [ "$command" = download ]; then
            [ -e "$DEPS_ROOT/lists" ] || exit 100
            for package in $packages; do : >"$package.deb"; done
            [ ! -e "$DEPS_ROOT/no-archives" ] || { echo 'E: no network' >&2; exit 100; }
            exit 0
        fi
        [ "$command" = install ] || { : >"$DEPS_ROOT/lists"; exit 0; }
        [ -e "$DEPS_ROOT/lists" ] || exit 100
        [ -z "$simulate" ] || exit 0
        echo "policy: $(tail -n 1 "$DEPS_ROOT/usr/sbin/policy-rc.d")" >>"$DEPS_ROOT/log"
        echo "cluster: $(cat "$DEPS_ROOT"/etc/postgresql-common/createcluster.d/*.conf)" >>"$DEPS_ROOT/log"
        case $(cat "$DEPS_ROOT/trouble" 2>/dev/null) in
        fail) exit 100 ;;
        interrupt) kill -TERM "$PPID"; exit 0 ;;
        nothing) exit 0 ;;
        esac
        make_program() { mkdir -p "${1%/*}"; printf '#!/bin/sh\n' >"$1"; chmod 755 "$1"; }
        for package in $packages; do
            case $package in
            postgresql) make_program "$DEPS_ROOT/usr/lib/postgresql/15/bin/initdb" ;;
            pgbouncer) make_program "$DEPS_ROOT/usr/sbin/pgbouncer" ;;
            prometheus) make_program "$DEPS_ROOT/bin/prometheus"; make_program "$DEPS_ROOT/bin/promtool" ;;
            gcc) make_program "$DEPS_ROOT/bin/cc" ;;
            prometheus-*-exporter) make_program "$DEPS_ROOT/bin/$package" ;;
            prometheus-alertmanager)
                make_program "$DEPS_ROOT/bin/prometheus-alertmanager"; make_program "$DEPS_ROOT/bin/amtool" ;;
            python3-prometheus-client) mkdir -p "$DEPS_ROOT/usr/lib/python3/dist-packages/prometheus_client" ;;
            python3-psycopg-pool) mkdir -p "$DEPS_ROOT/usr/lib/python3/dist-packages/psycopg_pool" ;;
            chromium | pngquant | curl) make_program "$DEPS_ROOT/bin/$package" ;;
            python3) cp "$DEPS_ROOT/python3" "$DEPS_ROOT/bin/python3" ;;
            *) : >"$DEPS_ROOT/installed/$package" ;;
            esac
        done
        """#,
    ]

    /// A `python3` whose `pip` unpacks a package by making the two programs that count.
    private static let python = #"""
        #!/bin/sh
        [ -e "$DEPS_ROOT/installed/python3-pip" ] && [ "$1" != -c ] || exit 1
        [ "$3" != --version ] || exit 0
        target='' package=''
        while [ $# -gt 0 ]; do
            case $1 in --target) target=$2 ;; esac
            package=$1
            shift
        done
        echo "pip install $package" >>"$DEPS_ROOT/log"
        case $package in
        axe-core-python*)
            mkdir -p "$target/axe_core_python"
            : >"$target/axe_core_python/axe.min.js"
            exit 0 ;;
        esac
        mkdir -p "$target/server/pginstall/bin"
        programs='postgres initdb'
        case $(cat "$DEPS_ROOT/trouble" 2>/dev/null) in
        half) programs=postgres ;;
        pip) echo 'ERROR: no network' >&2; exit 1 ;;
        race) whole=${target%/*}/postgresql-18
            case $package in pgserver*) whole=${target%/*}/postgresql-16 ;; esac
            mkdir -p "$whole/bin"
            for program in $programs; do : >"$whole/bin/$program"; chmod 755 "$whole/bin/$program"; done ;;
        esac
        for program in $programs; do
            : >"$target/server/pginstall/bin/$program"
            chmod 755 "$target/server/pginstall/bin/$program"
        done
        """#

    /// The real programs that the script and the shims call.
    private static let tools = [
        "sh", "env", "cat", "tail", "mkdir", "chmod", "rm", "rmdir", "cp", "ln", "mktemp", "mv",
    ]

    private let root: URL
    private let user: Int

    /// Sets a machine up, with package lists and nothing installed, and takes it down after the body.
    static func with(
        user: Int = 0, without absent: Set<String> = [], _ body: (Machine) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { root in
            let machine = Machine(root: root, user: user)
            for folder in ["bin", "installed", "usr/sbin", "etc"] {
                try FileManager.default.createDirectory(
                    at: root.appending(path: folder), withIntermediateDirectories: true)
            }
            try machine.write("python3", python + "\n")
            // A neighbour, so that the folder of all configuration is never empty.
            try machine.write("etc/hostname", "machine\n")
            for (name, body) in shims where !absent.contains(name) {
                try machine.write("bin/" + name, "#!/bin/sh\n\(body)\n")
            }
            for tool in tools {
                let path = ["/bin/", "/usr/bin/"].map { $0 + tool }.first(where: FileManager.default.isExecutableFile)
                guard let path else { preconditionFailure("\(tool) is on every POSIX system") }
                try FileManager.default.createSymbolicLink(
                    at: root.appending(path: "bin/" + tool), withDestinationURL: URL(filePath: path))
            }
            if !absent.contains("lists") { try machine.write("lists", "") }
            try await body(machine)
        }
    }

    /// Runs the script on this machine.
    func deps(_ arguments: String...) async throws -> Command.Outcome {
        try await Command.run(
            Repository.url("scripts/deps").path(), arguments,
            environment: [
                "PATH": root.path() + "/bin", "DEPS_ROOT": root.path(), "FAKE_USER": String(user),
                "HOME": root.path() + "/home",
            ])
    }

    /// What `apt-get`, `sudo` and `systemctl` were asked, a line each.
    func log() throws -> String {
        let file = root.appending(path: "log")
        guard FileManager.default.fileExists(atPath: file.path()) else { return "" }
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// Writes a file that everybody may execute.
    func write(_ path: String, _ text: String) throws {
        let file = root.appending(path: path)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path())
    }

    /// What is in the directory of what Debian does not install, hidden files included, sorted.
    func cached() -> [String] {
        let cache = user == 0 ? "var/cache/poolscope" : "home/.cache/poolscope"
        return ((try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: cache).path())) ?? [])
            .sorted()
    }

    /// Which of the places that the script uses for a while exist now.
    func leftovers() -> [String] {
        ["usr/sbin/policy-rc.d", "etc/postgresql-common"].filter {
            FileManager.default.fileExists(atPath: root.appending(path: $0).path())
        }
    }
}
