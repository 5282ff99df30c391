variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "region" {
  type        = string
  description = "Region of the provider this module is given."
  nullable    = false
}

variable "other_region" {
  type        = string
  description = "The other region of the pair."
  nullable    = false

  validation {
    condition     = var.other_region != var.region
    error_message = "other_region must differ from region: a pair has two."
  }
}

variable "account_id" {
  type        = string
  description = "AWS account the alarms stand in; an ARN on the dashboard holds it."
  nullable    = false
}

variable "environment_suffix" {
  type        = string
  description = "Value of the dimension Environment under which the functions publish."
  nullable    = false
}

variable "alerts_topic_arn" {
  type        = string
  description = "The region's own alert topic: every alarm acts on it, so that neither region's alarms need the other."
  nullable    = false

  validation {
    condition     = can(regex("^arn:[^:]+:sns:${var.region}:", var.alerts_topic_arn))
    error_message = "alerts_topic_arn is a topic of ${var.region}: an alarm can act in its own region only."
  }
}

################################################################################
# What is watched
################################################################################

variable "cluster" {
  type = object({
    identifier = string
    follows    = bool
  })
  description = "The region's cluster of the global database; follows: it is the one that receives, so its lag must be known."
  nullable    = false
}

variable "lag_alert_seconds" {
  type        = number
  description = "Replication lag above which people are alerted, beside the alarm at the objective; lag that is unknown alerts too."
  nullable    = false
  default     = 300

  validation {
    condition     = var.lag_alert_seconds >= 1
    error_message = "lag_alert_seconds is at least 1."
  }
}

variable "rpo_seconds" {
  type        = number
  description = "Recovery point objective: replication lag above which a failover would lose too much."
  nullable    = false

  validation {
    condition     = var.rpo_seconds >= 1
    error_message = "rpo_seconds is at least 1."
  }
}

variable "functions" {
  type = map(object({
    function_name   = string
    timeout_seconds = number
    every_minute    = optional(bool, false)
  }))
  description = "Functions of the region by word; every_minute: it is started each minute, and works until shortly before its timeout."
  nullable    = false

  validation {
    condition     = alltrue([for function in values(var.functions) : function.timeout_seconds >= 5 && function.timeout_seconds <= 900])
    error_message = "timeout_seconds of each function is 5 to 900."
  }
}

variable "dead_letter_queues" {
  type        = map(string)
  description = "Names of the region's dead-letter queues by word."
  nullable    = false
}

variable "replicated_from_here" {
  type = map(object({
    source_bucket      = string
    destination_bucket = string
    rule_id            = string
  }))
  description = "Replication rules whose source lies in this region, by data set: S3 counts their failures here."
  nullable    = false
  default     = {}
}

variable "replicated_to_here" {
  type = map(object({
    source_bucket      = string
    destination_bucket = string
    rule_id            = string
  }))
  description = "Replication rules whose destination lies in this region, by data set: S3 measures their latency here."
  nullable    = false
  default     = {}
}

variable "health_checks" {
  type        = map(string)
  description = "Ids of Route 53 health checks by word. Route 53 publishes their state in us-east-1 alone."
  nullable    = false
  default     = {}

  validation {
    condition     = length(var.health_checks) == 0 || var.region == "us-east-1"
    error_message = "health_checks can be watched in us-east-1 only: Route 53 publishes their state nowhere else."
  }
}

variable "slow_checks" {
  type = object({
    ids                = map(string)
    limit_milliseconds = number
  })
  description = "Ids of those that measure latency by word, and the time to the first byte above which people are told."
  default     = null

  validation {
    condition     = var.slow_checks == null || var.region == "us-east-1"
    error_message = "slow_checks can be watched in us-east-1 only: Route 53 publishes nothing elsewhere."
  }
}

variable "api" {
  type = object({
    name                       = string
    stage                      = string
    routes                     = map(object({ method = string, resource = string }))
    latency_limit_milliseconds = number
  })
  description = "The region's REST API, its routes by word, and the latency above which people are told; none where there is no API."
  default     = null

  validation {
    condition     = var.api == null || try(length(var.api.routes) > 0 && var.api.latency_limit_milliseconds > 0, false)
    error_message = "api has at least one route, and a latency above 0."
  }
}

variable "readiness" {
  type = object({
    signals           = list(string)
    switch_alarm      = string
    lag_limit_seconds = number
    automatic         = optional(bool, true)
  })
  description = "Given where the health monitor runs: the signals it judges by, the name of the alarm that throws the DNS switch, the lag above which the orchestrator refuses, and whether it acts by itself. Makes the composite alarm 'do not fail over now'."
  default     = null

  validation {
    condition     = var.readiness == null || try(length(var.readiness.signals), 0) > 0
    error_message = "readiness.signals names at least one signal: readiness that nothing vouches for is none."
  }

  validation {
    condition     = var.readiness == null || var.cluster.follows
    error_message = "readiness belongs into the region whose cluster follows: whoever watches from the region that fails sees nothing."
  }
}
