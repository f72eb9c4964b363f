import Observations

/// Time and memory of one sample by the number of backends, without a server: decoding, trackers and all collectors of a
/// PostgreSQL target; and of its families, which are made when somebody asks. The claim to check: linear.
enum ScaleBenchmark {
    private struct Result {
        let backends: Int
        let decode: Double
        let collect: Double
        let publish: Double
        /// Private memory beyond that of the synthetic server, after the last tick.
        let memory: Double
        /// Of a sample: most are never published.
        var total: Double { decode + collect }
    }

    static func run(sizes: [Int], ticks: Int, isSteady: Bool) {
        print(
            "| backends | decode | collect | one sample | per backend | against the first | families | private memory |"
        )
        print("|---|---|---|---|---|---|---|---|")
        var floor: Double?
        for size in sizes {
            let result = measure(backends: size, ticks: ticks, isSteady: isSteady)
            let perBackend = result.total / Double(size)
            let ratio = perBackend / (floor ?? perBackend)
            floor = floor ?? perBackend
            let milliseconds = [result.decode, result.collect, result.total, result.publish].map {
                Text.number($0 * 1e3)
            }
            print(
                "| \(size) | \(milliseconds[0]) ms | \(milliseconds[1]) ms | \(milliseconds[2]) ms "
                    + "| \(Text.number(perBackend * 1e6)) µs | \(Text.number(ratio)) | \(milliseconds[3]) ms "
                    + "| \(Text.number(result.memory / 1e6)) MB |"
            )
        }
    }

    private static func measure(backends: Int, ticks: Int, isSteady: Bool) -> Result {
        let before = Usage.privateMemory
        var server = SyntheticServer(backends: backends)
        // The answer of one tick at a time is held, as libpq does; its memory counts.
        var table = server.activity()
        var pipeline = SamplePipeline()
        var (decode, collect, publish) = (Figures(), Figures(), Figures())
        for tick in 0..<ticks {
            if !isSteady {
                server.tick()
                table = server.activity()
            }
            let start = Usage.threadCPU
            do { try pipeline.decode(table) } catch { return failed(error, backends) }
            let decoded = Usage.threadCPU
            pipeline.collect()
            let collected = Usage.threadCPU
            // Over a server that stays the same it is the tick's own allocations that count.
            if !isSteady { pipeline.publish() }
            let published = Usage.threadCPU
            // The first ticks make the series.
            guard tick >= 3 else { continue }
            decode.add(decoded - start)
            collect.add(collected - decoded)
            publish.add(published - collected)
        }
        return Result(
            backends: backends, decode: decode.median, collect: collect.median, publish: publish.median,
            memory: Usage.privateMemory - before)
    }

    private static func failed(_ error: DecodeError, _ backends: Int) -> Result {
        print("decoding failed: \(error)")
        return Result(backends: backends, decode: .nan, collect: .nan, publish: .nan, memory: .nan)
    }
}

enum Text {
    /// Three significant digits.
    static func number(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        var (scaled, factor) = (value.magnitude, 1.0)
        while scaled < 100 { (scaled, factor) = (scaled * 10, factor * 10) }
        let rounded = (value * factor).rounded() / factor
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
