/// The script of the status page. It fetches the page anew and takes over what has changed, so that there is one
/// rendering of the figures, which is the server's; what a reader has focused, scrolled or selected stays.
enum StatusScript {
    static let javascript = #"""
        "use strict";
        (() => {
          const period = 2000;
          const periodHidden = 15000;
          const patience = 5000;
          const main = document.getElementById("main");
          const freshness = document.getElementById("freshness");
          const announcement = document.getElementById("announcement");
          let last = new Date();

          function sectionOf(element) {
            const section = element && element.closest ? element.closest("main section") : null;
            return section ? section.id : null;
          }

          function takeOver(page) {
            const selection = window.getSelection();
            if (selection && !selection.isCollapsed && main.contains(selection.anchorNode)) return;
            const focused = main.contains(document.activeElement) ? document.activeElement : null;
            const focusedSection = sectionOf(focused);
            const inRegion = focused !== null && focused.classList.contains("scroll");
            const scrolled = new Map();
            for (const region of main.querySelectorAll(".scroll")) scrolled.set(sectionOf(region), region.scrollLeft);
            main.replaceChildren(...page.getElementById("main").childNodes);
            for (const region of main.querySelectorAll(".scroll")) region.scrollLeft = scrolled.get(sectionOf(region)) || 0;
            const section = focusedSection === null ? null : document.getElementById(focusedSection);
            const target = inRegion && section ? section.querySelector(".scroll") : section;
            if (target) target.focus({ preventScroll: true });
            if (document.title !== page.title) {
              document.title = page.title;
              announcement.textContent = page.title;
            }
          }

          async function renew() {
            try {
              // From the origin: an address with a password in it cannot be fetched.
              const reply = await fetch(`${location.origin}/`, { cache: "no-store", signal: AbortSignal.timeout(patience) });
              if (!reply.ok) throw new Error(`status ${reply.status}`);
              const page = new DOMParser().parseFromString(await reply.text(), "text/html");
              takeOver(page);
              last = new Date();
              freshness.replaceChildren(...page.getElementById("freshness").childNodes);
              document.body.classList.remove("stale");
            } catch {
              freshness.textContent = `No answer from Poolscope since ${last.toLocaleTimeString()}: these figures are old.`;
              document.body.classList.add("stale");
            }
            setTimeout(renew, document.hidden ? periodHidden : period);
          }

          setTimeout(renew, period);
        })();

        """#
}
