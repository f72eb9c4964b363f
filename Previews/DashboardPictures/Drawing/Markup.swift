/// A piece of HTML or SVG. Whatever text or attribute goes into it is escaped; there is no other way in.
package struct Markup: Sendable, CustomStringConvertible {
    package let description: String

    private init(raw: String) {
        description = raw
    }

    static let nothing = Markup(raw: "")

    /// Text, as it is to be read.
    package static func text(_ text: String) -> Markup { Markup(raw: escaped(text)) }

    /// An element. A name is ours, never from data.
    package static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ children: [Markup] = []
    ) -> Markup {
        let written = attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
        return Markup(raw: "<\(name)\(written)>" + children.map(\.description).joined() + "</\(name)>")
    }

    /// A whole page.
    static func page(title: String, style: StaticString, _ body: [Markup]) -> Markup {
        let head = element(
            "head", [:],
            [
                Markup(raw: "<meta charset=\"utf-8\">"), element("title", [:], [text(title)]),
                Markup(raw: "<style>\(style)</style>"),
            ])
        return Markup(raw: "<!DOCTYPE html>") + element("html", ["lang": "en"], [head, element("body", [:], body)])
    }

    static func + (one: Markup, other: Markup) -> Markup { Markup(raw: one.description + other.description) }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
    }
}

extension Markup {
    static func block(_ kind: String, style: String = "", _ children: [Markup]) -> Markup {
        style.isEmpty
            ? element("div", ["class": kind], children) : element("div", ["class": kind, "style": style], children)
    }

    static func svg(_ size: PanelSize, _ children: [Markup]) -> Markup {
        element("svg", ["width": pixels(size.width), "height": pixels(size.height)], children)
    }

    static func line(
        from: (x: Double, y: Double), to: (x: Double, y: Double), colour: String, width: Double = 1,
        dash: String = "none", opacity: Double = 1
    ) -> Markup {
        element(
            "line",
            [
                "x1": pixels(from.x), "y1": pixels(from.y), "x2": pixels(to.x), "y2": pixels(to.y), "stroke": colour,
                "stroke-width": pixels(width), "stroke-dasharray": dash, "stroke-opacity": pixels(opacity),
            ])
    }

    static func rectangle(
        x: Double, y: Double, width: Double, height: Double, colour: String, opacity: Double = 1
    ) -> Markup {
        element(
            "rect",
            [
                "x": pixels(x), "y": pixels(y), "width": pixels(max(width, 0)), "height": pixels(max(height, 0)),
                "fill": colour, "fill-opacity": pixels(opacity),
            ])
    }

    /// - Parameter anchor: `start`, `middle` or `end`: which part of the text is at the point.
    static func label(_ text: String, x: Double, y: Double, anchor: String, colour: String = Palette.faint) -> Markup {
        element("text", ["x": pixels(x), "y": pixels(y), "text-anchor": anchor, "fill": colour], [.text(text)])
    }

    /// A number as SVG reads it, to a tenth of a pixel; opacities to a hundredth.
    static func pixels(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
