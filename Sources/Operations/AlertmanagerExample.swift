/// An example of a configuration for Alertmanager: who hears of which alert, and which alert silences which.
package enum AlertmanagerExample {
    package static let file = GeneratedFile(path: "alerts/alertmanager.yml", text: text)

    /// Silenced by a paused database: that its clients wait is what a pause is.
    static let pausedSilences: [AlertName] = [
        .poolExhausted,
        .poolClientsWaiting,
        .poolWaitBudgetBurn,
        .poolWaitNearTimeout,
        .poolSaturationHigh,
        .poolExhaustionForecast,
        .poolReserveInUse,
        .bouncerServerLoginStuck,
    ]

    /// What says why a target is down goes on beside that it is.
    static let besideTargetDown: [AlertName] = [.targetDown, .slotsOnlyReservedLeft, .bouncerClientSlotsHigh]

    /// What a full pool makes needless to say.
    static let fullSilences: [AlertName] = [.poolClientsWaiting, .poolSaturationHigh, .poolExhaustionForecast]

    private static let ofTarget = "[job, instance, target]"
    private static let ofPool = "[job, instance, target, pooler, database, user]"

    private static func any(_ names: [AlertName]) -> String { names.map(\.rawValue).joined(separator: "|") }

    private static let text = """
        # Poolscope's alerts in Alertmanager 0.25 or newer: an example to take from. Generated: `make generate`.
        #
        # Put your receivers in place of the four at the end, then: amtool check-config alertmanager.yml
        # Who hears of an alert: amtool config routes test --config.file=alertmanager.yml severity=critical
        #
        # docs/alerts.md says what each part is for.

        route:
          # What no route below takes, such as alerts of others.
          receiver: ticket
          # One message for all pools and databases of a target.
          group_by: [alertname, cluster, job, instance, target]
          group_wait: 30s
          group_interval: 5m
          repeat_interval: 12h
          routes:
            # Always firing: the receiver complains when it does not come.
            - receiver: dead-man
              matchers: ['alertname = "\(AlertName.watchdog.rawValue)"']
              group_wait: 0s
              group_interval: 1m
              repeat_interval: 5m

            # An agent on the machine of its server goes down together with it, and cannot say that the server is down.
            # If yours run there, let somebody be woken:
            # - receiver: pager
            #   matchers: ['alertname = "\(AlertName.poolscopeDown.rawValue)"']

            # Wakes somebody.
            - receiver: pager
              matchers: ['severity = "critical"']
              group_wait: 15s
              repeat_interval: 4h
              routes:
                # A dump is one long transaction, by design. Say which server.
                - matchers: ['alertname = "\(AlertName.longTransaction.rawValue)"', 'target = "your-server"']
                  mute_time_intervals: [nightly-dump]

            # Waits for the morning.
            - receiver: ticket
              matchers: ['severity = "warning"']
              routes:
                - matchers: ['alertname =~ "\(any([.longTransaction, .slowQueries]))"', 'target = "your-server"']
                  mute_time_intervals: [nightly-dump]

            # Worth knowing: once a day, all together.
            - receiver: digest
              matchers: ['severity = "info"']
              group_by: [severity]
              group_wait: 10m
              group_interval: 1h
              repeat_interval: 24h

        time_intervals:
          - name: nightly-dump
            time_intervals:
              - times: [{start_time: "01:00", end_time: "04:00"}]
                location: UTC

        # An alert of source_matchers silences those of target_matchers whose labels in `equal` are the same; a label that
        # both lack is the same.
        inhibit_rules:
          # The page silences the ticket.
          - source_matchers: ['severity = "critical"', 'alertname =~ "Pg.+"']
            target_matchers: ['severity =~ "warning|info"', 'alertname =~ "Pg.+"']
            equal: [alertname, job, instance, target, pooler, database, user, datname, limit]
          - source_matchers: ['severity = "critical"', 'alertname = "\(AlertName.poolscopeDown.rawValue)"']
            target_matchers: ['severity = "warning"', 'alertname = "\(AlertName.poolscopeDown.rawValue)"']
            equal: [job]

          # Who cannot be seen is not judged.
          - source_matchers: ['alertname = "\(AlertName.poolscopeDown.rawValue)"']
            target_matchers: ['alertname =~ "Pg.+"', 'target != ""']
            equal: [job, instance]
          - source_matchers: ['alertname = "\(AlertName.targetDown.rawValue)"']
            target_matchers: ['alertname =~ "Pg.+"', 'alertname !~ "\(any(besideTargetDown))"']
            equal: \(ofTarget)
          - source_matchers: ['alertname = "\(AlertName.dataStale.rawValue)"']
            target_matchers: ['alertname =~ "Pg.+"', 'alertname !~ "\(any([.dataStale, .targetDown]))"']
            equal: \(ofTarget)

          # In a paused database clients wait on purpose.
          - source_matchers: ['alertname = "\(AlertName.bouncerDatabasePaused.rawValue)"']
            target_matchers:
              - alertname =~ "\(any(pausedSilences))"
              - database != ""
            equal: [job, instance, target, database]

          # Full is more than nearly full.
          - source_matchers: ['alertname = "\(AlertName.slotsOnlyReservedLeft.rawValue)"']
            target_matchers: ['alertname =~ "\(any([.poolSaturationHigh, .poolExhaustionForecast]))"', 'pooler = "server"']
            equal: \(ofTarget)
          - source_matchers: ['alertname = "\(AlertName.poolExhausted.rawValue)"']
            target_matchers: ['alertname =~ "\(any(fullSilences))"']
            equal: \(ofPool)

        # Addresses that nobody has. A webhook gets all there is of an alert; Alertmanager knows PagerDuty, Opsgenie, Slack, mail
        # and others as well.
        receivers:
          - name: pager
            webhook_configs: [{url: 'http://pager.example.com/alerts', send_resolved: true}]
          - name: ticket
            webhook_configs: [{url: 'http://tickets.example.com/alerts', send_resolved: true}]
          - name: digest
            webhook_configs: [{url: 'http://digest.example.com/alerts', send_resolved: false}]
          - name: dead-man
            webhook_configs: [{url: 'http://dead-man.example.com/still-alive', send_resolved: false}]

        """
}
