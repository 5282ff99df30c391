output "topic_arn" {
  description = "ARN of the region's alert topic."
  value       = aws_sns_topic.alerts.arn
}
