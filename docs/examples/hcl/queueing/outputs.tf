output "queue_url" {
  description = "Where messages are sent."
  value       = module.queueing.ingestion_queue_url
}

output "dead_letter_queue_url" {
  description = "Where those wait that failed three times."
  value       = module.queueing.dead_letter_queue_url
}
