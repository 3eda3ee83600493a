output "api_endpoint" {
  description = "Where the API answers."
  value       = module.api.invoke_url
}

output "api_id" {
  description = "Id of the REST API."
  value       = module.api.api_id
}

output "processed_table_name" {
  description = "Table of processed items."
  value       = module.data.processed_table_name
}

output "dashboard_url" {
  description = "Dashboard in the console."
  value       = module.monitoring.dashboard_url
}
