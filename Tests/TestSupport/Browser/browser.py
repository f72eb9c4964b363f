"""Looks at one page with a headless Chromium, for the tests and for the pictures in docs/.

It reads a JSON object from standard input:

    chromium    the program
    url         the page
    views       a list of {"name", "width", "height", "dark", "touch"}: how the page is looked at
    wait        JavaScript that becomes true when the page is ready to be judged, or nothing
    axe         a file with axe-core, or nothing
    evaluate    JavaScript that is evaluated after that in the first view, or nothing
    shots       a folder for a picture of each view, or nothing

and writes one: {"views": [{"name", "violations", "overflow"}], "value", "messages"}. `messages` are the errors and the
warnings of the console, uncaught exceptions and violations of the content security policy.

It speaks the DevTools protocol over two pipes, so that it needs no library and opens no port.
"""

import base64
import json
import os
import select
import subprocess
import sys
import tempfile
import time

PATIENCE = 60


class Browser:
    def __init__(self, program, profile):
        commands, self.to_browser = os.pipe()
        self.from_browser, answers = os.pipe()

        def connect():
            # What it reads is its descriptor 3, what it writes is 4: moved out of each other's way first.
            kept_commands, kept_answers = os.dup(commands), os.dup(answers)
            os.dup2(kept_commands, 3)
            os.dup2(kept_answers, 4)

        arguments = [
            program, "--headless", "--remote-debugging-pipe", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
            f"--user-data-dir={profile}",
        ]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        self.process = subprocess.Popen(
            arguments + ["about:blank"], preexec_fn=connect, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.events = []

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def read(self, deadline):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.from_browser], [], [], max(0, deadline - time.monotonic()))
            chunk = os.read(self.from_browser, 1 << 16) if ready else b""
            if not chunk:
                raise SystemExit("the browser does not answer")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.read(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"the page threw: {result['exceptionDetails']['text']} in {expression[:200]}")
        return result["result"].get("value")

    def until(self, expression):
        deadline = time.monotonic() + PATIENCE
        while not self.evaluate(expression):
            if time.monotonic() > deadline:
                raise SystemExit(f"not within {PATIENCE} s: {expression}")
            time.sleep(0.1)


def messages(events):
    found = []
    for event in events:
        parameters = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            found.append("exception: " + parameters["exceptionDetails"]["text"])
        elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            found.append(parameters["entry"]["level"] + ": " + parameters["entry"]["text"])
        elif event["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            found.append("console: " + json.dumps(parameters["args"])[:500])
    return found


def look(browser, job, view):
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=view["width"], height=view["height"],
        deviceScaleFactor=view.get("scale", 1), mobile=view.get("touch", False))
    scheme = "dark" if view.get("dark") else "light"
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.call("Page.navigate", url=job["url"])
    browser.until("document.readyState === 'complete' && location.href !== 'about:blank'")
    if job.get("wait"):
        browser.until(job["wait"])
    seen = {"name": view["name"], "violations": []}
    seen["overflow"] = browser.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if job.get("axe"):
        with open(job["axe"], encoding="utf-8") as script:
            browser.evaluate(script.read() + ";true")
        found = browser.evaluate("axe.run().then(r => JSON.stringify(r.violations.map("
                                 "v => v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.html).join(' '))))")
        seen["violations"] = json.loads(found)
    if job.get("shots"):
        picture = browser.call("Page.captureScreenshot", format="png")
        with open(os.path.join(job["shots"], view["name"] + ".png"), "wb") as file:
            file.write(base64.b64decode(picture["data"]))
    return seen


def main():
    job = json.load(sys.stdin)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(job["chromium"], profile)
        try:
            target = browser.call("Target.createTarget", url="about:blank")["targetId"]
            browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log"):
                browser.call(domain + ".enable")
            views, value = [], None
            for number, view in enumerate(job["views"]):
                views.append(look(browser, job, view))
                if number == 0 and job.get("evaluate"):
                    value = browser.evaluate(job["evaluate"])
            json.dump({"views": views, "value": value, "messages": messages(browser.events)}, sys.stdout)
        finally:
            browser.close()


main()
