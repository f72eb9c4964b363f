import Advisor
import Foundation

extension TextStyle {
    /// What standard output can show: a terminal's width and colours; elsewhere COLUMNS, and no colour.
    static var ofOutput: TextStyle {
        let surface = Terminal.surface
        let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
        return TextStyle(
            width: Terminal.isOutput ? surface.width ?? 80 : columns ?? 100, hasColor: surface.hasColour)
    }
}
