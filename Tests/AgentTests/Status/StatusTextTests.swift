import Testing

@testable import Agent

@Suite("Figures as people read them")
struct StatusTextTests {
    @Test(
        "durations",
        arguments: [
            (0.04, "0.0 s"), (7.26, "7.3 s"), (42.9, "42 s"), (60, "1 min"), (425, "7 min 5 s"), (12_000, "3 h 20 min"),
            (187_200, "2 d 4 h"), (1e300, "11574074 d 1 h"),
        ])
    func durations(seconds: Double, text: String) {
        #expect(StatusText.duration(seconds) == text)
    }

    @Test(
        "what is not quite full is not shown as full",
        arguments: [(0.0, "0 %"), (0.194, "19 %"), (0.999, "99 %"), (1, "100 %"), (1.2, "120 %")])
    func percents(share: Double, text: String) {
        #expect(StatusText.percent(share) == text)
    }

    @Test("what a server or a client says is escaped")
    func escaping() {
        #expect(StatusText.escape("<b a='\"'>&") == "&lt;b a=&#39;&quot;&#39;&gt;&amp;")
    }

    @Test("a sparkline has a stroke for each stretch without a gap, and says in words what it shows")
    func sparkline() {
        #expect(Sparkline.svg([]) == "")
        #expect(Sparkline.svg([nil, nil]) == "")
        let svg = Sparkline.svg([0.2, 0.4, nil, 1.5])
        #expect(svg.contains("aria-label=\"over the last 20 s: between 20 % and 150 %\""))
        #expect(svg.matches(of: /<polyline/).count == 2)
        #expect(svg.contains("points=\"120.0,1.0 119.0,1.0\""), "the newest is at the right edge, and drawn as full")
        #expect(!svg.contains("style"))
    }
}
