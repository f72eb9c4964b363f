/// The value of one series.
package enum SampleValue: Sendable, Equatable {
    case number(Double)
    // Indirect: a list of samples is mostly numbers, and must not be as large as if they were all histograms.
    indirect case histogram(Histogram)

    /// Two samples of one series, put together: numbers and histograms add up.
    /// - Precondition: both are of one kind, and histograms have the same buckets.
    func merged(with other: SampleValue) -> SampleValue {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            return .number(left + right)
        case (.histogram(var left), .histogram(let right)):
            left.add(right)
            return .histogram(left)
        case (.number, .histogram), (.histogram, .number):
            preconditionFailure("a series cannot be a number and a histogram")
        }
    }
}

/// One series of a family with its value.
package struct Sample: Sendable, Equatable {
    package let labels: Labels
    /// The labels as both text formats write them, without the braces: made once in the life of a series, not for
    /// every page.
    let text: [UInt8]
    package var value: SampleValue
    /// When a counter or a histogram began at zero, in seconds since 1970; nil where nobody knows.
    package var created: Double?

    package init(_ labels: Labels, _ value: SampleValue, created: Double? = nil) {
        self.labels = labels
        text = TextOutput.pairs(labels)
        self.value = value
        self.created = created
    }

    /// Puts another sample of the same series into this one.
    mutating func merge(_ value: SampleValue, created other: Double?) {
        self.value = self.value.merged(with: value)
        created = created.flatMap { created in other.map { min(created, $0) } }
    }
}

/// All samples of one metric.
package struct MetricFamily: Sendable, Equatable {
    package let descriptor: FamilyDescriptor
    package var samples: [Sample]

    package init(_ descriptor: FamilyDescriptor, _ samples: [Sample]) {
        self.descriptor = descriptor
        self.samples = samples
    }
}
