import Exposition
import Testing

@Suite("what a service uses to export metrics of its own")
struct PublicFaceTests {
    @Test("numbers and histograms become a page, with the constant labels")
    func page() {
        let orders = FamilyDescriptor(name: "orders_total", type: .counter, labels: ["outcome"], help: "Orders.")
        let duration = FamilyDescriptor(
            name: "order_duration_seconds", type: .histogram, buckets: [0.1, 1], help: "Time per order.")
        var histogram = Histogram(bounds: duration.buckets)
        histogram.observe(0.1)
        histogram.observe(3)
        var builder = SnapshotBuilder(constant: [Label("service", "shop")])
        builder.add(orders, ["outcome": "booked"], 2)
        builder.add(duration, .none, histogram)
        #expect(
            String(decoding: TextEncoder.encode(builder.build()), as: UTF8.self) == """
                # HELP order_duration_seconds Time per order.
                # TYPE order_duration_seconds histogram
                order_duration_seconds_bucket{service="shop",le="0.1"} 1
                order_duration_seconds_bucket{service="shop",le="1.0"} 1
                order_duration_seconds_bucket{service="shop",le="+Inf"} 2
                order_duration_seconds_sum{service="shop"} 3.1
                order_duration_seconds_count{service="shop"} 2
                # HELP orders_total Orders.
                # TYPE orders_total counter
                orders_total{outcome="booked",service="shop"} 2

                """)
    }

    @Test(
        "a name that Prometheus cannot read is a programmer's error",
        arguments: ["orders", "orders_total ", "größe_total", "1_total", ""])
    func names(name: String) async {
        await #expect(processExitsWith: .failure) { [name] in
            _ = FamilyDescriptor(name: name, type: .counter, help: "")
        }
    }

    @Test("so are labels that are reserved, and buckets where they do not belong")
    func labels() async {
        await #expect(processExitsWith: .failure) {
            _ = FamilyDescriptor(name: "a_seconds", type: .histogram, labels: ["le"], buckets: [1], help: "")
        }
        await #expect(processExitsWith: .failure) {
            _ = FamilyDescriptor(name: "a_total", type: .counter, labels: ["__name__"], help: "")
        }
        await #expect(processExitsWith: .failure) {
            _ = FamilyDescriptor(name: "a", type: .gauge, buckets: [1], help: "")
        }
        await #expect(processExitsWith: .failure) {
            _ = FamilyDescriptor(name: "a_seconds", type: .histogram, help: "")
        }
    }

    @Test("a histogram with fewer buckets has the observations of the finer one")
    func coarsened() {
        var fine = Histogram(bounds: [1, 2, 3, 4, 5])
        for value in [0.5, 1, 1.5, 2.5, 3, 4.5, 5, 9] { fine.observe(value) }
        var coarse = Histogram(bounds: [2, 4])
        for value in [0.5, 1, 1.5, 2.5, 3, 4.5, 5, 9] { coarse.observe(value) }
        #expect(fine.coarsened(to: [2, 4]) == coarse)
        #expect(fine.coarsened(to: fine.bounds) == fine)
        #expect(fine.detached == fine)
        #expect(fine.coarsened(to: []).counts == [8])
    }
}
