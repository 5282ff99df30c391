output "primary_certificate_arn" {
  description = "The primary region's certificate, known once it is issued."
  value       = aws_acm_certificate_validation.primary.certificate_arn
}

output "secondary_certificate_arn" {
  description = "The secondary region's certificate, known once it is issued."
  value       = aws_acm_certificate_validation.secondary.certificate_arn
}
