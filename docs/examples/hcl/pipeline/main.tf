# The whole pipeline, wired by hand. Each module takes values and hands out values; none reaches into another.

locals {
  # Written once: the queue's visibility timeout, the function and its alarms must agree on them.
  processor = { timeout_seconds = 60, reserved_concurrency = 20 }
  api       = { timeout_seconds = 29, reserved_concurrency = 20 } # API Gateway ends a request at 29 s

  # Of every function.
  variables = {
    ENVIRONMENT                  = var.environment
    POWERTOOLS_METRICS_NAMESPACE = "IotPipeline"
    POWERTOOLS_LOG_LEVEL         = "INFO"
  }
}

# The key, the tables of raw readings and processed items, and the parameters.
module "data" {
  source = "../../../../modules/data"

  environment_suffix       = var.environment
  deletion_protection      = false # an example; leave it out where the readings matter
  key_deletion_window_days = 7
  api_key                  = var.api_key
  log_group_names          = [for name in ["ingestion", "processor", "query"] : "/aws/lambda/data-${name}-${var.environment}"]

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

# What the functions import beyond the Lambda runtime's own packages.
module "layer" {
  source = "../../../../modules/layer"

  environment_suffix = var.environment
  package            = "${var.packages}/layer.zip"
  package_digest     = file("${var.packages}/layer.zip.digest")
}

# POST /ingest: stores readings raw and queues them.
module "ingestion" {
  source = "../../../../modules/function"

  function_name        = "data-ingestion-${var.environment}"
  policy_name          = "ingestion"
  handler              = "handlers.ingestion.lambda_handler"
  package              = "${var.packages}/data-ingestion.zip"
  package_digest       = file("${var.packages}/data-ingestion.zip.digest")
  layer_arns           = [module.layer.layer_arn]
  timeout_seconds      = local.api.timeout_seconds
  reserved_concurrency = local.api.reserved_concurrency
  key_arn              = module.data.key_arn
  failure_queue_arn    = module.queueing.async_dead_letter_queue_arn
  encrypts_through     = ["dynamodb", "sqs"]
  decrypts_through     = ["ssm"]
  update_after         = [module.processor.function_arn] # an old processor might not read new messages

  environment_variables = merge(local.variables, {
    POWERTOOLS_SERVICE_NAME = "ingestion"
    RAW_TABLE_NAME          = module.data.raw_table_name
    QUEUE_URL               = module.queueing.ingestion_queue_url
    CONFIG_PARAMETER        = module.data.config_parameter_name
    API_KEY_PARAMETER       = module.data.api_key_parameter_name # makes POST /ingest require X-Api-Key, too
    RAW_TTL_DAYS            = 30
  })

  policy_statements = [
    { sid = "StoreRaw", actions = ["dynamodb:PutItem"], resources = [module.data.raw_table_arn] },
    { sid = "Queue", actions = ["sqs:SendMessage"], resources = [module.queueing.ingestion_queue_arn] },
    { sid = "ReadConfiguration", actions = ["ssm:GetParameter"], resources = [module.data.config_parameter_arn] },
    { sid = "ReadApiKey", actions = ["ssm:GetParameter"], resources = [module.data.api_key_parameter_arn] },
  ]
}

# Processes queued readings, and stored ones again on POST /process.
module "processor" {
  source = "../../../../modules/function"

  function_name        = "data-processor-${var.environment}"
  policy_name          = "processor"
  handler              = "handlers.processor.lambda_handler"
  package              = "${var.packages}/data-processor.zip"
  package_digest       = file("${var.packages}/data-processor.zip.digest")
  layer_arns           = [module.layer.layer_arn]
  memory_megabytes     = 512
  timeout_seconds      = local.processor.timeout_seconds
  reserved_concurrency = local.processor.reserved_concurrency
  key_arn              = module.data.key_arn
  failure_queue_arn    = module.queueing.async_dead_letter_queue_arn
  encrypts_through     = ["dynamodb", "sqs", "sns"]

  event_source = {
    queue_arn           = module.queueing.ingestion_queue_arn
    maximum_concurrency = 18 # of the reserved concurrency; the rest is for POST /process
  }

