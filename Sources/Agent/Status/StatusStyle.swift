/// The style sheet of the status page: system fonts, light and dark by the reader's setting, a single column on a phone.
enum StatusStyle {
    static let css = """
        :root {
          color-scheme: light dark;
          --ink: #1b1f24; --quiet: #57606a; --paper: #ffffff; --line: #d0d7de;
          --warning: #8a4600; --warning-paper: #fff4e5; --critical: #b3141d; --critical-paper: #ffebe9; --fine: #116329;
          --link: #0a53be;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ink: #e6edf3; --quiet: #9ea7b3; --paper: #0d1117; --line: #30363d;
            --warning: #f0b35c; --warning-paper: #33240c; --critical: #ff9a94; --critical-paper: #3c1618; --fine: #56d364;
            --link: #79b8ff;
          }
        }
        * { box-sizing: border-box; }
        body {
          max-width: 72rem; margin: 0 auto; padding: 1rem; background: var(--paper); color: var(--ink);
          font: 1rem/1.5 system-ui, sans-serif;
        }
        h1 { margin: 0; font-size: 1.5rem; }
        h2 { margin: 1.5rem 0 .5rem; font-size: 1.15rem; }
        header p { margin: .2rem 0; color: var(--quiet); }
        a { color: var(--link); }
        a:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; background: var(--paper); padding: .5rem; }
        .quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        .stale #freshness { color: var(--critical); font-weight: 600; }
        .stale main { opacity: .6; }
        .fine { color: var(--fine); }
        .troubles { list-style: none; margin: 0; padding: 0; }
        .troubles li { margin: .3rem 0; padding: .4rem .7rem; border-left: .3rem solid; overflow-wrap: anywhere; }
        .troubles li.warning { color: var(--warning); background: var(--warning-paper); }
        .troubles li.critical { color: var(--critical); background: var(--critical-paper); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
        thead th { color: var(--quiet); font-weight: 600; font-size: .875rem; }
        tbody th { font-weight: 600; }
        #targets td:last-child { white-space: normal; min-width: 16rem; overflow-wrap: anywhere; }
        td.warning { color: var(--warning); font-weight: 600; }
        td.critical { color: var(--critical); font-weight: 600; }
        .spark { display: block; }
        .spark polyline { fill: none; stroke: currentColor; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
        .spark line { stroke: var(--line); stroke-width: 1; }
        footer { margin-top: 2rem; padding-top: .8rem; border-top: 1px solid var(--line); }
        footer a { margin-right: 1rem; display: inline-block; padding: .3rem 0; }
        @media (prefers-reduced-motion: no-preference) { main { transition: opacity .2s; } }

        """

    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#336791"/>\
        <path d="M3 9h3l2-5 2 8 1-3h2" fill="none" stroke="#fff" stroke-width="1.5"/></svg>

        """
}
