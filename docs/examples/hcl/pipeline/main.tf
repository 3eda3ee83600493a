# The whole pipeline, wired by hand. Each module takes values and hands out values; none reaches into another.

locals {
  # Told once: the queue's visibility timeout, the function and its alarms must agree on them.
  processor = { timeout_seconds = 60, reserved_concurrency = 20 }
  api       = { timeout_seconds = 29, reserved_concurrency = 20 } # API Gateway ends a request at 29 s
}

# The key, the tables of raw readings and processed items, and the parameters.
module "data" {
  source = "../../../../modules/data"

  environment_suffix       = var.environment
  deletion_protection      = false # an example; leave it out where the readings matter
  key_deletion_window_days = 7
  api_key                  = var.api_key

  config = {
    batch_size         = 100
    processing_timeout = local.processor.timeout_seconds
    rules              = { temperature = { min = -40, max = 85 } }
  }
}

# The queue between ingestion and processing, its dead-letter queues, and the topic of alerts.
module "queueing" {
  source = "../../../../modules/queueing"

  environment_suffix        = var.environment
  key_arn                   = module.data.key_arn
  processor_timeout_seconds = local.processor.timeout_seconds

  # subscriptions = [{ protocol = "email", endpoint = "on-call@example.org" }]
}

# The three functions, each with a role of its own.
module "functions" {
  source = "../../../../modules/functions"

  environment_suffix = var.environment
  key_arn            = module.data.key_arn
  packages           = var.packages

  raw_table                   = { name = module.data.raw_table_name, arn = module.data.raw_table_arn }
  processed_table             = { name = module.data.processed_table_name, arn = module.data.processed_table_arn }
  config_parameter            = { name = module.data.config_parameter_name, arn = module.data.config_parameter_arn }
  ingestion_queue             = { url = module.queueing.ingestion_queue_url, arn = module.queueing.ingestion_queue_arn }
  dead_letter_queue           = { url = module.queueing.dead_letter_queue_url, arn = module.queueing.dead_letter_queue_arn }
  async_dead_letter_queue_arn = module.queueing.async_dead_letter_queue_arn
  alert_topic_arn             = module.queueing.alert_topic_arn

  # Naming the parameter is what makes POST /ingest ask for X-Api-Key, beside the signature.
  api_key_parameter = { name = module.data.api_key_parameter_name, arn = module.data.api_key_parameter_arn }

  raw_ttl_days                   = 30
  ingestion_reserved_concurrency = local.api.reserved_concurrency
  query_reserved_concurrency     = local.api.reserved_concurrency
  processor_timeout_seconds      = local.processor.timeout_seconds
  processor_reserved_concurrency = local.processor.reserved_concurrency
  maximum_concurrency            = 18 # what the queue may take of it; the rest is for POST /process
}

# POST /ingest, POST /process and GET /query, signed by IAM.
module "api" {
  source = "../../../../modules/api"

  environment_suffix = var.environment
  key_arn            = module.data.key_arn

  ingestion_function_name = module.functions.ingestion_function_name
  ingestion_invoke_arn    = module.functions.ingestion_invoke_arn
  processor_function_name = module.functions.processor_function_name
  processor_invoke_arn    = module.functions.processor_invoke_arn
  query_function_name     = module.functions.query_function_name
  query_invoke_arn        = module.functions.query_invoke_arn

  throttling_rate_limit  = 100
  throttling_burst_limit = 100
}

# Alarms on all of it, sent to the topic, and a dashboard.
module "monitoring" {
  source = "../../../../modules/monitoring"

  environment_suffix = var.environment
  alert_topic_arn    = module.queueing.alert_topic_arn
  alert_topic_name   = module.queueing.alert_topic_name

  ingestion_function = merge(local.api, { name = module.functions.ingestion_function_name })
  processor_function = merge(local.processor, { name = module.functions.processor_function_name })
  query_function     = merge(local.api, { name = module.functions.query_function_name })

  raw_table_name               = module.data.raw_table_name
  processed_table_name         = module.data.processed_table_name
  ingestion_queue_name         = module.queueing.ingestion_queue_name
  dead_letter_queue_name       = module.queueing.dead_letter_queue_name
  async_dead_letter_queue_name = module.queueing.async_dead_letter_queue_name
  api_name                     = module.api.api_name
  stage_name                   = module.api.stage_name
}
