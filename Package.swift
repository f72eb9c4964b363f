// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode, no warnings.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "poolscope",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "poolscope", targets: ["poolscope"]),
        .library(name: "ConnectionPool", targets: ["ConnectionPool"]),
        .library(name: "PostgresPool", targets: ["PostgresPool", "Postgres", "ConnectionPool"]),
        .library(name: "PoolMetrics", targets: ["PoolMetrics", "ConnectionPool", "Exposition"]),
        .library(name: "Exposition", targets: ["Exposition"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        // The tests' alone: it reads what we write in protobuf.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // The C libraries, one fence each.
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CGnuTLS", pkgConfig: "gnutls", providers: [.apt(["libgnutls28-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // The ladder, from the bottom up.
        .target(name: "Locking", swiftSettings: strict),
        .target(name: "Compression", dependencies: ["CZlib"], swiftSettings: strict),
        .target(name: "Exposition", swiftSettings: strict),
        .target(
            name: "ConnectionPool",
            dependencies: ["Locking", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: strict),
        .target(name: "Observations", dependencies: ["Locking"], swiftSettings: strict),
        // Advice, from values to values: the sizing of pools and the checks; knows no server and no metrics.
        .target(name: "Advisor", dependencies: ["Observations", "Practice"], swiftSettings: strict),
        // Figures of good practice, and where a number becomes a worry: what checks, sizing, alerts and dashboards share.
        .target(name: "Practice", swiftSettings: strict),
        .target(name: "PoolVocabulary", dependencies: ["Exposition"], swiftSettings: strict),
        .target(
            name: "PoolMetrics",
            dependencies: [
                "ConnectionPool", "Exposition", "Locking", "PoolVocabulary",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Collectors", dependencies: ["Exposition", "Observations", "PoolVocabulary"], swiftSettings: strict),
        .target(
            name: "Postgres",
            dependencies: [
                "CPostgres", "Locking",
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "PostgresPool", dependencies: ["ConnectionPool", "Locking", "Postgres"], swiftSettings: strict),
        // Lists sessions and ends them: what the commands and the guard share.
        .target(name: "Sessions", dependencies: ["Collectors", "Observations", "Postgres"], swiftSettings: strict),
        .target(
            name: "WebServer", dependencies: ["CCrypt", "CGnuTLS", "CMicroHTTPD", "Locking"], swiftSettings: strict),
        .target(
            name: "Agent",
            dependencies: [
                "Advisor", "Collectors", "Compression", "ConnectionPool", "Exposition", "Locking", "Observations",
                "Operations", "PoolMetrics", "PoolVocabulary", "Postgres", "Practice", "Sessions", "WebServer",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(
            name: "Demo",
            dependencies: [
                "Locking", "Postgres",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: strict),
        // Dashboards and alert rules, as values; knows their thresholds, and no other target.
        .target(name: "Operations", dependencies: ["Practice"], swiftSettings: strict),
        .executableTarget(
            name: "poolscope",
            dependencies: [
                "Advisor", "Agent", "Demo", "Observations", "Operations", "Postgres", "Sessions", "WebServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // Sees what is public alone, and has the language's own defaults, as a service does: docs/pool.md quotes it.
        .executableTarget(
            name: "pool-example",
            dependencies: [
                "ConnectionPool", "Exposition", "PoolMetrics", "Postgres", "PostgresPool",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Examples/PoolService", packageAccess: false,
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),

        // Measures, never tests: see Benchmarks/scale.
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "Advisor", "Agent", "Collectors", "ConnectionPool", "Demo", "Exposition", "Locking", "Observations",
                "Postgres", "PostgresPool", "WebServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Sources", swiftSettings: strict),

        // Draws the dashboards from a live run: `make preview`. A tool of ours; no product.
        .target(
            name: "DashboardPictures",
            dependencies: ["Demo", "Operations", "OperationsSupport", "Postgres", "TestSupport"],
            path: "Previews/DashboardPictures", swiftSettings: strict),
        .executableTarget(
            name: "previews",
            dependencies: ["DashboardPictures"], path: "Previews/Command", swiftSettings: strict),

        // Tests: pure and golden ones beside their target, live ones against real servers.
        .target(
            name: "TestSupport",
            dependencies: [
                "Demo", "Locking", "Observations",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            path: "Tests/TestSupport", exclude: ["Browser/browser.py"], swiftSettings: strict),
        .testTarget(name: "CompressionTests", dependencies: ["Compression", "TestSupport"], swiftSettings: strict),
        // Generated from client_model's metrics.proto by protoc-gen-swift 1.39.0 (--swift_opt=Visibility=Package).
        .target(
            name: "ClientModel", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
            path: "Tests/ClientModel"),
        .testTarget(
            name: "ExpositionTests",
            dependencies: [
                "ClientModel", "Exposition", "TestSupport",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(name: "ObservationsTests", dependencies: ["Observations", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "AdvisorTests", dependencies: ["Advisor", "Observations", "TestSupport"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "CollectorsTests", dependencies: ["Collectors", "PoolVocabulary", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "PoolMetricsTests",
            dependencies: [
                "ConnectionPool", "Exposition", "Locking", "PoolMetrics", "PoolVocabulary", "PostgresPool",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SessionsTests",
            dependencies: ["Collectors", "Demo", "Observations", "Postgres", "Sessions", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "PostgresTests", dependencies: ["Demo", "Postgres", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ConnectionPoolTests", dependencies: ["ConnectionPool", "Locking", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "PostgresPoolTests",
            dependencies: ["ConnectionPool", "Demo", "Locking", "Postgres", "PostgresPool", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "WebServerTests", dependencies: ["TestSupport", "WebServer"], swiftSettings: strict),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Advisor", "Agent", "ClientModel", "Compression", "ConnectionPool", "Exposition", "Locking",
                "TestSupport",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Golden", "Recordings"],
            swiftSettings: strict),
        .testTarget(name: "DemoTests", dependencies: ["Demo", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "LiveTests",
            dependencies: [
                "Agent", "Collectors", "ConnectionPool", "Demo", "Exposition", "Locking", "Observations", "PoolMetrics",
                "Postgres", "PostgresPool", "Sessions", "TestSupport", "WebServer", "pool-example", "poolscope",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["ConnectionManagement/Drivers"], swiftSettings: strict),
        // What the proofs of the dashboards and their pictures share: servers, troubles, rules on a faster clock, and what
        // Grafana does to a query.
        .target(
            name: "OperationsSupport",
            dependencies: [
                "Demo", "Operations", "Postgres", "TestSupport",
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Tests/OperationsSupport", swiftSettings: strict),
        // Dashboards, alerts and runbooks against real servers in trouble.
        .testTarget(
            name: "OperationsLiveTests",
            dependencies: [
                "Demo", "Locking", "Operations", "OperationsSupport", "Postgres", "TestSupport", "poolscope",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DashboardPicturesTests",
            dependencies: ["DashboardPictures", "Operations", "OperationsSupport", "TestSupport"],
            swiftSettings: strict),
        // Dashboards, alerts, runbooks, the Makefile and the scripts.
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "Demo", "Operations", "Practice", "TestSupport", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
    ]
)
