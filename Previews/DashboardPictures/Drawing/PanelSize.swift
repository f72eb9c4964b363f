/// In pixels.
package struct PanelSize: Sendable, Equatable {
    package let width: Double
    package let height: Double

    package init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }
}
