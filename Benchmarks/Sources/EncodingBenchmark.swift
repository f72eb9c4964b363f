import Exposition
import Glibc

/// Time to encode a page by the number of its series, in each format. The claims to check: linear, and at least as fast
/// as Go's client (`Benchmarks/encoding` compares).
enum EncodingBenchmark {
    static func run(sizes: [Int], rounds: Int, directory: String?) {
        print("| series | format | page | median | fastest | per series |")
        print("|---|---|---|---|---|---|")
        for size in sizes {
            let families = families(series: size)
            for (name, format) in [
                ("text", ExpositionFormat.text), ("OpenMetrics", .openMetrics), ("protobuf", .protobuf),
            ] {
                var figures = Figures()
                var bytes: [UInt8] = []
                for _ in 0..<rounds {
                    let start = Usage.threadCPU
                    bytes = format.encode(families)
                    figures.add(Usage.threadCPU - start)
                }
                if let directory { write(bytes, to: "\(directory)/\(size).\(name.lowercased())") }
                print(
                    "| \(size) | \(name) | \(Text.number(Double(bytes.count) / 1e3)) kB "
                        + "| \(Text.number(figures.median * 1e3)) ms | \(Text.number(figures.quantile(0) * 1e3)) ms "
                        + "| \(Text.number(figures.median / Double(size) * 1e9)) ns |")
            }
        }
    }

    /// A page as a large installation has it: most series are gauges and counters, a third are those of histograms with
    /// 15 buckets (18 series each).
    static func families(series: Int) -> [MetricFamily] {
        let durations = FamilyDescriptor(
            "bench_duration_seconds", .histogram, unit: "seconds", labels: ["application_name", "datname"],
            buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
            help: "Durations of something.")
        let histograms = series / 54
        let numbers = series - histograms * 18
        var builder = SnapshotBuilder(constant: [Label("target", "main")], isUp: true)
        for family in 0..<20 {
            let descriptor = FamilyDescriptor(
                "bench_\(family)_total", family.isMultiple(of: 2) ? .counter : .gauge,
                labels: ["application_name", "datname", "state"], help: "One of many.")
            for index in stride(from: family, to: numbers, by: 20) {
                let labels: Labels = [
                    "application_name": "service-\(index / 7)", "datname": "shop_\(index % 7)", "state": "idle",
                ]
                builder.add(
                    descriptor, labels, .number(index.isMultiple(of: 3) ? Double(index) * 0.123 : Double(index)),
                    created: family.isMultiple(of: 2) ? 1_700_000_000.25 : nil)
            }
        }
        for index in 0..<histograms {
            var histogram = Histogram(bounds: durations.buckets)
            for step in 0..<60 { histogram.observe(0.002 * Double(1 + index % 9) * exp(Double(step) / 10)) }
            let labels: Labels = ["application_name": "service-\(index / 7)", "datname": "shop_\(index % 7)"]
            builder.add(durations, labels, .histogram(histogram), created: 1_700_000_000.25)
        }
        return builder.build().families
    }

    private static func write(_ bytes: [UInt8], to path: String) {
        guard let file = fopen(path, "w") else { return print("cannot write \(path)") }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
}

/// Time of one observation.
enum ObservationBenchmark {
    static func run() {
        print("| one observation | median | fastest |")
        print("|---|---|---|")
        let bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
        // Durations of four decades, as they come.
        let values = (0..<4_096).map { 0.002 * exp(Double($0 * 7_919 % 4_096) / 512) }
        var histogram = Histogram(bounds: bounds)
        report("a histogram, classic and native buckets") {
            for value in values { histogram.observe(value) }
            return values.count
        }
        let descriptor = FamilyDescriptor(
            "bench_seconds", .histogram, unit: "seconds", labels: ["application_name", "datname"], buckets: bounds,
            help: "H.")
        var vector = HistogramVector(descriptor)
        let labels = (0..<1_000).map { ["application_name": "service-\($0)", "datname": "shop"] as Labels }
        report("one of 1,000 histograms by its labels") {
            for (index, value) in values.enumerated() { vector.observe(value, labels[index % 1_000]) }
            return values.count
        }
        let counter = FamilyDescriptor("bench_total", .counter, labels: ["application_name", "datname"], help: "C.")
        var counters = CounterVector(counter)
        report("one of 1,000 counters by its labels") {
            for index in values.indices { counters.add(1, labels[index % 1_000]) }
            return values.count
        }
        let before = Usage.privateMemory
        var many = HistogramVector(descriptor, limit: 10_000)
        for index in 0..<10_000 {
            let labels: Labels = ["application_name": "service-\(index)", "datname": "shop"]
            for value in values.prefix(60) { many.observe(value, labels) }
        }
        let each = (Usage.privateMemory - before) / 10_000
        print("\nPrivate memory of one histogram with 60 observations and its labels: \(Text.number(each)) bytes")
        precondition(many[labels[0]]?.count == 60)
    }

    private static func report(_ name: String, _ body: () -> Int) {
        var figures = Figures()
        for _ in 0..<200 {
            let start = Usage.threadCPU
            let count = body()
            figures.add((Usage.threadCPU - start) / Double(count))
        }
        print("| \(name) | \(Text.number(figures.median * 1e9)) ns | \(Text.number(figures.quantile(0) * 1e9)) ns |")
    }
}