  environment_variables = merge(local.variables, {
    POWERTOOLS_SERVICE_NAME = "processor"
    RAW_TABLE_NAME          = module.data.raw_table_name
    PROCESSED_TABLE_NAME    = module.data.processed_table_name
    QUEUE_URL               = module.queueing.ingestion_queue_url
    DEAD_LETTER_QUEUE_URL   = module.queueing.dead_letter_queue_url
    ALERT_TOPIC_ARN         = module.queueing.alert_topic_arn
    CONFIG_PARAMETER        = module.data.config_parameter_name
  })

  policy_statements = [
    { sid = "ReadRaw", actions = ["dynamodb:Query"], resources = [module.data.raw_table_arn] },
    {
      sid       = "StoreProcessed"
      actions   = ["dynamodb:BatchWriteItem", "dynamodb:Query"]
      resources = [module.data.processed_table_arn]
    },
    {
      sid        = "ChangeAlertStates"
      actions    = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"]
      resources  = [module.data.processed_table_arn]
      conditions = [{ test = "ForAllValues:StringLike", variable = "dynamodb:LeadingKeys", values = ["#alert#*"] }]
    },
    { sid = "DeadLetter", actions = ["sqs:SendMessage"], resources = [module.queueing.dead_letter_queue_arn] },
    { sid = "Alert", actions = ["sns:Publish"], resources = [module.queueing.alert_topic_arn] },
    { sid = "ReadConfiguration", actions = ["ssm:GetParameter"], resources = [module.data.config_parameter_arn] },
  ]
}

# GET /query: answers stored readings.
module "query" {
  source = "../../../../modules/function"

  function_name        = "data-query-${var.environment}"
  policy_name          = "query"
  handler              = "handlers.query.lambda_handler"
  package              = "${var.packages}/data-query.zip"
  package_digest       = file("${var.packages}/data-query.zip.digest")
  layer_arns           = [module.layer.layer_arn]
  timeout_seconds      = local.api.timeout_seconds
  reserved_concurrency = local.api.reserved_concurrency
  key_arn              = module.data.key_arn
  failure_queue_arn    = module.queueing.async_dead_letter_queue_arn
  encrypts_through     = ["sqs"]
  decrypts_through     = ["dynamodb"]

  environment_variables = merge(local.variables, {
    POWERTOOLS_SERVICE_NAME = "query"
    RAW_TABLE_NAME          = module.data.raw_table_name
    PROCESSED_TABLE_NAME    = module.data.processed_table_name
  })

  policy_statements = [
    {
      sid       = "ReadTables"
      actions   = ["dynamodb:Query"]
      resources = [module.data.raw_table_arn, module.data.processed_table_arn]
    },
  ]
}

# POST /ingest, POST /process and GET /query, signed by IAM.
module "api" {
  source = "../../../../modules/api"

  environment_suffix = var.environment
  key_arn            = module.data.key_arn

  ingestion_function_name = module.ingestion.function_name
  ingestion_invoke_arn    = module.ingestion.invoke_arn
  processor_function_name = module.processor.function_name
  processor_invoke_arn    = module.processor.invoke_arn
  query_function_name     = module.query.function_name
  query_invoke_arn        = module.query.invoke_arn

  throttling_rate_limit  = 100
  throttling_burst_limit = 100
}

# Alarms on all of it, sent to the topic, and a dashboard.
module "monitoring" {
  source = "../../../../modules/monitoring"

  environment_suffix = var.environment
  alert_topic_arn    = module.queueing.alert_topic_arn
  alert_topic_name   = module.queueing.alert_topic_name

  ingestion_function = merge(local.api, { name = module.ingestion.function_name })
  processor_function = merge(local.processor, { name = module.processor.function_name })
  query_function     = merge(local.api, { name = module.query.function_name })

  raw_table_name               = module.data.raw_table_name
  processed_table_name         = module.data.processed_table_name
  ingestion_queue_name         = module.queueing.ingestion_queue_name
  dead_letter_queue_name       = module.queueing.dead_letter_queue_name
  async_dead_letter_queue_name = module.queueing.async_dead_letter_queue_name
  api_name                     = module.api.api_name
  stage_name                   = module.api.stage_name
}
