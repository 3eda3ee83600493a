# The queues and the topic of the pipeline, before a function of your own: what fails three times is dead-lettered.

# Its default policy leaves it to IAM; an alarm that is to reach the topic needs a statement for CloudWatch here.
resource "aws_kms_key" "queues" {
  description             = "Encrypts the queues and the topic."
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

module "queueing" {
  source = "../../../../modules/queueing"

  environment_suffix        = "own-function"
  key_arn                   = aws_kms_key.queues.arn
  processor_timeout_seconds = var.function_timeout_seconds
  maximum_receive_count     = 3
}

# What reading an encrypted queue takes, and no more.
data "aws_iam_policy_document" "read_queue" {
  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [module.queueing.ingestion_queue_arn]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.queues.arn]
  }
}

resource "aws_iam_role_policy" "read_queue" {
  name   = "read-queue"
  role   = var.function_role_name
  policy = data.aws_iam_policy_document.read_queue.json
}

resource "aws_lambda_event_source_mapping" "queue" {
  event_source_arn        = module.queueing.ingestion_queue_arn
  function_name           = var.function_name
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"] # one bad message does not hold back the others

  depends_on = [aws_iam_role_policy.read_queue]
}
