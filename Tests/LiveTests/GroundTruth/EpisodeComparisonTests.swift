import Testing

@Suite("Episodes reported against episodes in the log")
struct EpisodeComparisonTests {
    private func compare(_ truth: [TrueEpisode], _ observed: [ObservedEpisode]) -> EpisodeComparison {
        EpisodeComparison(.statement, truth: truth, observed: observed, interval: 1, sampleTimes: [0, 1, 2, 3, 4])
    }

    private func exact(_ seconds: Double, by: Double, in session: String = "a") -> ObservedEpisode {
        ObservedEpisode(session: session, seconds: seconds, isExact: true, after: by - 1, by: by)
    }

    private func estimated(_ seconds: Double, by: Double) -> ObservedEpisode {
        ObservedEpisode(session: "a", seconds: seconds, isExact: false, after: by - 1, by: by)
    }

    @Test("a long one that is not reported is missing, a short one is not")
    func missing() {
        let truth = [
            TrueEpisode(session: "a", start: 0.2, end: 0.7), TrueEpisode(session: "a", start: 1, end: 2.5),
            TrueEpisode(session: "b", start: 1, end: 2.5),
        ]
        let result = compare(truth, [exact(1.5, by: 3, in: "b")])
        #expect((result.count, result.longCount, result.shortSeen) == (3, 2, 0))
        #expect(result.missing == [truth[1]])
        #expect(result.surplus.isEmpty)
    }

    @Test("a long one that no sample has met was passed over")
    func passedOver() {
        let truth = [TrueEpisode(session: "a", start: 1.1, end: 2.5)]
        let result = EpisodeComparison(.statement, truth: truth, observed: [], interval: 1, sampleTimes: [0, 1, 3, 4])
        #expect(result.missing.isEmpty)
        #expect(result.passedOver == 1)
    }

    @Test("one that is reported twice is surplus, as is one of another session or time")
    func surplus() {
        let truth = [TrueEpisode(session: "a", start: 1, end: 2.5)]
        let reports = [exact(1.5, by: 3), exact(1.5, by: 3), exact(1.5, by: 4.2), exact(1.5, by: 3, in: "b")]
        let result = compare(truth, reports)
        #expect(result.missing.isEmpty)
        #expect(result.surplus.count == 3)
        #expect(result.exactErrors == [0])
    }

    @Test("of two that ended between the same samples the estimate is the first one, the exact end the last one")
    func sameWindow() {
        let truth = [
            TrueEpisode(session: "a", start: 0.5, end: 1.75), TrueEpisode(session: "a", start: 1.75, end: 1.8),
            TrueEpisode(session: "a", start: 1.8, end: 1.875),
        ]
        let result = compare(truth, [exact(0.0625, by: 2), estimated(1, by: 2)])
        #expect(result.missing.isEmpty && result.surplus.isEmpty)
        #expect(result.estimatedErrors == [-0.25])
        #expect(result.exactErrors.count == 1 && abs(result.exactErrors[0]) < 0.02)
        #expect(result.shortSeen == 1)
    }

    @Test("a percentile is in the bucket of its rank, counted from the longest")
    func percentiles() {
        // Ten durations; the histogram lacks the five shortest.
        let durations = [0.1, 0.1, 0.1, 0.1, 0.1, 1.2, 1.3, 2.2, 3, 7]
        let histogram = HistogramComparison(
            buckets: [(.infinity, 5), (1, 0), (2.5, 3), (5, 4), (10, 5)], durations: durations)
        #expect(histogram.bucket(of: 0.99, among: 10).map { [$0.published, $0.true] } == [10, 10])
        #expect(histogram.bucket(of: 0.85, among: 10).map { [$0.published, $0.true] } == [5, 5])
        #expect(histogram.bucket(of: 0.75, among: 10).map { [$0.published, $0.true] } == [2.5, 2.5])
        #expect(histogram.bucket(of: 0.1, among: 10) == nil, "of those that it lacks it says nothing")
    }
}

@Suite("Known work")
struct KnownWorkloadTests {
    @Test("it is the same for a seed, differs between seeds, and every session ends outside of a transaction")
    func reproducible() {
        #expect(KnownWorkload(seed: 1, seconds: 30).lanes == KnownWorkload(seed: 1, seconds: 30).lanes)
        let workload = KnownWorkload(seed: 2, seconds: 30)
        #expect(workload.lanes != KnownWorkload(seed: 1, seconds: 30).lanes)
        #expect(workload.lanes.count == 28)
        #expect(workload.sessionCount > 60)
        for session in workload.lanes.joined() {
            let begun = session.steps.count { $0 == .begin }
            #expect(begun == session.steps.count { $0 == .commit || $0 == .rollback })
        }
        #expect(Set(workload.lanes.joined().map(\.application)).count == workload.sessionCount)
    }
}

@Suite("docs/accuracy.md")
struct AccuracyDocumentTests {
    @Test("a section is put in the place of the former one, and at the end when it is new")
    func sections() {
        var document = "# Title\n"
        document = AccuracyDocument.replacing(.episodes, with: "one\n", in: document)
        document = AccuracyDocument.replacing(.totals, with: "two", in: document)
        document = AccuracyDocument.replacing(.episodes, with: "three", in: document)
        let episodes = AccuracyDocument.Section.episodes.rawValue
        let totals = AccuracyDocument.Section.totals.rawValue
        #expect(document == "# Title\n\n## \(episodes)\n\nthree\n\n## \(totals)\n\ntwo\n")
    }
}
