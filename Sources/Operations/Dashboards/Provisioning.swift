/// How Grafana finds the dashboards in a folder: an example to copy.
enum Provisioning {
    static let file = GeneratedFile(path: "dashboards/provisioning.yml", text: text)

    private static let text = """
        # For Grafana: copy this file to /etc/grafana/provisioning/dashboards/poolscope.yml and the dashboards (*.json)
        # to the folder that it names below. Grafana reads them anew by itself; nobody edits them in the browser, so
        # that the next version can replace them: save a copy under another name to change one.
        apiVersion: 1

        providers:
          - name: poolscope
            type: file
            folder: Poolscope
            folderUid: poolscope
            allowUiUpdates: false
            disableDeletion: false
            updateIntervalSeconds: 30
            options:
              path: /var/lib/grafana/dashboards/poolscope

        """
}
