# What one region watches of itself and of its pair, called once for each: alarms, the composite alarm "do not fail over now"
# where the health monitor runs, and a dashboard. Every alarm acts on its own region's topic: watching needs no other region.
#
# What missing data means is decided alarm by alarm, and it is never "well":
#   missing       the alarm says INSUFFICIENT_DATA, "unknown", which the composite takes for a no
#   breaching     where something must speak every minute, silence is the failure
#   notBreaching  where AWS publishes only when there is something to count
#
# Every alarm tells when it begins to ring. That it ended is told where it is news: of a state, and of the composite alarm for its parts; a
# minute without another error is none, and each new alarm would begin by telling that it is well.
#
#   replication.tf     database and object replication
#   functions.tf       functions and their dead-letter queues
#   api.tf             the REST API, where there is one
#   readiness.tf       the primary's health, whether a failover would be safe, Route 53's checks
#   dashboard.tf       the dashboard, laid out in rows
#   dashboard_rows.tf  what stands on it

locals {
  actions = [var.alerts_topic_arn]

  alarm_arn_prefix = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:"
}
