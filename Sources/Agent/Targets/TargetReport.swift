import Collectors
import Exposition
import Observations

/// What the sampler says of itself and its target, whatever the target's state.
struct TargetReport {
    private let profile: TargetProfile
    private let interval: Duration
    private let sources: [any Source.Type]
    /// How many samples one read of a source stands for.
    private var paces: [String: Int] = [:]
    /// How many ticks a sample stands for.
    private var stretch = 1
    private var samples = CounterVector(SamplerFamilies.samples)
    private var durations = HistogramVector(SamplerFamilies.sampleDuration)
    private var lastGood: [String: Double] = [:]
    private var lastOutcome: [String: (ok: Bool, seconds: Double)] = [:]
    private var unknownColumns: [String: Int] = [:]
    private var ticks = 0.0
    private var lastTickSeconds = 0.0

    init(profile: TargetProfile, interval: Duration) {
        self.profile = profile
        self.interval = interval
        sources = Collectors.sources(for: profile.kind)
        for source in sources {
            for outcome in SourceOutcome.allCases { samples.add(0, Self.labels(source.name, outcome)) }
        }
    }

    private static func labels(_ source: String, _ outcome: SourceOutcome) -> Labels {
        ["collector": source, "outcome": outcome.rawValue]
    }

    /// Takes in one source's read; `time` is the agent's wall clock, in seconds since 1970.
    /// - Parameter pace: How many samples it stands for.
    mutating func record(_ reading: SourceReading, pace: Int = 1, at time: Double) {
        let name = reading.source.name
        samples.add(1, Self.labels(name, reading.outcome))
        samples.tell(time)
        guard reading.outcome != .skipped else { return }
        let seconds = reading.duration / .seconds(1)
        durations.observe(seconds, ["collector": name])
        durations.tell(time)
        lastOutcome[name] = (reading.outcome == .ok, seconds)
        if reading.outcome == .ok {
            lastGood[name] = time
            unknownColumns[name] = reading.unknownColumns
            paces[name] = pace
        }
    }

    /// Counts ticks that did not take place because the sampler was late.
    /// - Parameter stretch: How many ticks a sample stands for: with more than one, most ticks are none.
    mutating func recordSkipped(_ ticks: Int, stretch: Int = 1) {
        for source in sources {
            let isMissed =
                switch source.cadence {
                case .everyTick: stretch == 1
                case .everyTickUnstretched: true
                case .betweenSamples: stretch > 1
                case .every, .everyTickUpTo: false
                }
            if isMissed { samples.add(Double(ticks), Self.labels(source.name, .skipped)) }
        }
    }

    mutating func recordTick(seconds: Double, stretch: Int = 1) {
        ticks += 1
        lastTickSeconds = seconds
        self.stretch = stretch
        guard stretch == 1 else { return }
        // What is read between samples is not read any more: how it went last says nothing of now.
        for source in sources where source.cadence == .betweenSamples {
            (lastGood[source.name], lastOutcome[source.name]) = (nil, nil)
        }
    }

    func emit(state: TargetState, version: String, into builder: inout SnapshotBuilder) {
        emitTarget(state: state, version: version, into: &builder)
        samples.emit(into: &builder)
        durations.emit(into: &builder)
        for (name, time) in lastGood {
            builder.add(SamplerFamilies.sampleTimestamp, ["collector": name], time, evenWhenDown: true)
        }
        for (name, count) in unknownColumns {
            builder.add(SamplerFamilies.unknownColumns, ["collector": name], Double(count))
        }
        for source in sources {
            guard let pause = pause(of: source) else { continue }
            builder.add(
                SamplerFamilies.samplingInterval, ["collector": source.name], pause / .seconds(1), evenWhenDown: true)
        }
        emitPeerNames(isUp: state == .up, into: &builder)
    }

    /// Nil for what is not read now.
    private func pause(of source: any Source.Type) -> Duration? {
        switch source.cadence {
        case .everyTick: interval * stretch
        case .everyTickUnstretched: interval
        case .betweenSamples: stretch > 1 ? interval : nil
        case .every(let pause): max(pause, interval)
        case .everyTickUpTo: interval * stretch * (paces[source.name] ?? 1)
        }
    }

    private func emitTarget(state: TargetState, version: String, into builder: inout SnapshotBuilder) {
        let info: Labels = ["kind": profile.kind.rawValue, "server_version": version, "cluster": profile.cluster ?? ""]
        builder.add(SamplerFamilies.targetInfo, info, 1, evenWhenDown: true)
        builder.add(SamplerFamilies.targetUp, .none, state == .up ? 1 : 0, evenWhenDown: true)
        for each in TargetState.allCases {
            builder.add(
                SamplerFamilies.targetState, ["state": each.rawValue], each == state ? 1 : 0, evenWhenDown: true)
        }
        if let cores = profile.cores { builder.add(SamplerFamilies.cores, .none, Double(cores), evenWhenDown: true) }
        if let spindles = profile.spindles {
            builder.add(SamplerFamilies.spindles, .none, Double(spindles), evenWhenDown: true)
        }
    }

    private func emitPeerNames(isUp: Bool, into builder: inout SnapshotBuilder) {
        switch profile.kind {
        case .pgbouncer:
            builder.add(SamplerFamilies.pgbouncerUp, .none, isUp ? 1 : 0, evenWhenDown: true)
        case .postgres:
            builder.add(SamplerFamilies.pgUp, .none, isUp ? 1 : 0, evenWhenDown: true)
            let failed = !isUp || lastOutcome.values.contains { !$0.ok }
            builder.add(SamplerFamilies.lastScrapeError, .none, failed ? 1 : 0, evenWhenDown: true)
            builder.add(SamplerFamilies.lastScrapeDuration, .none, lastTickSeconds, evenWhenDown: true)
            builder.add(SamplerFamilies.scrapes, .none, ticks)
            for (name, outcome) in lastOutcome {
                let labels: Labels = ["collector": name]
                builder.add(SamplerFamilies.collectorSuccess, labels, isUp && outcome.ok ? 1 : 0, evenWhenDown: true)
                builder.add(SamplerFamilies.collectorDuration, labels, outcome.seconds, evenWhenDown: true)
            }
        }
    }
}
