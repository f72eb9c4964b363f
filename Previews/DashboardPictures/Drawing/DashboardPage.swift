/// A dashboard as a page of its own, which needs nothing from anywhere.
package struct DashboardPage: Sendable {
    let title: String
    /// What is chosen at the head of the dashboard, by the labels there.
    let choices: [(label: String, value: String)]
    let grid: TimeGrid
    let panels: [PanelDrawing]

    package init(
        title: String, choices: [(label: String, value: String)], grid: TimeGrid, panels: [PanelDrawing]
    ) {
        self.title = title
        self.choices = choices
        self.grid = grid
        self.panels = panels
    }

    private static let head = 92.0

    package var width: Int { Int(PanelDrawing.pageWidth) }

    package var height: Int { Int(Self.head + (panels.map(\.bottom).max() ?? 0)) + 4 }

    package var html: String {
        let span = [grid.span.start, grid.span.end].map { TimeGrid.clock($0, seconds: true) }.joined(separator: " to ")
        let head = Markup.block(
            "head",
            [
                .block("crumbs", [.text(title)]),
                .block("note", [.text("approximate preview, not a screenshot of Grafana")]),
                .block("time", [.text("\(span) UTC")]),
            ])
        let chosen = Markup.block(
            "choices",
            choices.map { label, value in
                .block("choice", [.block("label", [.text(label)]), .block("chosen", [.text(value)])])
            })
        return Markup.page(
            title: title, style: Self.style, [head, chosen] + panels.map { $0.markup(top: Self.head) }
        ).description
    }

    private static let style: StaticString = """
        *{box-sizing:border-box;margin:0;padding:0}
        body{background:#111217;color:#ccccdc;font:12px/1.35 Inter,Roboto,"DejaVu Sans",Arial,sans-serif}
        svg{display:block}svg text{font-size:11px}svg text.big{font-size:24px;font-weight:500}
        .head{display:flex;align-items:center;gap:14px;padding:0 14px;height:44px;background:#181b1f;
        border-bottom:1px solid #2a2d33}
        .crumbs{font-size:16px;font-weight:500;flex:1}
        .note{color:#8e8f9b}
        .time{border:1px solid #2a2d33;padding:4px 10px;border-radius:2px}
        .choices{display:flex;gap:10px;padding:9px 12px;height:48px}
        .choice{display:flex;height:28px;line-height:26px}
        .label{background:#181b1f;border:1px solid #2a2d33;padding:0 8px;color:#6e9fff}
        .chosen{border:1px solid #2a2d33;border-left:0;padding:0 10px}
        .row{position:absolute;line-height:27px;font-size:15px;font-weight:500;padding-left:2px}
        .panel{position:absolute;background:#181b1f;border:1px solid #2a2d33;border-radius:2px;overflow:hidden}
        .title{height:28px;line-height:28px;padding:0 8px;font-weight:500;white-space:nowrap;overflow:hidden;
        text-overflow:ellipsis}
        .content{padding:0 8px}
        .nothing{padding-top:70px;text-align:center;color:#8e8f9b;font-size:14px}
        .faint{color:#8e8f9b}
        .full{position:absolute;left:0;right:0;top:28px;bottom:0}
        .stats{display:flex;height:100%}
        .stat{position:relative;flex:1;overflow:hidden;height:100%}
        .stat.empty{background:#181b1f}
        .stat svg{position:absolute;left:0;bottom:0}
        .value{position:absolute;inset:0;display:flex;align-items:center;justify-content:center;font-size:38px;
        font-weight:600;color:#fff;text-shadow:0 1px 2px rgba(0,0,0,.35)}
        .stat.empty .value{font-size:18px;font-weight:400;color:#8e8f9b;text-shadow:none}
        .caption{position:absolute;left:8px;top:4px}
        .legends{padding-top:4px}
        .legend{display:flex;align-items:center;height:17px;line-height:17px;font-size:11.5px}
        .legend.top{font-size:11px;color:#6e9fff}
        .legend.top .name{color:#8e8f9b}
        .key{width:14px;height:4px;border-radius:2px;margin-right:7px;flex:none}
        .name{flex:1;min-width:0;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
        .number{width:78px;flex:none;text-align:right;white-space:nowrap}
        table{width:100%;border-collapse:collapse;table-layout:auto}
        th{color:#6e9fff;font-weight:500;text-align:left;height:28px;padding:0 6px;white-space:nowrap;
        border-bottom:1px solid #2a2d33}
        td{height:26px;padding:0 6px;border-bottom:1px solid #23262b;white-space:nowrap;overflow:hidden;
        text-overflow:ellipsis;max-width:220px}
        .right{text-align:right}
        td.gauge{min-width:120px}
        .meter{display:flex;align-items:center}
        .track{flex:1;height:12px;background:#22252b}
        .fill{height:100%}
        .meter .number{width:62px}
        .bar{display:flex;align-items:center;margin-bottom:5px}
        .bar .name{flex:none;width:42%;padding-right:8px}
        .bar .track{height:100%}
        .bar .number{width:64px;font-size:14px}
        .states{display:flex;align-items:center;gap:12px;height:20px;padding-top:4px;font-size:11.5px}
        .state{display:flex;align-items:center;white-space:nowrap}
        .dot{width:12px;height:4px;border-radius:2px;margin-right:6px}
        .heat{width:7px;height:8px;margin-right:-12px}
        .heat+.faint{margin-left:14px}
        """
}
